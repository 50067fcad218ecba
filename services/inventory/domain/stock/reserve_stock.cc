#include <map>

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

InTheWay CheckGroup(const StockState& state, const LocationId& place) {
  if (!IsGroup(place) || state.network.groups.Find(GroupAt(place)) != nullptr) return std::nullopt;
  return StockDecision(StockRefusal::kGroupNotFound, {{"group", GroupAt(place).value}});
}

InTheWay CheckLine(const StockState& state, const StockLine& line) {
  using enum StockRefusal;
  if (auto no = CheckGroup(state, line.location)) return no;
  const Terms terms = TermsAt(state, line.sku, line.location);
  if (terms.line_min && line.quantity < *terms.line_min) {
    return StockDecision(kBelowLineMinimum,
                         {{"sku", line.sku.value}, {"minimum", std::to_string(*terms.line_min)}});
  }
  if (terms.line_max && line.quantity > *terms.line_max) {
    return StockDecision(kAboveLineMaximum,
                         {{"sku", line.sku.value}, {"maximum", std::to_string(*terms.line_max)}});
  }
  return std::nullopt;
}

InTheWay CheckPurchase(const StockState& state, const Buyer& buyer, const SkuId& sku,
                       Quantity quantity) {
  const PurchaseLimit* limit = state.purchase_limits.Find({sku, buyer.campaign});
  if (limit == nullptr) return std::nullopt;
  const Quantity left = limit->per_customer - state.purchases.Get({sku, buyer}).quantity;
  if (quantity <= left) return std::nullopt;
  return StockDecision(StockRefusal::kAboveCustomerLimit,
                       {{"sku", sku.value},
                        {"limit", std::to_string(limit->per_customer)},
                        {"left", std::to_string(std::max<Quantity>(0, left))}});
}

// What one line, and what one customer, may ask for.
InTheWay CheckLimits(const StockState& state, const Buyer& buyer,
                     const std::vector<StockLine>& asked) {
  InTheWay first;
  std::map<SkuId, Quantity> in_all;
  for (const StockLine& line : asked) {
    KeepFirst(first, CheckLine(state, line));
    if (buyer.IsCounted()) in_all[line.sku] += line.quantity;
  }
  for (const auto& [sku, quantity] : in_all) {
    KeepFirst(first, CheckPurchase(state, buyer, sku, quantity));
  }
  return first;
}

StockRefusal ReasonOf(Barrier barrier) {
  switch (barrier) {
    case Barrier::kPaused:
      return StockRefusal::kLocationPaused;
    case Barrier::kMethodOff:
      return StockRefusal::kMethodOff;
    case Barrier::kNone:
      break;
  }
  return StockRefusal::kNotEnoughAvailable;
}

// Gives each line what can be promised behind the lines before it; a refusal if that is too little.
InTheWay GrantLines(const StockState& state, std::vector<StockLine> asked, StockReserved& event) {
  Foresight foresight(state, event.method);
  const Demand demand{.channel = event.channel, .segment = event.segment, .method = event.method};
  std::optional<StockRefusal> first;
  std::vector<Detail> details;
  for (StockLine& line : asked) {
    const Quantity available = foresight.Promisable(line.sku, line.location, demand);
    const Quantity granted = std::min(line.quantity, available);
    foresight.Reserve(line.sku, line.location, demand, granted, event.consequences);
    if (line.quantity > available) {
      const StockRefusal reason = ReasonOf(foresight.BarrierAt(line.sku, line.location, demand));
      first = std::min(first.value_or(reason), reason);
    }
    event.lines.push_back({.sku = std::move(line.sku),
                           .location = std::move(line.location),
                           .quantity = granted,
                           .scale = line.scale,
                           .ordered = line.quantity});
    if (line.quantity > available) NameShort(event.lines.back(), available, details);
  }
  if (!first) return std::nullopt;
  return StockDecision(*first, std::move(details));
}

}  // namespace

StockDecision Decide(const StockState& state, const ReserveStock& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.id.value) || !IsName(command.owner)) return kBadName;
  if (command.channel.value.size() > 128 || command.segment.value.size() > 128) return kBadName;
  if (command.buyer.campaign.size() > 128 || command.buyer.customer.size() > 128) return kBadName;
  std::vector<StockLine> asked;
  if (auto no = ReadLines(state, command.lines, asked, Places::kAlsoGroups)) return *no;
  if (auto no = hold::ToPlace(kReservationLimits, command.hold_for)) return RefusalOf(*no);
  const Reservation* known = state.reservations.Find(command.id);
  if (known != nullptr) return DecideRepeat(*known, asked);

  StockReserved event{.id = command.id,
                      .owner = command.owner,
                      .channel = command.channel,
                      .reserved_at = now,
                      .expires_at = now + command.hold_for,
                      .method = command.method,
                      .buyer = command.buyer,
                      .segment = command.segment};
  if (auto no = CheckLimits(state, command.buyer, asked)) return *no;
  std::optional<StockDecision> is_short = GrantLines(state, std::move(asked), event);
  const auto granted = [](const ReservedLine& line) { return line.quantity > 0; };
  const bool any = std::any_of(event.lines.begin(), event.lines.end(), granted);
  if (is_short && (!any || !command.allow_partial)) return *std::move(is_short);
  return Settle(state, std::move(event));
}

}  // namespace omo::inventory
