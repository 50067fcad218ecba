#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

StockDecision Decide(const StockState& state, const ExtendReservation& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.id.value) || !IsName(command.sku.value)) return kBadName;
  if (auto no = hold::ToPlace(kReservationLimits, command.hold_for)) return RefusalOf(*no);
  const Reservation* reservation = state.reservations.Find(command.id);
  if (reservation == nullptr) return kReservationNotFound;
  if (auto no = hold::ToExtend(reservation->life, kReservationLimits, command.hold_for, now)) {
    return RefusalOf(*no);
  }
  return ReservationExtended{.id = command.id,
                             .sku = reservation->lines.front().sku,
                             .expires_at = now + command.hold_for,
                             .extensions = reservation->life.extensions + 1};
}

}  // namespace omo::inventory
