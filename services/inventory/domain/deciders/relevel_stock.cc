// Every SKU is looked at again, some at a time, so that no command waits for long.
#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "services/inventory/domain/deciders/rules.h"
#include "services/inventory/domain/lists.h"
#include "services/inventory/domain/stock/shortages.h"

namespace omo::inventory {
namespace {

constexpr std::size_t kSkusMax = 200;
constexpr std::size_t kRowsMax = 1'000;  // Looked at to find them.
constexpr std::size_t kWorkMax = 1'000;  // About a millisecond.
constexpr Duration kPause{100};

// Some SKUs in order; `whole`: there are no more behind them.
struct Found {
  std::vector<SkuId> skus;
  bool whole = true;

  // The last one, where there are more: a list that is not whole is never empty.
  std::optional<SkuId> End() const { return whole ? std::nullopt : std::optional(skus.back()); }
  void CutBehind(const std::optional<SkuId>& end) {
    if (!end) return;
    const std::size_t had = skus.size();
    std::erase_if(skus, [&](const SkuId& sku) { return *end < sku; });
    whole = whole && skus.size() == had;
  }
};

template <class Key, class Row>
Found FindIn(const OrderedTable<Key, Row>& table, const Key& from, auto sku_of) {
  Found found;
  std::size_t rows = 0;
  table.Walk({}, from, [&](const Key& key, const Row&) {
    const SkuId& sku = sku_of(key);
    const bool is_new = found.skus.empty() || found.skus.back() != sku;
    found.whole = ++rows <= kRowsMax && (!is_new || found.skus.size() < kSkusMax);
    if (found.whole && is_new) found.skus.push_back(sku);
    return found.whole;
  });
  return found;
}

// Those that have figures, or levels of before.
Found FindFrom(const StockState& state, const SkuId& next) {
  Found all = FindIn(state.figures, FiguresKey{next, {}},
                     [](const FiguresKey& key) -> const SkuId& { return key.sku; });
  Found leveled = FindIn(state.levels, next, [](const SkuId& sku) -> const SkuId& { return sku; });
  // Behind the end of the one list the other may lack some.
  const std::optional<SkuId> end_of_all = all.End();
  const std::optional<SkuId> end_of_leveled = leveled.End();
  all.CutBehind(end_of_leveled);
  leveled.CutBehind(end_of_all);
  all.skus.insert(all.skus.end(), leveled.skus.begin(), leveled.skus.end());
  SortUnique(all.skus);
  all.whole = all.whole && leveled.whole;
  return all;
}

// What one part of a sweep finds, SKU by SKU.
class Part {
 public:
  Part(const StockState& state, bool tells_shortfalls)
      : state_(state),
        tells_shortfalls_(tells_shortfalls),
        now_(state),
        crossings_(state),
        shortages_(state) {}

  // Looks at a SKU, and for what is missing from a place on. Returns from where it is left to the
  // next part; nullopt: it is done.
  std::optional<LocationId> Look(const SkuId& sku, const LocationId& from) {
    if (IsEnough()) return from;
    crossings_.Forget(sku);
    if (crossings_.IsFull()) return from;  // Next time there is nothing to forget.
    Foresight then = now_;
    if (tells_shortfalls_) {
      if (auto left = TellShortfalls(sku, from, then)) return left;
    }
    crossings_.Look(sku, now_, then);
    return std::nullopt;
  }
  void MoveTo(std::vector<Consequence>& consequences) {
    shortages_.MoveTo(consequences);
    crossings_.MoveTo(consequences);
  }

 private:
  bool IsEnough() const {
    return crossings_.IsFull() || crossings_.work() + shortages_.work() >= kWorkMax;
  }
  // All in one look: what members' quotas give up is free for their groups.
  std::optional<LocationId> TellShortfalls(const SkuId& sku, const LocationId& from,
                                           Foresight& then) {
    const std::vector<FiguresKey> places = PlacesFrom({sku, from});
    const std::span<const FiguresKey> some{places.data(), std::min(places.size(), kWorkMax)};
    const std::size_t looked = shortages_.LookAgain(some, then);
    return looked < places.size() ? std::optional(places[looked].location) : std::nullopt;
  }
  // As many of a SKU's as a part may look at, and one more to go on with.
  std::vector<FiguresKey> PlacesFrom(const FiguresKey& from) const {
    std::vector<FiguresKey> places;
    state_.figures.Walk(LeadingFields(from.sku), from, [&](const FiguresKey& key, const Figures&) {
      places.push_back(key);
      return places.size() <= kWorkMax;
    });
    return places;
  }

  const StockState& state_;
  const bool tells_shortfalls_;
  const Foresight now_;
  Crossings crossings_;
  Shortages shortages_;
};

}  // namespace

StockDecision Decide(const StockState& state, const RelevelStock&, Time now) {
  const LevelSweep* sweep = state.level_sweep.Find({});
  if (sweep == nullptr || sweep->due > now) return {};
  Found found = FindFrom(state, sweep->next);
  bool ends = found.whole && (sweep->around || sweep->begun.value.empty());
  if (sweep->around) {
    const std::size_t had = found.skus.size();
    std::erase_if(found.skus, [&](const SkuId& sku) { return sku >= sweep->begun; });
    ends = ends || found.skus.size() < had;
  }

  StockReleveled event{.version = state.network.network.Get({}).version, .from = sweep->next};
  Part part(state, sweep->tells_shortfalls);
  for (const SkuId& sku : found.skus) {
    const auto left = part.Look(sku, sku == sweep->next ? sweep->place : LocationId{});
    if (!left) continue;
    event.next = sku;
    event.next_place = *left;
    break;
  }
  part.MoveTo(event.consequences);
  if (!event.next && !ends) {
    event.next = found.whole ? SkuId{} : Behind(found.skus.back());
    if (sweep->around && *event.next >= sweep->begun) event.next.reset();
  }
  if (event.next) event.next_at = now + kPause;
  return event;
}

}  // namespace omo::inventory
