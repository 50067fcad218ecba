#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

StockRefusal RefusalOf(hold::Obstacle obstacle) {
  using enum StockRefusal;
  switch (obstacle) {
    case hold::Obstacle::kBadTerm:
      return kBadHold;
    case hold::Obstacle::kCancelled:
      return kReservationCancelled;
    case hold::Obstacle::kReleased:
      return kReservationReleased;
    case hold::Obstacle::kExpired:
      return kReservationExpired;
    case hold::Obstacle::kFulfilled:
      return kReservationFulfilled;
    case hold::Obstacle::kNotCommitted:
      return kReservationNotCommitted;
    case hold::Obstacle::kCommitted:
      return kReservationCommitted;
    case hold::Obstacle::kTooManyExtensions:
      return kTooManyExtensions;
    case hold::Obstacle::kTooOld:
      return kHoldTooOld;
    case hold::Obstacle::kNotLonger:
      return kHoldNotLonger;
  }
  return kBadHold;
}

InTheWay RefuseKit(const StockState& state, const SkuId& sku) {
  if (state.kits.Find(sku) == nullptr) return std::nullopt;
  return StockDecision(StockRefusal::kIsAKit, {{"sku", sku.value}});
}

InTheWay ReadAmount(const StockState& state, const Amount& amount, StockLine& line, Kits kits) {
  if (amount.scale < 0 || amount.scale > kScaleMax) return StockRefusal::kBadScale;
  line.scale = ScaleOf(state, line.sku);
  const std::optional<Quantity> exact = InScale(amount, line.scale);
  if (!exact) {
    return StockDecision(StockRefusal::kQuantityNotExact,
                         {{"sku", line.sku.value}, {"scale", std::to_string(line.scale)}});
  }
  if (*exact > kQuantityMax || *exact < -kQuantityMax) return StockRefusal::kBadQuantity;
  line.quantity = *exact;
  return kits == Kits::kTaken ? std::nullopt : RefuseKit(state, line.sku);
}

void KeepFirst(InTheWay& first, InTheWay other) {
  if (other && (!first || other->refusal < first->refusal)) first = std::move(other);
}

namespace {

bool MayBe(const LocationId& place, Places places) {
  return places == Places::kAlsoGroups ? IsPlace(place) : IsLocation(place);
}

InTheWay ReadLine(const StockState& state, const Line& asked, Places places, Kits kits,
                  StockLine& line) {
  if (!IsName(asked.sku.value) || !MayBe(asked.location, places)) return StockRefusal::kBadName;
  line.sku = asked.sku;
  line.location = asked.location;
  if (auto no = ReadAmount(state, asked.amount, line, kits)) return no;
  if (line.quantity <= 0) return StockRefusal::kBadQuantity;
  return std::nullopt;
}

}  // namespace

InTheWay ReadLines(const StockState& state, const std::vector<Line>& asked,
                   std::vector<StockLine>& lines, Places places, Kits kits) {
  InTheWay first;
  if (asked.empty() || asked.size() > kLinesMax) first = StockRefusal::kBadLines;
  lines.reserve(asked.size());
  for (const Line& line : asked) {
    StockLine& read = lines.emplace_back();
    KeepFirst(first, ReadLine(state, line, places, kits, read));
    for (StockLine& known : lines) {
      if (&known == &read || known.sku != read.sku || known.location != read.location) continue;
      known.quantity += read.quantity;
      lines.pop_back();
      break;
    }
  }
  return first;
}

void ReturnQuotas(const StockState& state, const Reservation& reservation, const SkuId& sku,
                  const LocationId& location, Quantity quantity,
                  std::vector<Consequence>& consequences) {
  const PlaceQuotas* there = state.quotas.Find({sku, location});
  for (auto draw = reservation.draws.rbegin(); draw != reservation.draws.rend(); ++draw) {
    if (draw->sku != sku || draw->location != location) continue;
    const Quantity back = std::min(quantity, draw->quantity);
    quantity -= back;
    const Quota* quota = there != nullptr ? there->Find(draw->id) : nullptr;
    if (back == 0 || quota == nullptr || quota->made_at != draw->made_at) continue;
    consequences.push_back(QuotaChanged{.sku = sku,
                                        .location = location,
                                        .id = draw->id,
                                        .move = QuotaMove::kReturned,
                                        .quantity = back,
                                        .scale = ScaleOf(state, sku)});
  }
}

std::vector<StockLine> OpenLines(const StockState& state, const Reservation& reservation) {
  std::vector<StockLine> lines;
  for (const ReservationLine& line : reservation.lines) {
    const Quantity open = line.units.Open();
    if (open == 0) continue;
    lines.push_back({.sku = line.sku,
                     .location = line.location,
                     .quantity = open,
                     .scale = ScaleOf(state, line.sku)});
  }
  return lines;
}

}  // namespace omo::inventory
