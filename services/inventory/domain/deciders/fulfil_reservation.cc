#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

namespace {

InTheWay FulfilLines(const Reservation& reservation, const std::vector<StockLine>& asked,
                     bool over_fulfil, std::vector<FulfilledLine>& lines) {
  for (const StockLine& line : asked) {
    if (IsGroup(line.location)) {  // Nothing leaves a group: a location's units do.
      return StockDecision(StockRefusal::kHeldAtGroup,
                           {{"sku", line.sku.value}, {"group", GroupAt(line.location).value}});
    }
    const ReservationLine* held = reservation.Line(line.sku, line.location);
    if (held == nullptr) return StockRefusal::kLineNotFound;
    const Quantity over = std::max<Quantity>(0, line.quantity - held->units.Open());
    if (over > 0 && !over_fulfil) {
      return StockDecision(StockRefusal::kMoreThanOpen,
                           {{"sku", line.sku.value}, {"open", std::to_string(held->units.Open())}});
    }
    lines.push_back({.sku = line.sku,
                     .location = line.location,
                     .quantity = line.quantity,
                     .scale = line.scale,
                     .over = over});
  }
  return std::nullopt;
}

}  // namespace

// What is available does not matter: the units are this reservation's own.
StockDecision Decide(const StockState& state, const FulfilReservation& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.id.value) || !IsName(command.sku.value)) return kBadName;
  std::vector<StockLine> asked;
  if (!command.lines.empty()) {
    if (auto no = ReadLines(state, command.lines, asked, Places::kAlsoGroups)) return *no;
  }
  if (command.over_fulfil && !command.may_override) return kNotPermitted;
  const Reservation* reservation = state.reservations.Find(command.id);
  if (reservation == nullptr) return kReservationNotFound;
  const auto obstacle = hold::ToUse(reservation->life, now);
  if (obstacle == hold::Obstacle::kFulfilled && asked.empty()) return {};
  if (obstacle) return RefusalOf(*obstacle);

  if (asked.empty()) asked = OpenLines(state, *reservation);
  ReservationFulfilled event{.id = command.id, .occurred_at = now};
  if (auto no = FulfilLines(*reservation, asked, command.over_fulfil, event.lines)) return *no;
  Reservation then = *reservation;
  Apply(then, event);
  event.stage = then.life.stage;
  return Settle(state, std::move(event));
}

}  // namespace omo::inventory
