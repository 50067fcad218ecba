#include <map>

#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

namespace {

InTheWay ReadTransfer(const StockState& state, const TransferLine& asked, TransferredLine& line) {
  using enum StockRefusal;
  if (!IsName(asked.sku.value)) return kBadName;
  if (!IsPlace(asked.from) || !IsLocation(asked.to)) return kBadName;
  StockLine amount{.sku = asked.sku};
  if (auto no = ReadAmount(state, asked.amount, amount)) return no;
  if (amount.quantity <= 0) return kBadQuantity;
  if (asked.from == asked.to) return kSamePlace;
  line = {.sku = asked.sku,
          .from = asked.from,
          .to = asked.to,
          .quantity = amount.quantity,
          .scale = amount.scale};
  return std::nullopt;
}

// Each line is checked against what the lines before it left: `then` and the figures follow.
InTheWay CheckTransfer(const StockState& state, const ReservationTransferred& event,
                       bool ignore_availability, Reservation& then) {
  using enum StockRefusal;
  Foresight foresight(state, then.method);
  for (const TransferredLine& line : event.lines) {
    const ReservationLine* held = then.Line(line.sku, line.from);
    if (held == nullptr) return kLineNotFound;
    if (line.quantity > held->units.Open()) {
      return StockDecision(kMoreThanOpen,
                           {{"sku", line.sku.value}, {"open", std::to_string(held->units.Open())}});
    }
    ReservationTransferred step{.id = event.id, .lines = {line}};
    Foresight gone = foresight;  // Without these units where they were.
    gone.Of(line.sku, line.from).committed -= line.quantity;
    const Quantity available = gone.Movable(line.sku, line.to);
    if (line.quantity > available && !ignore_availability) {
      return StockDecision(kNotEnoughAvailable, {{"sku", line.sku.value},
                                                 {"location", line.to.value},
                                                 {"ordered", std::to_string(line.quantity)},
                                                 {"available", std::to_string(available)}});
    }
    foresight.Post(step);
    Apply(then, step);
  }
  return std::nullopt;
}

}  // namespace

StockDecision Decide(const StockState& state, const TransferReservation& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.id.value)) return kBadName;
  InTheWay first;
  if (command.lines.empty() || command.lines.size() > kLinesMax) first = kBadLines;
  ReservationTransferred event{.id = command.id};
  for (const TransferLine& asked : command.lines) {
    KeepFirst(first, ReadTransfer(state, asked, event.lines.emplace_back()));
  }
  if (first) return *first;
  if (command.ignore_availability && !command.may_override) return kNotPermitted;
  const Reservation* reservation = state.reservations.Find(command.id);
  if (reservation == nullptr) return kReservationNotFound;
  if (auto no = hold::ToUse(reservation->life, now)) return RefusalOf(*no);

  Reservation then = *reservation;
  if (auto no = CheckTransfer(state, event, command.ignore_availability, then)) return *no;
  event.stage = then.life.stage;
  std::map<FiguresKey, Quantity> gone;  // Lines may leave one place together.
  for (const TransferredLine& line : event.lines) gone[{line.sku, line.from}] += line.quantity;
  for (const auto& [from, quantity] : gone) {
    ReturnQuotas(state, *reservation, from.sku, from.location, quantity, event.consequences);
  }
  return Settle(state, std::move(event));
}

}  // namespace omo::inventory
