// Kits: SKUs that are sold as one and kept as what they are made of. A kit has no stock of its own.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "services/inventory/domain/stock/stock.h"

namespace omo::inventory {

// Kits within kits, the outermost counted; and what one kit comes to, all the way down.
inline constexpr int kKitDepthMax = 10;
inline constexpr std::size_t kKitPartsMax = 100;

// What one of the kit comes to, all the way down: each SKU once, in its own unit. Empty: it cannot
// be taken apart any more, because of what a kit in it became. nullopt: the SKU is no kit.
std::optional<std::vector<KitComponent>> PartsOf(const StockState& state, const SkuId& sku);

// How many whole kits can be made where `left_of(sku)` is left of each component.
Quantity WholeKits(const std::vector<KitComponent>& components, auto left_of) {
  Quantity kits = components.empty() ? 0 : kFigureMax;
  for (const KitComponent& part : components) {
    kits = std::min(kits, left_of(part.sku) / part.quantity);
  }
  return kits;
}

// The lines with each kit as its components and each SKU and place once: what a reservation of them
// all needs. nullopt: none could be made of them, however much there is.
std::optional<std::vector<StockLine>> NeedsOf(const StockState& state,
                                              const std::vector<StockLine>& asked);

// The kit that stands for these units; nullptr: none.
const ReservedKit* FindKit(const std::vector<ReservedKit>& kits, const StockLine& line);

}  // namespace omo::inventory
