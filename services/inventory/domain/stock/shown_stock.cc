#include "services/inventory/domain/stock/shown_stock.h"

#include <algorithm>

#include "libs/core/amount.h"

namespace omo::inventory {

ShownStock Show(Quantity available, std::int32_t scale, const DisplayPolicy& policy) {
  // What is more promised than there is, is our own affair.
  const Quantity quantity = std::max<Quantity>(available, 0);
  const Quantity low = InScale({policy.low_at_most, 0}, scale).value_or(0);
  ShownStock shown{.band = StockBand::kInStock};
  if (quantity == 0) {
    shown.band = StockBand::kOut;
  } else if (quantity <= low) {
    shown.band = StockBand::kLow;
  }
  if (policy.exact) shown.quantity = quantity;
  return shown;
}

}  // namespace omo::inventory
