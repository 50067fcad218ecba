#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

namespace {

bool CanMove(Bucket bucket) {
  return bucket == Bucket::kAvailable || bucket == Bucket::kDamaged ||
         bucket == Bucket::kQualityControl || bucket == Bucket::kSafetyStock ||
         bucket == Bucket::kDisplay;
}

}  // namespace

StockDecision Decide(const StockState& state, const MoveStockState& command, Time) {
  using enum StockRefusal;
  if (!IsName(command.sku.value) || !IsLocation(command.location)) return kBadName;
  if (!IsText(command.reason)) return kBadName;
  StockLine line{.sku = command.sku, .location = command.location};
  if (auto no = ReadAmount(state, command.amount, line)) return *no;
  if (line.quantity <= 0) return kBadQuantity;
  if (!CanMove(command.from) || !CanMove(command.to)) return kBadBucket;
  if (command.from == command.to) return kSamePlace;

  const Quantity held = In(state.figures.Get({command.sku, command.location}), command.from);
  if (line.quantity > held) return {kNotEnoughInBucket, {{"in_bucket", std::to_string(held)}}};
  return Settle(state, StockStateMoved{.line = std::move(line),
                                       .from = command.from,
                                       .to = command.to,
                                       .reason = command.reason});
}

}  // namespace omo::inventory
