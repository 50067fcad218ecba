#include "services/inventory/domain/stock/level_rows.h"

#include <utility>

namespace omo::inventory {
namespace {

TimerKey TimerOf(const LevelSweep& sweep) {
  return {.due = sweep.due, .kind = kRelevelTimer, .subject = {}};
}

void PutLevel(StockState& state, const auto& part, StockLevel level) {
  StockLevels row = state.levels.Get(part.sku);
  std::erase_if(row.levels, [&](const WatchedLevel& known) {
    return known.channel == part.channel && known.watch == part.watch;
  });
  if (level != StockLevel::kUnspecified) row.levels.push_back({part.channel, part.watch, level});
  if (row.levels.empty()) {
    state.levels.Erase(part.sku);
  } else {
    state.levels.Put(part.sku, std::move(row));
  }
}

void Follow(StockState&, const StockShortfall&) {}
void Follow(StockState&, const QuotaChanged&) {}
void Follow(StockState& state, const StockCrossed& part) { PutLevel(state, part, part.to); }
void Follow(StockState& state, const StockLeveled& part) { PutLevel(state, part, part.level); }
void Follow(StockState& state, const LevelsDeferred&) { BeginSweep(state); }
void Follow(StockState& state, const ShortfallsDeferred& part) {
  BeginSweep(state, part.from);
  LevelSweep sweep = state.level_sweep.Get({});
  sweep.tells_shortfalls = true;
  state.level_sweep.Put({}, std::move(sweep));
}

}  // namespace

void FollowLevels(StockState& state, const std::vector<Consequence>& consequences) {
  for (const Consequence& consequence : consequences) {
    std::visit([&state](const auto& part) { Follow(state, part); }, consequence);
  }
}

void BeginSweep(StockState& state, const SkuId& first) {
  const bool is_under_way = state.level_sweep.Find({}) != nullptr;
  LevelSweep sweep = state.level_sweep.Get({});
  if (!is_under_way) {
    state.timers.Put(TimerOf(sweep), {});
    sweep.next = first;
  }
  // A SKU that it is in the middle of is the last to come around to: changes do not keep it there.
  sweep.begun = sweep.place.value.empty() ? sweep.next : Behind(sweep.next);
  sweep.around = false;
  state.level_sweep.Put({}, std::move(sweep));
}

void GoOn(StockState& state, const StockReleveled& event) {
  LevelSweep sweep = state.level_sweep.Get({});
  state.timers.Erase(TimerOf(sweep));
  if (!event.next) return state.level_sweep.Erase({});
  sweep.next = *event.next;
  sweep.around = sweep.around || event.next->value.empty();
  sweep.place = event.next_place;
  sweep.due = event.next_at;
  state.timers.Put(TimerOf(sweep), {});
  state.level_sweep.Put({}, std::move(sweep));
}

}  // namespace omo::inventory
