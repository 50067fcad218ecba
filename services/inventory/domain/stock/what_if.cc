#include "services/inventory/domain/stock/what_if.h"

#include <algorithm>
#include <span>
#include <utility>

#include "services/inventory/domain/lists.h"
#include "services/inventory/domain/stock/crossings.h"

namespace omo::inventory {
namespace {

// A record of the log has its limits, and the change itself must fit beside them.
constexpr std::size_t kBytesMax = 256 << 10;
constexpr std::size_t kBytesOfFigures = 40;
constexpr std::size_t kAffectedMax = 10;  // One change may leave very many places short.

// What becomes of promises and quotas between two states.
class Differences {
 public:
  Differences(const StockState& before, const StockState& after) : before_(before), after_(after) {}

  // At places of one SKU. Nothing more where the record is full.
  void Look(std::span<const FiguresKey> keys) {
    Foresight then(after_);
    for (const FiguresKey& key : keys) {
      const Figures* figures = after_.figures.Find(key);
      if (figures != nullptr && figures->quota > 0) then.Of(key.sku, key.location);
    }
    for (QuotaChanged& cut : then.CutQuotas()) {
      if (!Fits(cut.sku, cut.location)) return;
      found_.push_back(std::move(cut));
    }
    for (const FiguresKey& key : keys) {
      const Quantity total = then.ShortfallAt(key);
      const Quantity more = total - ShortfallAt(before_, key);
      if (more <= 0) continue;
      if (!Fits(key.sku, key.location)) return;
      AddShortfall(key, more, total);
    }
  }
  bool IsFull() const { return bytes_ > kBytesMax; }
  std::vector<Consequence> Take() { return std::move(found_); }

 private:
  bool Fits(const SkuId& sku, const LocationId& place) {
    bytes_ += sku.value.size() + place.value.size() + kBytesOfFigures;
    return !IsFull();
  }
  void AddShortfall(const FiguresKey& key, Quantity more, Quantity total) {
    StockShortfall shortfall{.sku = key.sku,
                             .location = key.location,
                             .quantity = more,
                             .total = total,
                             .scale = ScaleOf(before_, key.sku)};
    for (const ReservationId& id : AffectedAt(before_, key, total, kAffectedMax)) {
      bytes_ += id.value.size();
      if (!IsFull()) shortfall.affected.push_back(id);
    }
    found_.push_back(std::move(shortfall));
  }

  const StockState& before_;
  const StockState& after_;
  std::vector<Consequence> found_;
  std::size_t bytes_ = 0;
};

std::vector<Consequence> Difference(const StockState& before, const StockState& after,
                                    std::vector<FiguresKey> keys) {
  SortUnique(keys);
  Differences differences(before, after);
  for (auto first = keys.begin(); first != keys.end() && !differences.IsFull();) {
    const auto last = std::find_if(first, keys.end(),
                                   [&](const FiguresKey& key) { return key.sku != first->sku; });
    differences.Look({first, last});
    first = last;
  }
  return differences.Take();
}

// Whether all that is kept at a group is free at its members. Where stock is ample few of them are
// looked at, however large the group.
bool CanKeep(const StockState& state, const SkuId& sku, const GroupId& id) {
  const Figures at = state.figures.Get({sku, PlaceOf(id)});
  Quantity missing = at.Promised() + at.quota;
  const Group group = state.network.groups.Get(id);
  for (auto member = group.members.begin(); missing > 0 && member != group.members.end();
       ++member) {
    if (!Counts(state, sku, *member, id)) continue;
    missing -= PartOf(state, sku, *member, state.figures.Get({sku, *member})).free;
  }
  return missing <= 0;
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
                            if (!CanKeep(then.state(), key.sku, id)) {
                              keys.push_back({key.sku, PlaceOf(id)});
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
