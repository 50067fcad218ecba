#include <map>

#include "services/inventory/domain/deciders/take_apart.h"

namespace omo::inventory {

namespace {

// The id is taken: by the same lines, then the first outcome stands, or by others. A kit is what it
// was when it was reserved.
StockDecision DecideRepeat(const StockState& state, const ReservationId& id,
                           const Reservation& known, const std::vector<StockLine>& asked) {
  using enum StockRefusal;
  if (known.lines.empty()) return kReservationCancelled;
  const std::vector<ReservedKit> kits = state.reservation_kits.Get(id).kits;
  std::size_t same_kits = 0;
  std::vector<StockLine> lines;
  for (const StockLine& line : asked) {
    const ReservedKit* kit = FindKit(kits, line);
    if (kit == nullptr) {
      AddLine(lines, line);
      continue;
    }
    if (kit->ordered != line.quantity) return kReservationIdInUse;
    ++same_kits;
    AddParts(*kit, lines);
  }
  std::size_t ordered_lines = 0;
  for (const ReservationLine& line : known.lines) ordered_lines += line.ordered > 0 ? 1 : 0;
  if (same_kits != kits.size() || ordered_lines != lines.size()) return kReservationIdInUse;
  for (const StockLine& line : lines) {
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

// What the asked lines get where there is too little for all: each in turn what is left, of a kit
// only whole ones. What there was at first bounds it: a channel's share is a share of that.
class PartialGrant {
 public:
  PartialGrant(const StockState& state, StockReserved& event)
      : foresight_(state, event.method),
        demand_{.channel = event.channel, .segment = event.segment, .method = event.method},
        event_(event) {
    event.consequences.clear();  // What quotas gave when all was asked.
    for (ReservedLine& line : event.lines) {
      left_.push_back(foresight_.Promisable(line.sku, line.location, demand_));
      line.quantity = 0;
    }
  }

  void Give(const StockLine& asked) {
    const Quantity given = std::min(asked.quantity, Room(asked.sku, asked.location));
    Take(asked.sku, asked.location, given);
  }
  void Give(ReservedKit& kit) {
    const auto room = [&](const SkuId& sku) { return Room(sku, kit.location); };
    kit.quantity = std::min(kit.ordered, WholeKits(kit.components, room));
    for (const KitComponent& part : kit.components) {
      Take(part.sku, kit.location, kit.quantity * part.quantity);
    }
  }

 private:
  std::size_t LineOf(const SkuId& sku, const LocationId& place) const {
    const auto at = std::find_if(
        event_.lines.begin(), event_.lines.end(),
        [&](const ReservedLine& line) { return line.sku == sku && line.location == place; });
    return static_cast<std::size_t>(at - event_.lines.begin());
  }
  Quantity Room(const SkuId& sku, const LocationId& place) const {
    return std::min(left_[LineOf(sku, place)], foresight_.Promisable(sku, place, demand_));
  }
  void Take(const SkuId& sku, const LocationId& place, Quantity quantity) {
    left_[LineOf(sku, place)] -= quantity;
    event_.lines[LineOf(sku, place)].quantity += quantity;
    foresight_.Reserve(sku, place, demand_, quantity, event_.consequences);
  }

  Foresight foresight_;
  const Demand demand_;
  StockReserved& event_;
  std::vector<Quantity> left_;  // Of each line's SKU and place.
};

void GrantWholeKits(const StockState& state, const std::vector<StockLine>& asked,
                    StockReserved& event) {
  PartialGrant grant(state, event);
  std::size_t nth = 0;  // Kits stand in the order in which they were asked for.
  for (const StockLine& line : asked) {
    if (nth < event.kits.size() && FindKit(event.kits, line) == &event.kits[nth]) {
      grant.Give(event.kits[nth++]);
    } else {
      grant.Give(line);
    }
  }
}

}  // namespace

StockDecision Decide(const StockState& state, const ReserveStock& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.id.value) || !IsName(command.owner)) return kBadName;
  if (command.channel.value.size() > 128 || command.segment.value.size() > 128) return kBadName;
  if (command.buyer.campaign.size() > 128 || command.buyer.customer.size() > 128) return kBadName;
  std::vector<StockLine> asked;
  if (auto no = ReadLines(state, command.lines, asked, Places::kAlsoGroups, Kits::kTaken)) {
    return *no;
  }
  if (auto no = hold::ToPlace(kReservationLimits, command.hold_for)) return RefusalOf(*no);
  const Reservation* known = state.reservations.Find(command.id);
  if (known != nullptr) return DecideRepeat(state, command.id, *known, asked);

  StockReserved event{.id = command.id,
                      .owner = command.owner,
                      .channel = command.channel,
                      .reserved_at = now,
                      .expires_at = now + command.hold_for,
                      .method = command.method,
                      .buyer = command.buyer,
                      .segment = command.segment};
  std::vector<StockLine> lines;
  if (auto no = TakeKitsApart(state, asked, lines, event.kits)) return *no;
  if (auto no = CheckLimits(state, command.buyer, lines)) return *no;
  std::optional<StockDecision> is_short = GrantLines(state, std::move(lines), event);
  if (is_short && !event.kits.empty()) GrantWholeKits(state, asked, event);
  const auto granted = [](const ReservedLine& line) { return line.quantity > 0; };
  const bool any = std::any_of(event.lines.begin(), event.lines.end(), granted);
  if (is_short && (!any || !command.allow_partial)) return *std::move(is_short);
  return Settle(state, std::move(event));
}

}  // namespace omo::inventory
