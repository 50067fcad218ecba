#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

namespace {

bool CanArriveIn(Bucket bucket) {
  return bucket == Bucket::kAvailable || bucket == Bucket::kDamaged ||
         bucket == Bucket::kQualityControl || bucket == Bucket::kSafetyStock ||
         bucket == Bucket::kDisplay;
}

// One arrived line as the event has it; what it takes from `incoming` is cut to what is expected.
InTheWay ReadReceipt(const StockState& state, const ReceiptLine& asked, ReceivedLine& line) {
  using enum StockRefusal;
  if (!IsName(asked.sku.value) || !IsLocation(asked.location)) return kBadName;
  StockLine quantity{.sku = asked.sku};
  if (auto no = ReadAmount(state, asked.amount, quantity)) return no;
  StockLine expected{.sku = asked.sku};
  if (auto no = ReadAmount(state, asked.from_incoming, expected)) return no;
  if (quantity.quantity <= 0 || expected.quantity < 0) return kBadQuantity;
  if (!CanArriveIn(asked.bucket)) return kBadBucket;
  line = {.sku = asked.sku,
          .location = asked.location,
          .quantity = quantity.quantity,
          .scale = quantity.scale,
          .bucket = asked.bucket,
          .from_incoming = expected.quantity};
  return std::nullopt;
}

}  // namespace

StockDecision Decide(const StockState& state, const ReceiveStock& command, Time now) {
  using enum StockRefusal;
  InTheWay first;
  if (command.lines.empty() || command.lines.size() > kLinesMax) first = kBadLines;
  StockReceived event{.occurred_at = now};
  for (const ReceiptLine& asked : command.lines) {
    KeepFirst(first, ReadReceipt(state, asked, event.lines.emplace_back()));
  }
  if (first) return *first;

  Foresight foresight(state);
  for (ReceivedLine& line : event.lines) {
    Quantity& expected = foresight.Of(line.sku, line.location).incoming;
    line.from_incoming = std::min(line.from_incoming, expected);
    expected -= line.from_incoming;
  }
  return Settle(state, std::move(event));
}

}  // namespace omo::inventory
