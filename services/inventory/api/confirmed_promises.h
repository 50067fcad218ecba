// What may be promised by the confirmed rows of one shard, by the rules that decide it. Under a
// Store::ReadLock, as long as the model lives; one thread.
#pragma once

#include <algorithm>
#include <optional>

#include "services/inventory/api/confirmed_stock.h"
#include "services/inventory/domain/stock/foresight.h"

namespace omo::inventory {

class ConfirmedPromises {
 public:
  explicit ConfirmedPromises(const InventoryModel& model)
      : stock_(model),
        foresight_(stock_.state()),
        network_(stock_.state().network.network.Find({})) {}

  std::int64_t network_version() const { return network_ != nullptr ? network_->version : 0; }
  // Whether any rule may touch the SKU; without one it is promised as far as it is available.
  bool IsRuled(const SkuId& sku) const {
    return network_ != nullptr || stock_.state().sku_rules.Find(sku) != nullptr;
  }
  // `figures` are those of the SKU at that location; never below zero.
  Quantity At(const SkuId& sku, const LocationId& location, const Figures& figures,
              const Demand& demand) const {
    if (!IsRuled(sku)) return std::max<Quantity>(0, figures.Available());
    return foresight_.Promisable(sku, location, demand);
  }
  const StockState& state() const { return stock_.state(); }
  const Foresight& foresight() const { return foresight_; }

 private:
  const ConfirmedStock stock_;
  const Foresight foresight_;
  const Network* const network_;
};

}  // namespace omo::inventory
