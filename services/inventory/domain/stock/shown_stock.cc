#include "services/inventory/domain/stock/shown_stock.h"

#include <algorithm>

#include "services/inventory/domain/stock/terms.h"

namespace omo::inventory {

ShownStock Show(Quantity free, std::int32_t scale, const DisplayPolicy& policy) {
  // What is more promised than there is, is our own affair.
  Quantity quantity = std::max<Quantity>(free, 0);
  if (policy.most) quantity = std::min(quantity, RoundedDown(*policy.most, scale));
  ShownStock shown{.band = StockBand::kInStock};
  if (quantity == 0) {
    shown.band = StockBand::kOut;
  } else if (quantity <= RoundedDown(policy.low, scale)) {
    shown.band = StockBand::kLow;
  }
  if (policy.exact) shown.quantity = quantity;
  return shown;
}

}  // namespace omo::inventory
