#include "services/inventory/domain/stock/rules.h"

namespace omo::inventory {

StockDecision Decide(const StockState& state, const ExpireReservation& command, Time now) {
  const Reservation* reservation = state.reservations.Find(command.id);
  if (reservation == nullptr || !hold::IsDue(reservation->life, now)) return {};
  return Settle(state,
                ReservationExpired{.id = command.id, .lines = OpenLines(state, *reservation)});
}

std::optional<TimerCommand> CommandFor(const TimerKey& timer) {
  if (timer.kind == kExpiryTimer) return ExpireReservation{.id = {timer.subject}};
  if (timer.kind == kRelevelTimer) return RelevelStock{};
  return std::nullopt;
}

}  // namespace omo::inventory
