// Inventory's state in memory, and short words for its tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/core/table.h"
#include "services/inventory/codec/inventory_codec.h"
#include "services/inventory/domain/inventory.h"
#include "tests/support/given.h"

namespace omo::inventory {

struct MemoryInventory {
  MapTable<FiguresKey, Figures> figures;
  MapTable<ReservationId, Reservation> reservations;
  MapTable<LiveKey, Live> live_reservations;
  MapTable<SkuId, Unit> units;
  MapTable<SaleKey, Sale> sales;
  MapTable<TimerKey, Timer> timers;
  MapTable<LocationId, Location> locations;
  MapTable<RecentKey, Recent> recent;
  MapTable<FiguresKey, Tracking> tracking;
  MapTable<SkuId, SkuRules> sku_rules;
  MapTable<FiguresKey, PlaceRules> place_rules;
  MapTable<GroupSumKey, GroupSum> group_sums;
  MapTable<GroupSkuKey, GroupSku> group_skus;
  MapTable<LimitKey, PurchaseLimit> purchase_limits;
  MapTable<PurchaseKey, Purchase> purchases;
  MapTable<FiguresKey, PlaceQuotas> quotas;
  MapTable<HoldKey, HoldRow> holds;
  MapTable<SkuId, Kit> kits;
  MapTable<ReservationId, ReservationKits> reservation_kits;
  MapTable<SkuId, StockLevels> levels;
  MapTable<NetworkKey, LevelSweep> level_sweep;
  MapTable<NetworkKey, Network> network;
  MapTable<NetworkKey, GroupList> group_list;
  MapTable<GroupId, Group> groups;
  MapTable<LocationId, NetworkPlace> places;
  MapTable<std::int64_t, NetworkChange> network_changes;
  InventoryState state{{figures,
                        reservations,
                        live_reservations,
                        units,
                        sales,
                        timers,
                        recent,
                        tracking,
                        sku_rules,
                        place_rules,
                        group_sums,
                        group_skus,
                        purchase_limits,
                        purchases,
                        quotas,
                        holds,
                        {network, group_list, groups, places, network_changes},
                        kits,
                        reservation_kits,
                        levels,
                        level_sweep},
                       {locations}};

  MemoryInventory() = default;
  MemoryInventory(const MemoryInventory&) = delete;
  MemoryInventory& operator=(const MemoryInventory&) = delete;

  using Event = InventoryEvent;
  void Evolve(const InventoryEvent& event) { inventory::Evolve(state, event); }
  template <class Command>
  auto Decide(const Command& command, Time now) const {
    return inventory::Decide(state, command, now);
  }
  static std::string Encode(const InventoryEvent& event) { return inventory::Encode(event); }
  static std::optional<InventoryEvent> Decode(std::string_view bytes) {
    auto recorded = inventory::Decode(bytes);
    if (!recorded) return std::nullopt;
    return std::move(recorded->event);
  }
  static std::string Describe(const InventoryEvent& event) { return inventory::Describe(event); }

  // The same rows, whatever order they came in.
  bool SameRows(const MemoryInventory& other) const {
    return figures.rows == other.figures.rows && reservations.rows == other.reservations.rows &&
           live_reservations.rows == other.live_reservations.rows &&
           units.rows == other.units.rows && sales.rows == other.sales.rows &&
           timers.rows == other.timers.rows && recent.rows == other.recent.rows &&
           tracking.rows == other.tracking.rows && locations.rows == other.locations.rows &&
           sku_rules.rows == other.sku_rules.rows && place_rules.rows == other.place_rules.rows &&
           group_sums.rows == other.group_sums.rows && group_skus.rows == other.group_skus.rows &&
           purchase_limits.rows == other.purchase_limits.rows &&
           purchases.rows == other.purchases.rows && quotas.rows == other.quotas.rows &&
           holds.rows == other.holds.rows && network.rows == other.network.rows &&
           group_list.rows == other.group_list.rows && groups.rows == other.groups.rows &&
           places.rows == other.places.rows && network_changes.rows == other.network_changes.rows &&
           kits.rows == other.kits.rows && reservation_kits.rows == other.reservation_kits.rows &&
           levels.rows == other.levels.rows && level_sweep.rows == other.level_sweep.rows;
  }
};

using Given = omo::testing::Given<MemoryInventory>;
using omo::testing::kNoon;

inline const SkuId kMilk{"milk"};
inline const SkuId kBread{"bread"};
inline const LocationId kShop{"shop"};
inline const LocationId kDepot{"depot"};
inline const ReservationId kCart{"r1"};
inline const std::string kTooLong(129, 'x');

// `quantity` milk at the shop, as a fact of the past.
inline StockReceived Received(Quantity quantity, const LocationId& location = kShop,
                              const SkuId& sku = kMilk) {
  return {{{.sku = sku, .location = location, .quantity = quantity}}};
}
// A command's line.
inline Line Of(std::int64_t value, const LocationId& location = kShop, const SkuId& sku = kMilk,
               std::int32_t scale = 0) {
  return {.sku = sku, .location = location, .amount = {value, scale}};
}
// An event's line.
inline StockLine Moved(Quantity quantity, const Figures& after, const LocationId& location = kShop,
                       const SkuId& sku = kMilk) {
  return {.sku = sku, .location = location, .quantity = quantity, .scale = 0, .after = after};
}
// kCart holds `quantity` milk at the shop for 15 minutes from noon.
inline StockReserved Held(Quantity quantity, const ReservationId& id = kCart) {
  return {.id = id,
          .owner = "cart-1",
          .channel = "web",
          .lines = {{.sku = kMilk, .location = kShop, .quantity = quantity, .ordered = quantity}},
          .reserved_at = kNoon,
          .expires_at = kNoon + std::chrono::minutes{15}};
}
inline ReservationCommitted Committed(Quantity quantity, const ReservationId& id = kCart) {
  return {.id = id, .owner = "order-1", .lines = {Moved(quantity, {})}};
}

}  // namespace omo::inventory
