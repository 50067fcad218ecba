#include "services/inventory/domain/stock/what_if.h"

#include <utility>

#include "services/inventory/domain/lists.h"
#include "services/inventory/domain/stock/crossings.h"

namespace omo::inventory {
namespace {

// A record of the log has its limits, and the change itself must fit beside them.
constexpr std::size_t kBytesMax = 256 << 10;
constexpr std::size_t kBytesOfFigures = 40;
constexpr std::size_t kAffectedMax = 10;  // One change may leave very many places short.

std::vector<Consequence> Difference(const StockState& before, const StockState& after,
                                    std::vector<FiguresKey> keys) {
  SortUnique(keys);
  std::size_t bytes = 0;
  const auto fits = [&](const SkuId& sku, const LocationId& place) {
    bytes += sku.value.size() + place.value.size() + kBytesOfFigures;
    return bytes <= kBytesMax;
  };
  Foresight then(after);
  for (const FiguresKey& key : keys) then.Of(key.sku, key.location);
  std::vector<Consequence> consequences;
  for (QuotaChanged& cut : then.CutQuotas()) {
    if (!fits(cut.sku, cut.location)) break;
    consequences.push_back(std::move(cut));
  }
  for (const FiguresKey& key : keys) {
    const Quantity total = then.ShortfallAt(key);
    const Quantity more = total - ShortfallAt(before, key);
    if (more <= 0) continue;
    if (!fits(key.sku, key.location)) break;
    StockShortfall shortfall{.sku = key.sku,
                             .location = key.location,
                             .quantity = more,
                             .total = total,
                             .scale = ScaleOf(before, key.sku)};
    for (const ReservationId& id : AffectedAt(before, key, total, kAffectedMax)) {
      bytes += id.value.size();
      if (bytes <= kBytesMax) shortfall.affected.push_back(id);
    }
    consequences.push_back(std::move(shortfall));
  }
  return consequences;
}

// Only what is kept at groups whose members change can fall short by it; and quotas, by safety
// rules.
std::vector<Consequence> ByNetwork(const StockState& state, const auto& event) {
  WhatIf then(state);
  then.Try(event);
  std::vector<FiguresKey> keys;
  if (event.change.put_safety_rules) {
    state.quotas.Walk(LeadingFields(), {}, [&](const FiguresKey& key, const PlaceQuotas&) {
      keys.push_back(key);
      return true;
    });
  }
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
  for (const GroupHold& hold : state.sku_rules.Get(event.sku).group_holds) {
    keys.push_back({event.sku, PlaceOf(hold.group)});
  }
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
