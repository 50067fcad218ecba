// Short words for watches of the network, and for what they are told.
#pragma once

#include <vector>

#include "tests/unit/inventory/network_changes.h"

namespace omo::inventory {

// Low at `low`, back at `back`: of all SKUs, where the channel sells.
inline StockWatch Watch(const char* id, std::int64_t low, std::int64_t back) {
  return {.id = id, .skus = {.all = true}, .low_at = {low, 0}, .back_at = {back, 0}};
}
inline NetworkChange Channel(std::vector<StockWatch> watches, const GroupId& sells_from = kCity) {
  return {.put_channel = ChannelExposure{
              .channel = {"web"}, .sells_from = sells_from, .watches = std::move(watches)}};
}

inline StockCrossed Crossed(const char* watch, StockLevel from, StockLevel to, Quantity quantity,
                            const LocationId& place = kAtCity) {
  return {.sku = kMilk,
          .channel = {"web"},
          .watch = watch,
          .place = place,
          .from = from,
          .to = to,
          .quantity = quantity};
}
inline StockLeveled Leveled(const char* watch, StockLevel level, const SkuId& sku = kMilk) {
  return {.sku = sku, .channel = {"web"}, .watch = watch, .level = level};
}

inline AdjustStock Adjust(std::int64_t delta, const LocationId& place = kShop) {
  return {.sku = kMilk, .location = place, .delta = {delta, 0}, .reason = "count"};
}
inline StockAdjusted Adjusted(Quantity delta, Quantity on_hand,
                              std::vector<Consequence> consequences = {},
                              const LocationId& place = kShop) {
  return {.line = Moved(delta, {.on_hand = on_hand}, place),
          .reason = "count",
          .consequences = std::move(consequences),
          .occurred_at = kNoon};
}

}  // namespace omo::inventory
