#include "services/inventory/domain/stock/what_if.h"

#include <algorithm>
#include <utility>

#include "services/inventory/domain/lists.h"
#include "services/inventory/domain/stock/crossings.h"
#include "services/inventory/domain/stock/group_lookups.h"
#include "services/inventory/domain/stock/shortages.h"

namespace omo::inventory {
namespace {

std::vector<Consequence> Difference(const StockState& state_before, const StockState& state_then,
                                    std::vector<FiguresKey> keys) {
  SortUnique(keys);
  Shortages shortages(state_before);
  auto first = keys.begin();
  while (first != keys.end()) {
    const auto last = std::find_if(first, keys.end(),
                                   [&](const FiguresKey& key) { return key.sku != first->sku; });
    Foresight then(state_then);
    shortages.Look({first, last}, Foresight(state_before), then);
    if (shortages.IsFull()) break;
    first = last;
  }
  std::vector<Consequence> consequences;
  shortages.MoveTo(consequences);
  if (shortages.IsFull()) consequences.push_back(ShortfallsDeferred{first->sku});
  return consequences;
}

// Whether all that is kept of a SKU at these groups is free at the members of this one: then none
// lacks anything because of it. Where stock is ample few of them are looked at, however large it
// is.
bool CanKeep(const StockState& state, const std::vector<FiguresKey>& held, const GroupId& id,
             const std::vector<LocationId>& members) {
  Quantity missing = 0;
  for (const FiguresKey& key : held) {
    const Figures at = state.figures.Get(key);
    missing += at.Promised() + at.quota;
  }
  if (missing == 0) return true;
  const SkuId& sku = held.front().sku;
  for (auto member = members.begin(); missing > 0 && member != members.end(); ++member) {
    if (!Counts(state, sku, *member, id)) continue;
    missing -= PartOf(state, sku, *member, state.figures.Get({sku, *member})).free;
  }
  return missing <= 0;
}

std::vector<FiguresKey> HeldAtGroups(const StockState& state, const SkuId& sku) {
  std::vector<FiguresKey> places;
  if (const SkuRules* rules = state.sku_rules.Find(sku)) {
    for (const GroupHold& hold : rules->group_holds) places.push_back({sku, PlaceOf(hold.group)});
  }
  SortUnique(places);
  return places;
}

// Whether safety stock may be another at some places: rules are for groups, too.
bool MovesSafety(const StockState& state, const NetworkChange& change) {
  if (change.put_safety_rules) return true;
  const Network* network = state.network.network.Find({});
  if (network == nullptr || (!change.put_group && !change.remove_group)) return false;
  return std::any_of(network->safety_rules.begin(), network->safety_rules.end(),
                     [](const SafetyRule& rule) { return !rule.places.groups.empty(); });
}

// Only what is kept at groups whose members change can fall short by it; and quotas, by safety
// rules.
std::vector<Consequence> ByNetwork(const StockState& state, const auto& event) {
  WhatIf then(state);
  then.Try(event);
  std::vector<FiguresKey> keys;
  if (MovesSafety(state, event.change)) {
    state.quotas.Walk(LeadingFields(), {}, [&](const FiguresKey& key, const PlaceQuotas&) {
      keys.push_back(key);
      return true;
    });
  }
  const GroupLookups groups(state);
  const GroupLookups groups_then(then.state());
  for (const GroupId& id : state.network.group_list.Get({}).ids) {
    const std::vector<LocationId>& members = groups_then.MembersOf(id);
    const bool is_there = then.state().network.groups.Find(id) != nullptr;
    if (is_there && members == groups.MembersOf(id)) continue;
    state.group_skus.Walk(LeadingFields(id), {.group = id},
                          [&](const GroupSkuKey& key, const GroupSku&) {
                            const std::vector<FiguresKey> held = HeldAtGroups(state, key.sku);
                            if (!CanKeep(then.state(), held, id, members)) {
                              keys.insert(keys.end(), held.begin(), held.end());
                            }
                            return true;
                          });
  }
  return Difference(state, then.state(), std::move(keys));
}

// Whom rules of one SKU make cross a mark, with what they do to quotas. Of another class, it may be
// watched by others.
void AddCrossings(const StockState& before, const StockState& after, StockRulesSet event,
                  std::vector<Consequence>& consequences) {
  event.consequences = consequences;
  Foresight then(after);
  then.Post(event);
  Crossings crossings(after);
  crossings.Forget(event.sku);
  crossings.Look(event.sku, Foresight(before), then);
  crossings.MoveTo(consequences);
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
  const std::vector<FiguresKey> held = HeldAtGroups(state, event.sku);
  keys.insert(keys.end(), held.begin(), held.end());
  std::vector<Consequence> consequences = Difference(state, then.state(), std::move(keys));
  if (IsWatched(state)) AddCrossings(state, then.state(), event, consequences);
  return consequences;
}

std::vector<Consequence> ConsequencesOf(const StockState& state, const NetworkChanged& event) {
  return ByNetwork(state, event);
}
std::vector<Consequence> ConsequencesOf(const StockState& state, const NetworkApplied& event) {
  return ByNetwork(state, event);
}

}  // namespace omo::inventory
