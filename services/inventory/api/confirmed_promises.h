// What may be promised by the confirmed rows of one shard, by the rules that decide it. Under a
// Store::ReadLock, as long as the model lives; one thread.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "services/inventory/api/confirmed_stock.h"
#include "services/inventory/domain/deciders/kits.h"
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
  static Quantity Unruled(const Figures& figures) {
    return std::max<Quantity>(0, figures.Available());
  }
  // `figures` are those of the SKU at that location; never below zero. Of a kit, whole ones.
  Quantity At(const SkuId& sku, const LocationId& location, const Figures& figures,
              const Demand& demand) const {
    if (const auto* parts = PartsOf(sku)) {
      return WholeKits(*parts, [&](const SkuId& part) {
        return OfOne(part, location, state().figures.Get({part, location}), demand);
      });
    }
    return OfOne(sku, location, figures, demand);
  }
  Quantity AtGroup(const SkuId& sku, const GroupId& group, const Demand& demand) const {
    const auto left = [&](const SkuId& part) {
      return foresight_.Promisable(part, PlaceOf(group), demand);
    };
    const auto* parts = PartsOf(sku);
    return parts != nullptr ? WholeKits(*parts, left) : left(sku);
  }
  // What one kit comes to, as the domain's PartsOf; nullptr: the SKU is no kit. Good as long as
  // this lives.
  const std::vector<KitComponent>* PartsOf(const SkuId& sku) const {
    if (const auto known = parts_.find(sku); known != parts_.end()) return &known->second;
    auto parts = inventory::PartsOf(state(), sku);
    return parts ? &parts_.emplace(sku, *std::move(parts)).first->second : nullptr;
  }
  const StockState& state() const { return stock_.state(); }
  const Foresight& foresight() const { return foresight_; }

 private:
  Quantity OfOne(const SkuId& sku, const LocationId& location, const Figures& figures,
                 const Demand& demand) const {
    if (!IsRuled(sku)) return Unruled(figures);
    return foresight_.Promisable(sku, location, demand);
  }

  const ConfirmedStock stock_;
  const Foresight foresight_;
  const Network* const network_;
  mutable std::map<SkuId, std::vector<KitComponent>> parts_;  // Of kits.
};

}  // namespace omo::inventory
