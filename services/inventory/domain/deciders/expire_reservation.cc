#include <string_view>

#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

StockDecision Decide(const StockState& state, const ExpireReservation& command, Time now) {
  const Reservation* reservation = state.reservations.Find(command.id);
  if (reservation == nullptr || !hold::IsDue(reservation->life, now)) return {};
  ReservationExpired event{.id = command.id, .lines = OpenLines(state, *reservation)};
  ReturnQuotas(state, *reservation, event);
  return Settle(state, std::move(event));
}

std::optional<TimerCommand> CommandFor(const TimerKey& timer) {
  if (timer.kind == kExpiryTimer) return ExpireReservation{.id = {timer.subject}};
  if (timer.kind == kRelevelTimer) return RelevelStock{};
  if (timer.kind != kQuotaTimer) return std::nullopt;
  EndQuota command;
  std::string_view in = timer.subject;
  const bool whole = ReadOrdered(in, command.key.sku) && ReadOrdered(in, command.key.location) &&
                     ReadOrdered(in, command.id);
  return whole ? std::optional<TimerCommand>(std::move(command)) : std::nullopt;
}

}  // namespace omo::inventory
