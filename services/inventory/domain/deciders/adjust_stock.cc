#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

StockDecision Decide(const StockState& state, const AdjustStock& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.sku.value) || !IsLocation(command.location)) return kBadName;
  if (command.reason.empty() || !IsText(command.reason)) return kBadName;
  StockLine line{.sku = command.sku, .location = command.location};
  if (auto no = ReadAmount(state, command.delta, line)) return *no;
  if (line.quantity == 0) return kBadQuantity;
  const bool kept = command.bucket == Bucket::kReserved || command.bucket == Bucket::kCommitted ||
                    command.bucket == Bucket::kQuota;
  if (kept || command.bucket == Bucket::kUnspecified) return kBadBucket;

  const Quantity held = In(state.figures.Get({command.sku, command.location}), command.bucket);
  if (command.bucket != Bucket::kAvailable && held + line.quantity < 0) {
    return {kNotEnoughInBucket, {{"in_bucket", std::to_string(held)}}};
  }
  return Settle(state, StockAdjusted{.line = std::move(line),
                                     .bucket = command.bucket,
                                     .reason = command.reason,
                                     .occurred_at = now});
}

}  // namespace omo::inventory
