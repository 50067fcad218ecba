#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

StockDecision Decide(const StockState& state, const MarkReservationShort& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.id.value)) return kBadName;
  if (command.reason.empty() || !IsText(command.reason)) return kBadName;
  ReservationMarkedShort event{.id = command.id, .reason = command.reason};
  if (auto no = ReadLines(state, command.lines, event.lines, Places::kAlsoGroups)) return *no;
  const Reservation* reservation = state.reservations.Find(command.id);
  if (reservation == nullptr) return kReservationNotFound;
  if (auto no = hold::ToUse(reservation->life, now)) return RefusalOf(*no);
  for (const StockLine& line : event.lines) {
    const ReservationLine* held = reservation->Line(line.sku, line.location);
    if (held == nullptr) return kLineNotFound;
    const Quantity unmarked = held->units.Open() - held->units.missing;
    if (line.quantity > unmarked) {
      return {kMoreThanOpen, {{"sku", line.sku.value}, {"open", std::to_string(unmarked)}}};
    }
  }
  return Settle(state, std::move(event));
}

}  // namespace omo::inventory
