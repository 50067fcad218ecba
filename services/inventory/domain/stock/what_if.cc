#include "services/inventory/domain/stock/what_if.h"

#include <utility>

#include "services/inventory/domain/lists.h"
#include "services/inventory/domain/stock/crossings.h"
#include "services/inventory/domain/stock/terms.h"

namespace omo::inventory {
namespace {

// A record of the log has its limits, and the change itself must fit beside them.
constexpr std::size_t kBytesMax = 256 << 10;
constexpr std::size_t kBytesOfFigures = 40;

std::vector<Consequence> Difference(const StockState& before, const StockState& after,
                                    std::vector<FiguresKey> keys) {
  SortUnique(keys);
  std::vector<Consequence> consequences;
  std::size_t bytes = 0;
  for (const FiguresKey& key : keys) {
    const Quantity total = ShortfallAt(after, key);
    const Quantity more = total - ShortfallAt(before, key);
    if (more <= 0) continue;
    bytes += key.sku.value.size() + key.location.value.size() + kBytesOfFigures;
    if (bytes > kBytesMax) break;
    consequences.push_back(StockShortfall{.sku = key.sku,
                                          .location = key.location,
                                          .quantity = more,
                                          .total = total,
                                          .scale = ScaleOf(before, key.sku)});
  }
  return consequences;
}

// Only what is kept at groups whose members change can fall short by it.
std::vector<Consequence> ByNetwork(const StockState& state, const auto& event) {
  WhatIf then(state);
  then.Try(event);
  std::vector<FiguresKey> keys;
  for (const GroupId& id : state.network.group_list.Get({}).ids) {
    const Group* after = then.state().network.groups.Find(id);
    const Group before = state.network.groups.Get(id);
    if (after != nullptr && after->members == before.members) continue;
    state.group_skus.Walk(LeadingFields(id), {.group = id},
                          [&](const GroupSkuKey& key, const GroupSku&) {
                            keys.push_back({key.sku, PlaceOf(id)});
                            return true;
                          });
  }
  return Difference(state, then.state(), std::move(keys));
}

}  // namespace

std::vector<Consequence> ConsequencesOf(const StockState& state, const StockRulesSet& event) {
  WhatIf then(state);
  then.Try(event);
  std::vector<FiguresKey> keys;
  if (!event.location.value.empty()) keys.push_back({event.sku, event.location});
  if (event.location.value.empty()) {
    state.figures.Walk(LeadingFields(event.sku), {.sku = event.sku},
                       [&](const FiguresKey& key, const Figures&) {
                         keys.push_back(key);
                         return true;
                       });
  }
  for (const GroupHold& hold : state.sku_rules.Get(event.sku).group_holds) {
    keys.push_back({event.sku, PlaceOf(hold.group)});
  }
  std::vector<Consequence> consequences = Difference(state, then.state(), std::move(keys));
  Crossings crossings(then.state());
  crossings.Look(event.sku, Foresight(state), Foresight(then.state()));
  crossings.MoveTo(consequences);
  return consequences;
}

std::vector<Consequence> ConsequencesOf(const StockState& state, const NetworkChanged& event) {
  return ByNetwork(state, event);
}
std::vector<Consequence> ConsequencesOf(const StockState& state, const NetworkApplied& event) {
  return ByNetwork(state, event);
}

}  // namespace omo::inventory
