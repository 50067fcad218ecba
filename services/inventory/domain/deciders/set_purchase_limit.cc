#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

StockDecision Decide(const StockState& state, const SetPurchaseLimit& command, Time) {
  using enum StockRefusal;
  if (!IsName(command.sku.value) || !IsName(command.campaign)) return kBadName;
  PurchaseLimitSet event{.sku = command.sku, .campaign = command.campaign};
  StockLine line{.sku = command.sku};
  if (command.per_customer) {
    if (auto no = ReadAmount(state, *command.per_customer, line)) return *no;
    if (line.quantity <= 0) return kBadQuantity;
    event.per_customer = line.quantity;
  }
  event.scale = ScaleOf(state, command.sku);
  const PurchaseLimit* known = state.purchase_limits.Find({command.sku, command.campaign});
  const bool same = known != nullptr ? event.per_customer == known->per_customer
                                     : !event.per_customer.has_value();
  if (same) return {};
  return event;
}

}  // namespace omo::inventory
