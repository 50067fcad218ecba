#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

StockDecision Decide(const StockState& state, const SetStock& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.sku.value) || !IsLocation(command.location)) return kBadName;
  if (command.reason.empty() || !IsText(command.reason)) return kBadName;
  StockLine line{.sku = command.sku, .location = command.location};
  StockLine expected = line;
  InTheWay first = ReadAmount(state, command.on_hand, line);
  if (!first && line.quantity < 0) first = kBadQuantity;
  if (command.expected_from) KeepFirst(first, ReadAmount(state, *command.expected_from, expected));
  if (first) return *first;

  const Quantity held = state.figures.Get({command.sku, command.location}).on_hand;
  if (command.expected_from && expected.quantity != held) {
    return {kStale, {{"on_hand", std::to_string(held)}, {"scale", std::to_string(line.scale)}}};
  }
  line.quantity -= held;  // 0, too, is recorded: a repeat must find that it was done.
  return Settle(
      state, StockAdjusted{.line = std::move(line), .reason = command.reason, .occurred_at = now});
}

}  // namespace omo::inventory
