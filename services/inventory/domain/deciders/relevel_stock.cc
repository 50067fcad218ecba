// Every SKU that is watched is looked at again, some at a time, so that no command waits for long.
#include <algorithm>
#include <optional>
#include <utility>

#include "services/inventory/domain/deciders/rules.h"
#include "services/inventory/domain/lists.h"

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

// The first SKU that can be behind this one.
SkuId Behind(const SkuId& sku) { return {sku.value + '\0'}; }

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
  const Foresight foresight(state);
  Crossings crossings(state);
  std::size_t looked = 0;
  for (; looked < found.skus.size(); ++looked) {
    if (crossings.work() >= kWorkMax || crossings.IsFull()) break;
    crossings.Forget(found.skus[looked]);
    if (crossings.IsFull()) break;  // It is looked at next time, with nothing to forget.
    crossings.Look(found.skus[looked], foresight, foresight);
  }
  crossings.MoveTo(event.consequences);
  if (looked < found.skus.size()) {
    event.next = found.skus[looked];
  } else if (!ends) {
    event.next = found.whole ? SkuId{} : Behind(found.skus.back());
    if (sweep->around && *event.next >= sweep->begun) event.next.reset();
  }
  if (event.next) event.next_at = now + kPause;
  return event;
}

}  // namespace omo::inventory
