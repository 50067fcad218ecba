// What a change of the rules would do, tried out over a shard's rows without touching them.
#pragma once

#include <vector>

#include "services/inventory/domain/stock/stock.h"

namespace omo::inventory {

// The rows behind some event of rules. `state` outlives it.
class WhatIf {
 public:
  explicit WhatIf(const StockState& state)
      : units_(state.units),
        sku_rules_(state.sku_rules),
        place_rules_(state.place_rules),
        network_(state.network.network),
        group_list_(state.network.group_list),
        groups_(state.network.groups),
        places_(state.network.places),
        changes_(state.network.changes),
        timers_(state.timers),
        level_sweep_(state.level_sweep),
        state_{state.figures,
               state.reservations,
               state.live_reservations,
               units_,
               state.sales,
               timers_,
               state.recent,
               state.tracking,
               sku_rules_,
               place_rules_,
               state.group_sums,
               state.group_skus,
               state.purchase_limits,
               state.purchases,
               state.quotas,
               state.holds,
               {network_, group_list_, groups_, places_, changes_},
               state.kits,
               state.reservation_kits,
               state.levels,
               level_sweep_} {}
  WhatIf(const WhatIf&) = delete;
  WhatIf& operator=(const WhatIf&) = delete;

  // One of StockRulesSet, NetworkChanged, NetworkApplied without its
  // consequences: those that change no other rows.
  void Try(const auto& event) { Evolve(state_, event); }
  const StockState& state() const { return state_; }

 private:
  TryTable<SkuId, Unit> units_;
  TryTable<SkuId, SkuRules> sku_rules_;
  TryTable<FiguresKey, PlaceRules> place_rules_;
  TryTable<NetworkKey, Network> network_;
  TryTable<NetworkKey, GroupList> group_list_;
  TryTable<GroupId, Group> groups_;
  TryTable<LocationId, NetworkPlace> places_;
  TryTable<std::int64_t, NetworkChange> changes_;
  TryTable<TimerKey, Timer> timers_;
  TryTable<NetworkKey, LevelSweep> level_sweep_;
  StockState state_;
};

// What follows from a change of rules: quotas that give way, and promises that would be short and
// are not now, as many as a record holds, and a word where there are more; of one SKU's rules,
// which watches it crosses, too. (Those that a change of the network crosses are told by a sweep.)
std::vector<Consequence> ConsequencesOf(const StockState& state, const StockRulesSet& event);
std::vector<Consequence> ConsequencesOf(const StockState& state, const NetworkChanged& event);
std::vector<Consequence> ConsequencesOf(const StockState& state, const NetworkApplied& event);

}  // namespace omo::inventory
