#include "services/inventory/inventory_model.h"

#include <utility>

#include "libs/shard/stored_position.h"
#include "services/inventory/codec/inventory_codec.h"

namespace omo::inventory {

namespace {

Offset StandsAt(const store::Store& store) {
  const auto stored = shard::ReadStoredPosition(store.stored_position());
  return stored ? stored->reader.next_offset - 1 : kNoOffset;
}

}  // namespace

InventoryModel::InventoryModel(store::Store& store, std::size_t watched_lines_max)
    : figures(store, {.prefix = kFigures, .name = "figures"}),
      reservations(store, {.prefix = kReservations, .name = "reservations"}),
      live_reservations(store, {.prefix = kLiveReservations, .name = "live_reservations"}),
      units(store, {.prefix = kUnits, .name = "units"}),
      sales(store, {.prefix = kSales, .name = "sales"}),
      timers(store, {.prefix = kTimers, .name = "timers"}),
      locations(store, {.prefix = kLocations, .name = "locations"}),
      network(store, {.prefix = kNetwork, .name = "network"}),
      group_list(store, {.prefix = kGroupList, .name = "group_list"}),
      groups(store, {.prefix = kGroups, .name = "groups"}),
      network_places(store, {.prefix = kPlaces, .name = "network_places"}),
      network_changes(store, {.prefix = kNetworkChanges, .name = "network_changes"}),
      sku_rules(store, {.prefix = kSkuRules, .name = "sku_rules"}),
      place_rules(store, {.prefix = kPlaceRules, .name = "place_rules"}),
      group_sums(store, {.prefix = kGroupSums, .name = "group_sums"}),
      group_skus(store, {.prefix = kGroupSkus, .name = "group_skus"}),
      purchase_limits(store, {.prefix = kPurchaseLimits, .name = "purchase_limits"}),
      purchases(store, {.prefix = kPurchases, .name = "purchases"}),
      quotas(store, {.prefix = kQuotas, .name = "quotas"}),
      holds(store, {.prefix = kHolds, .name = "holds"}),
      kits(store, {.prefix = kKits, .name = "kits"}),
      reservation_kits(store, {.prefix = kReservationKits, .name = "reservation_kits"}),
      levels(store, {.prefix = kLevels, .name = "levels"}),
      level_sweep(store, {.prefix = kLevelSweep, .name = "level_sweep"}),
      recent(store, {.prefix = kRecent, .name = "recent"}),
      tracking(store, {.prefix = kTracking, .name = "tracking"}),
      movements(store, {.prefix = kMovements, .name = "movements"}),
      minutes(store, {.prefix = kMinutes, .name = "minutes"}),
      places(locations),
      figure_changes(StandsAt(store), watched_lines_max),
      store_(store) {}

std::tuple<StockState, LocationState> InventoryModel::States() {
  return {StockState{figures,
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
                     NetworkState{network, group_list, groups, network_places, network_changes},
                     kits,
                     reservation_kits,
                     levels,
                     level_sweep},
          LocationState{locations}};
}

void InventoryModel::Project(const shard::Fact& fact, const shard::EventPlace& place) {
  MovementTables ledger{movements, minutes};
  inventory::Project(ledger, shard::EventOf<InventoryEvent>(fact), *place.envelope,
                     place.position.offset, place.stamp);
  places.Project(shard::EventOf<InventoryEvent>(fact));
  figure_changes.Project(shard::EventOf<InventoryEvent>(fact), place.position, place.stamp);
}

shard::EncodedFact InventoryModel::Encode(const shard::Fact& fact, const Envelope& envelope) const {
  const InventoryEvent& event = shard::EventOf<InventoryEvent>(fact);
  return {.type = std::string(TypeOf(event)),
          .key = KeyOf(event),
          .value = inventory::Encode(event, envelope)};
}

absl::StatusOr<shard::DecodedFact> InventoryModel::Decode(const journal::Record& record) const {
  std::optional<Recorded> recorded = inventory::Decode(record.value);
  if (!recorded) return absl::DataLossError("not an event that this release knows: " + record.type);
  return shard::DecodedFact{
      std::make_unique<shard::TypedFact<InventoryEvent>>(std::move(recorded->event)),
      std::move(recorded->envelope)};
}

void InventoryModel::Due(Time now, std::size_t max,
                         std::vector<std::unique_ptr<shard::CommandBody>>& due) const {
  for (const TimerKey& timer : timers.Due(now, max)) {
    if (auto command = CommandFor(timer)) {
      due.push_back(std::visit(
          [](auto& body) { return shard::MakeBody<InventoryModel>(std::move(body)); }, *command));
    }
  }
}

}  // namespace omo::inventory
