#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

namespace {

// The asked lines that have something open; the others were released, fulfilled or expired before.
InTheWay ReleaseLines(const Reservation& reservation, std::vector<StockLine> asked,
                      std::vector<StockLine>& lines) {
  for (StockLine& line : asked) {
    const ReservationLine* held = reservation.Line(line.sku, line.location);
    if (held == nullptr) return StockRefusal::kLineNotFound;
    const Quantity open = held->units.Open();
    if (open == 0) continue;
    if (line.quantity > open) {
      return StockDecision(StockRefusal::kMoreThanOpen,
                           {{"sku", line.sku.value}, {"open", std::to_string(open)}});
    }
    lines.push_back(std::move(line));
  }
  return std::nullopt;
}

}  // namespace

StockDecision Decide(const StockState& state, const ReleaseReservation& command, Time) {
  using enum StockRefusal;
  if (!IsName(command.id.value) || !IsName(command.sku.value)) return kBadName;
  std::vector<StockLine> asked;
  if (!command.lines.empty()) {
    if (auto no = ReadLines(state, command.lines, asked, Places::kAlsoGroups)) return *no;
  }
  const Reservation* reservation = state.reservations.Find(command.id);
  ReservationReleased event{.id = command.id, .sku = command.sku};
  if (reservation == nullptr) {
    if (!asked.empty()) return kReservationNotFound;
    // Whoever still tries to make it comes too late: a delayed attempt must not hold stock.
    event.stage = hold::Stage::kCancelled;
    return event;
  }
  if (hold::IsEnd(reservation->life.stage)) return {};

  event.sku = reservation->lines.front().sku;
  event.from = reservation->bucket();
  if (asked.empty()) {
    event.lines = OpenLines(state, *reservation);
  } else if (auto no = ReleaseLines(*reservation, std::move(asked), event.lines)) {
    return *no;
  }
  if (event.lines.empty()) return {};
  ReturnQuotas(state, *reservation, event);
  Reservation then = *reservation;
  Apply(then, event);
  event.stage = then.life.stage;
  return Settle(state, std::move(event));
}

}  // namespace omo::inventory
