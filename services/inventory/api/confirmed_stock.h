// Confirmed rows as the domain's tables, so that a query answers by the very rules that decide.
// Under a Store::ReadLock, as long as the model lives.
#pragma once

#include <absl/container/node_hash_map.h>

#include <optional>

#include "libs/store/row_hash.h"
#include "libs/telemetry/check.h"
#include "services/inventory/inventory_model.h"

namespace omo::inventory {

// Reads only. A row stays where it is as long as this lives.
template <class Key, class Row, class Rows>
class ConfirmedRows final : public OrderedTable<Key, Row> {
 public:
  explicit ConfirmedRows(const Rows& rows) : rows_(rows) {}

  const Row* Find(const Key& key) const override {
    auto found = read_.find(key);
    if (found == read_.end()) found = read_.emplace(key, rows_.FindConfirmed(key)).first;
    return found->second ? &*found->second : nullptr;
  }
  void Walk(const KeyPrefix& within, const Key& from,
            const typename OrderedTable<Key, Row>::Visit& visit) const override {
    if constexpr (requires { rows_.Scan(within, from, visit); }) rows_.Scan(within, from, visit);
  }
  void Put(const Key&, Row) override { OMO_CHECK(false); }
  void Erase(const Key&) override { OMO_CHECK(false); }

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const { return store::HashKey(key); }
  };

  const Rows& rows_;
  mutable absl::node_hash_map<Key, std::optional<Row>, Hash> read_;
};

class ConfirmedStock {
 public:
  explicit ConfirmedStock(const InventoryModel& model) : model_(model) {}
  ConfirmedStock(const ConfirmedStock&) = delete;
  ConfirmedStock& operator=(const ConfirmedStock&) = delete;

  const StockState& state() const { return state_; }

 private:
  template <class Key, class Row, template <class...> class Rows, class... More>
  static ConfirmedRows<Key, Row, Rows<Key, Row, More...>> Over(const Rows<Key, Row, More...>& rows);
  template <class Rows>
  using Of = decltype(Over(std::declval<const Rows&>()));
  // Those that no query asks of are given as they are; nobody writes through this.
  template <class Rows>
  static Rows& Unread(const Rows& rows) {
    return const_cast<Rows&>(rows);
  }

  const InventoryModel& model_;
  Of<decltype(InventoryModel::figures)> figures_{model_.figures};
  Of<decltype(InventoryModel::reservations)> reservations_{model_.reservations};
  Of<decltype(InventoryModel::units)> units_{model_.units};
  Of<decltype(InventoryModel::sku_rules)> sku_rules_{model_.sku_rules};
  Of<decltype(InventoryModel::place_rules)> place_rules_{model_.place_rules};
  Of<decltype(InventoryModel::group_sums)> group_sums_{model_.group_sums};
  Of<decltype(InventoryModel::group_skus)> group_skus_{model_.group_skus};
  Of<decltype(InventoryModel::purchase_limits)> purchase_limits_{model_.purchase_limits};
  Of<decltype(InventoryModel::purchases)> purchases_{model_.purchases};
  Of<decltype(InventoryModel::quotas)> quotas_{model_.quotas};
  Of<decltype(InventoryModel::holds)> holds_{model_.holds};
  Of<decltype(InventoryModel::network)> network_{model_.network};
  Of<decltype(InventoryModel::group_list)> group_list_{model_.group_list};
  Of<decltype(InventoryModel::groups)> groups_{model_.groups};
  Of<decltype(InventoryModel::network_places)> places_{model_.network_places};
  Of<decltype(InventoryModel::level_sweep)> level_sweep_{model_.level_sweep};
  Of<decltype(InventoryModel::kits)> kits_{model_.kits};
  const StockState state_{figures_,
                          reservations_,
                          Unread(model_.live_reservations),
                          units_,
                          Unread(model_.sales),
                          Unread(model_.timers),
                          Unread(model_.recent),
                          Unread(model_.tracking),
                          sku_rules_,
                          place_rules_,
                          group_sums_,
                          group_skus_,
                          purchase_limits_,
                          purchases_,
                          quotas_,
                          holds_,
                          {network_, group_list_, groups_, places_, Unread(model_.network_changes)},
                          kits_,
                          Unread(model_.reservation_kits),
                          Unread(model_.levels),
                          level_sweep_};
};

}  // namespace omo::inventory
