#include "services/inventory/domain/stock/post.h"

#include <algorithm>
#include <utility>

#include "services/inventory/domain/stock/terms.h"

namespace omo::inventory {
namespace {

// Each change forgets up to so many old ones: more than it adds, so that they do not pile up.
constexpr int kForgottenAtOnce = 2;

// The sums of the groups that count this location follow its figures.
void FollowInGroups(StockState& state, const FiguresKey& key, const Figures& before,
                    const Figures& after) {
  const NetworkPlace* place = state.network.places.Find(key.location);
  if (place == nullptr || place->groups.empty()) return;
  const GroupSum less = PartOf(state, key.sku, key.location, before);
  const GroupSum more = PartOf(state, key.sku, key.location, after);
  for (const GroupId& group : place->groups) {
    if (!Counts(state, key.sku, key.location, group)) continue;
    state.group_sums.Put({key.sku, group}, SumOver(state, key.sku, group) - less + more);
  }
}

// What the SKU's promises at groups are: few, so they stand together.
void CountAtGroup(StockState& state, const SkuId& sku, const GroupId& group, Method method,
                  Quantity more) {
  if (more == 0) return;
  SkuRules rules = state.sku_rules.Get(sku);
  HoldFor(rules.group_holds, group, method).held += more;
  std::erase_if(rules.group_holds, [](const GroupHold& hold) { return hold.held == 0; });
  const auto here = [&](const GroupHold& hold) { return hold.group == group; };
  if (std::any_of(rules.group_holds.begin(), rules.group_holds.end(), here)) {
    state.group_skus.Put({group, sku}, {});
  } else {
    state.group_skus.Erase({group, sku});
  }
  state.sku_rules.Put(sku, std::move(rules));
}

// Keeps what changed on_hand by the second in which it happened.
void Remember(StockState& state, const FiguresKey& key, Time occurred_at, Quantity change) {
  if (change == 0 || occurred_at == Time{}) return;
  const Tracking* known = state.tracking.Find(key);
  const Second second = SecondOf(occurred_at);
  if (known != nullptr && known->Holds(second)) return;
  const RecentKey at{key.sku, key.location, second};
  if (const Recent* row = state.recent.Find(at)) {
    state.recent.Put(at, {row->on_hand + change, row->next});
    return;
  }
  Tracking tracking = known != nullptr ? *known : Tracking{};
  if (tracking.last) {
    const RecentKey last{key.sku, key.location, *tracking.last};
    state.recent.Put(last, {state.recent.Get(last).on_hand, second});
  } else {
    tracking.first = second;
  }
  tracking.last = second;
  state.recent.Put(at, {change, std::nullopt});
  const Second too_old = second - kUploadReach;
  Forget(state, key, tracking.newest ? std::max(too_old, tracking.newest->holds) : too_old,
         tracking);
  state.tracking.Put(key, std::move(tracking));
}

}  // namespace

void Forget(StockState& state, const FiguresKey& key, Second through, Tracking& tracking) {
  for (int i = 0; i < kForgottenAtOnce && tracking.first && *tracking.first <= through; ++i) {
    const RecentKey first{key.sku, key.location, *tracking.first};
    tracking.first = state.recent.Get(first).next;
    state.recent.Erase(first);
  }
  if (!tracking.first) tracking.last.reset();
}

void MarkMoved(StockState& state, const SkuId& sku) {
  Unit unit = state.units.Get(sku);
  if (unit.moved) return;
  unit.moved = true;
  state.units.Put(sku, std::move(unit));
}

void PostAt(StockState& state, const FiguresKey& key, const BucketChanges& changes, Method method,
            Time occurred_at) {
  const Figures* row = state.figures.Find(key);
  if (row == nullptr) MarkMoved(state, key.sku);
  const Figures before = row != nullptr ? *row : Figures{};
  Figures figures = before;
  for (const BucketChange& change : changes) Change(figures, change.bucket, change.quantity);
  if (IsGroup(key.location)) {
    const GroupId group = GroupAt(key.location);
    CountAtGroup(state, key.sku, group, method, figures.Promised() - before.Promised());
    CountAtGroup(state, key.sku, group, Method::kUnspecified, figures.quota - before.quota);
  } else {
    FollowInGroups(state, key, before, figures);
  }
  state.figures.Put(key, figures);
  Remember(state, key, occurred_at, figures.on_hand - before.on_hand);
}

void PostQuota(StockState& state, const QuotaChanged& change) {
  const FiguresKey key{change.sku, change.location};
  PlaceQuotas there = state.quotas.Get(key);
  there.Change(change.id, change.quantity);
  state.quotas.Put(key, std::move(there));
}

}  // namespace omo::inventory
