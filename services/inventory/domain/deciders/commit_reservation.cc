#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

StockDecision Decide(const StockState& state, const CommitReservation& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.id.value) || !IsName(command.sku.value)) return kBadName;
  if (command.owner.size() > 128) return kBadName;
  const Reservation* reservation = state.reservations.Find(command.id);
  if (reservation == nullptr) return kReservationNotFound;
  const auto obstacle = hold::ToCommit(reservation->life, now);
  if (obstacle == hold::Obstacle::kCommitted || obstacle == hold::Obstacle::kFulfilled) return {};
  if (obstacle) return RefusalOf(*obstacle);

  return Settle(state, ReservationCommitted{
                           .id = command.id,
                           .owner = command.owner.empty() ? reservation->owner : command.owner,
                           .lines = OpenLines(state, *reservation)});
}

}  // namespace omo::inventory
