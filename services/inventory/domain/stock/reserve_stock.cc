#include "services/inventory/domain/stock/rules.h"

namespace omo::inventory {

namespace {

// The id is taken: by the same lines, then the first outcome stands, or by others.
StockDecision DecideRepeat(const Reservation& known, const std::vector<StockLine>& asked) {
  using enum StockRefusal;
  if (known.lines.empty()) return kReservationCancelled;
  std::size_t ordered_lines = 0;
  for (const ReservationLine& line : known.lines) ordered_lines += line.ordered > 0 ? 1 : 0;
  if (ordered_lines != asked.size()) return kReservationIdInUse;
  for (const StockLine& line : asked) {
    const ReservationLine* same = known.Line(line.sku, line.location);
    if (same == nullptr || same->ordered != line.quantity) return kReservationIdInUse;
  }
  return {};
}

void NameShort(const ReservedLine& line, Quantity available, std::vector<Detail>& details) {
  const std::string nth = details.empty() ? "" : "." + std::to_string(details.size() / 4);
  details.push_back({"sku" + nth, line.sku.value});
  details.push_back({"location" + nth, line.location.value});
  details.push_back({"ordered" + nth, std::to_string(line.ordered)});
  details.push_back({"available" + nth, std::to_string(available)});
}

}  // namespace

StockDecision Decide(const StockState& state, const ReserveStock& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.id.value) || !IsName(command.owner)) return kBadName;
  if (command.channel.size() > 128) return kBadName;
  std::vector<StockLine> asked;
  if (auto no = ReadLines(state, command.lines, asked)) return *no;
  if (auto no = hold::ToPlace(kReservationLimits, command.hold_for)) return RefusalOf(*no);
  const Reservation* known = state.reservations.Find(command.id);
  if (known != nullptr) return DecideRepeat(*known, asked);

  StockReserved event{.id = command.id,
                      .owner = command.owner,
                      .channel = command.channel,
                      .reserved_at = now,
                      .expires_at = now + command.hold_for};
  std::vector<Detail> details;
  Quantity granted = 0;
  for (StockLine& line : asked) {
    const Figures* figures = state.figures.Find({line.sku, line.location});
    const Quantity available = figures != nullptr ? std::max<Quantity>(0, figures->Available()) : 0;
    event.lines.push_back({.sku = std::move(line.sku),
                           .location = std::move(line.location),
                           .quantity = std::min(line.quantity, available),
                           .scale = line.scale,
                           .ordered = line.quantity});
    granted += event.lines.back().quantity;
    if (line.quantity > available) NameShort(event.lines.back(), available, details);
  }
  const bool is_short = !details.empty();
  if (is_short && (granted == 0 || !command.allow_partial)) {
    return {kNotEnoughAvailable, std::move(details)};
  }
  return Settle(state, std::move(event));
}

}  // namespace omo::inventory
