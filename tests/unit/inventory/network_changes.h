// Short words for changes of the network, as facts and as commands.
#pragma once

#include <vector>

#include "tests/support/inventory.h"

namespace omo::inventory {

inline const GroupId kCity{"city"};
inline const LocationId kAtCity = PlaceOf(kCity);

inline NetworkChange Group(const GroupId& id, std::vector<LocationId> locations,
                           std::vector<GroupId> groups = {}) {
  return {
      .put_group = PutGroup{
          id, {.name = id.value, .locations = std::move(locations), .groups = std::move(groups)}}};
}
inline NetworkChange Pause(const LocationId& location) {
  return {.pause_location = PauseLocation{location, true, "stocktake"}};
}
inline NetworkChange Safety(std::vector<SafetyRule> rules,
                            std::vector<NetworkThreshold> thresholds = {}) {
  return {.put_safety_rules = PutSafetyRules{std::move(rules), std::move(thresholds)}};
}
// So many of every SKU at these places.
inline SafetyRule Keep(std::int64_t quantity, PlaceSet places = {.all = true},
                       SkuSet skus = {.all = true}) {
  return {.skus = std::move(skus), .places = std::move(places), .quantity = {quantity, 0}};
}
inline NetworkApplied Applied(std::int64_t version, const NetworkChange& change) {
  return {.version = version, .change = change};
}
inline ChangeNetwork To(const NetworkChange& change, std::int64_t expected_version = 0) {
  return {.change = change, .expected_version = expected_version};
}

// `quantity` milk for a cart, at a place.
inline ReserveStock Ask(std::int64_t quantity, const LocationId& place = kShop,
                        const std::string& id = "r1") {
  return {.id = {id},
          .owner = "cart",
          .lines = {Of(quantity, place)},
          .hold_for = std::chrono::minutes{15}};
}
// What Ask leaves when it is granted whole.
inline StockReserved Got(std::int64_t quantity, const Figures& after,
                         const LocationId& place = kShop, const std::string& id = "r1") {
  return {.id = {id},
          .owner = "cart",
          .lines = {{.sku = kMilk,
                     .location = place,
                     .quantity = quantity,
                     .after = after,
                     .ordered = quantity}},
          .reserved_at = kNoon,
          .expires_at = kNoon + std::chrono::minutes{15}};
}

}  // namespace omo::inventory
