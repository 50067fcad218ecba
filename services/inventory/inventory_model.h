// Inventory's rules over one shard's rows: which tables there are, and which event is folded where.
#pragma once

#include <memory>
#include <tuple>
#include <vector>

#include "libs/shard/timer_table.h"
#include "libs/shard/typed_model.h"
#include "libs/store/table.h"
#include "services/inventory/domain/inventory.h"
#include "services/inventory/views/figure_changes.h"
#include "services/inventory/views/movements.h"
#include "services/inventory/views/places.h"

namespace omo::inventory {

class InventoryModel final : public shard::TypedModel<InventoryModel, InventoryEvent> {
 public:
  // Prefixes of rows in the store: for ever the same, never given to another table.
  enum Prefix : char {
    kFigures = 1,
    kReservations,
    kUnits,
    kSales,
    kTimers,
    kLocations,
    kLiveReservations,
    kMovements,
    kMinutes,
    kRecent,
    kTracking,
    kNetwork = 20,
    kGroupList,
    kGroups,
    kPlaces,
    kNetworkChanges,
    kSkuRules,
    kPlaceRules,
    kGroupSums,
    kPurchaseLimits,
    kPurchases,
    kGroupSkus,
    kKits = 40,
    kReservationKits,
    kQuotas,
    kHolds,
    kLevels,
    kLevelSweep
  };

  // `watched_lines_max`: how many of the last changes are kept for those who watch.
  explicit InventoryModel(store::Store& store,
                          std::size_t watched_lines_max = FigureChanges::kLinesMax);

  // What Decide and Evolve take.
  std::tuple<StockState, LocationState> States();

  // The kits of a reservation, by its confirmed row.
  std::vector<ReservedKit> ConfirmedKitsOf(const ReservationId& id) const {
    return reservation_kits.FindConfirmed(id).value_or(ReservationKits{}).kits;
  }

  void Project(const shard::Fact& fact, const shard::EventPlace& place) override;
  shard::EncodedFact Encode(const shard::Fact& fact, const Envelope& envelope) const override;
  absl::StatusOr<shard::DecodedFact> Decode(const journal::Record& record) const override;
  void Reload() override { timers.Reload(store_); }
  void Due(Time now, std::size_t max,
           std::vector<std::unique_ptr<shard::CommandBody>>& due) const override;
  std::optional<Time> NextDue() const override { return timers.NextDue(); }

  // Queries read these under a Store::ReadLock, with FindConfirmed and Scan.
  store::ShardTable<FiguresKey, Figures, store::KeyOrder> figures;
  store::ShardTable<ReservationId, Reservation, store::KeyOrder> reservations;
  store::ShardTable<LiveKey, Live, store::KeyOrder> live_reservations;
  store::ShardTable<SkuId, Unit> units;
  store::ShardTable<SaleKey, Sale> sales;
  shard::TimerTable timers;
  store::ShardTable<LocationId, Location, store::KeyOrder> locations;
  store::ShardTable<NetworkKey, Network> network;
  store::ShardTable<NetworkKey, GroupList> group_list;
  store::ShardTable<GroupId, Group> groups;
  store::ShardTable<LocationId, NetworkPlace, store::KeyOrder> network_places;
  store::ShardTable<std::int64_t, NetworkChange> network_changes;
  store::ShardTable<SkuId, SkuRules> sku_rules;
  store::ShardTable<FiguresKey, PlaceRules> place_rules;
  store::ShardTable<GroupSumKey, GroupSum> group_sums;
  store::ShardTable<GroupSkuKey, GroupSku, store::KeyOrder> group_skus;
  store::ShardTable<LimitKey, PurchaseLimit> purchase_limits;
  store::ShardTable<PurchaseKey, Purchase> purchases;
  store::ShardTable<FiguresKey, PlaceQuotas, store::KeyOrder> quotas;
  store::ShardTable<HoldKey, HoldRow, store::KeyOrder> holds;
  store::ShardTable<SkuId, Kit> kits;
  store::ShardTable<ReservationId, ReservationKits> reservation_kits;
  store::ShardTable<SkuId, StockLevels, store::KeyOrder> levels;
  store::ShardTable<NetworkKey, LevelSweep> level_sweep;
  store::ShardTable<RecentKey, Recent, store::KeyOrder> recent;
  store::ShardTable<FiguresKey, Tracking> tracking;
  // Views: confirmed rows only.
  store::ConfirmedTable<MovementKey, MovementRow, store::KeyOrder> movements;
  store::ConfirmedTable<MinuteKey, MinuteRow, store::KeyOrder> minutes;
  PlaceIndex places;  // Of the confirmed rows of `locations`.
  FigureChanges figure_changes;

 private:
  store::Store& store_;
};

}  // namespace omo::inventory
