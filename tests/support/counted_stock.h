// Stock in memory that counts how often its rows are read and written.
#pragma once

#include <utility>

#include "tests/support/inventory.h"

namespace omo::inventory {

struct Count {
  int reads = 0;
  int writes = 0;
};

template <class Key, class Row>
class CountedTable final : public OrderedTable<Key, Row> {
 public:
  explicit CountedTable(Count& count) : count_(count) {}

  const Row* Find(const Key& key) const override {
    ++count_.reads;
    return rows_.Find(key);
  }
  void Put(const Key& key, Row row) override {
    ++count_.writes;
    rows_.Put(key, std::move(row));
  }
  void Erase(const Key& key) override {
    ++count_.writes;
    rows_.Erase(key);
  }
  void Walk(const KeyPrefix& within, const Key& from,
            const typename OrderedTable<Key, Row>::Visit& visit) const override {
    rows_.Walk(within, from, [&](const Key& key, const Row& row) {
      ++count_.reads;
      return visit(key, row);
    });
  }

 private:
  Count& count_;
  MapTable<Key, Row> rows_;
};

// Counts what the rows of stock that a decision and its event touch; the others are plain.
class CountedStock {
 public:
  // Decides and lets happen what comes of it; what that cost.
  template <class Command>
  Count Do(const Command& command, Time now = omo::testing::kNoon) {
    count_ = {};
    const auto decision = Decide(state_, command, now);
    INFO((decision.refusal ? static_cast<int>(*decision.refusal) : -1));
    REQUIRE_FALSE(decision.refusal);
    if (decision.event) {
      std::visit([&](const auto& event) { Evolve(state_, event); }, *decision.event);
    }
    return count_;
  }
  // What it costs to look at it.
  Count Look(auto look) {
    count_ = {};
    look(std::as_const(state_));
    return count_;
  }

 private:
  Count count_;
  CountedTable<FiguresKey, Figures> figures_{count_};
  CountedTable<ReservationId, Reservation> reservations_{count_};
  CountedTable<LiveKey, Live> live_reservations_{count_};
  CountedTable<SkuId, Unit> units_{count_};
  CountedTable<SaleKey, Sale> sales_{count_};
  CountedTable<TimerKey, Timer> timers_{count_};
  CountedTable<RecentKey, Recent> recent_{count_};
  CountedTable<FiguresKey, Tracking> tracking_{count_};
  CountedTable<SkuId, SkuRules> sku_rules_{count_};
  CountedTable<FiguresKey, PlaceRules> place_rules_{count_};
  CountedTable<GroupSumKey, GroupSum> group_sums_{count_};
  CountedTable<GroupSkuKey, GroupSku> group_skus_{count_};
  CountedTable<LimitKey, PurchaseLimit> purchase_limits_{count_};
  CountedTable<PurchaseKey, Purchase> purchases_{count_};
  CountedTable<FiguresKey, PlaceQuotas> quotas_{count_};
  CountedTable<HoldKey, HoldRow> holds_{count_};
  CountedTable<SkuId, Kit> kits_{count_};
  CountedTable<ReservationId, ReservationKits> reservation_kits_{count_};
  CountedTable<SkuId, StockLevels> levels_{count_};
  CountedTable<NetworkKey, LevelSweep> level_sweep_{count_};
  CountedTable<NetworkKey, Network> network_{count_};
  CountedTable<NetworkKey, GroupList> group_list_{count_};
  CountedTable<GroupId, Group> groups_{count_};
  CountedTable<LocationId, NetworkPlace> places_{count_};
  CountedTable<std::int64_t, NetworkChange> network_changes_{count_};
  StockState state_{figures_,
                    reservations_,
                    live_reservations_,
                    units_,
                    sales_,
                    timers_,
                    recent_,
                    tracking_,
                    sku_rules_,
                    place_rules_,
                    group_sums_,
                    group_skus_,
                    purchase_limits_,
                    purchases_,
                    quotas_,
                    holds_,
                    {network_, group_list_, groups_, places_, network_changes_},
                    kits_,
                    reservation_kits_,
                    levels_,
                    level_sweep_};
};

}  // namespace omo::inventory
