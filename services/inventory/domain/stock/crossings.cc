#include "services/inventory/domain/stock/crossings.h"

#include <algorithm>
#include <utility>

namespace omo::inventory {
namespace {

// A record of the log has its limits, and lines and shortfalls must fit beside them.
constexpr std::size_t kBytesMax = 256 << 10;
constexpr std::size_t kBytesOfNumbers = 40;

const WatchedLevel* LevelIn(const StockLevels* row, const ChannelId& channel,
                            const std::string& watch) {
  if (row == nullptr) return nullptr;
  const auto found = std::find_if(row->levels.begin(), row->levels.end(), [&](const auto& known) {
    return known.channel == channel && known.watch == watch;
  });
  return found != row->levels.end() ? &*found : nullptr;
}

const std::vector<std::string>& ClassesOf(const StockState& state, const SkuId& sku) {
  static const std::vector<std::string> kNone;
  const SkuRules* rules = state.sku_rules.Find(sku);
  return rules != nullptr ? rules->rules.classes : kNone;
}

}  // namespace

StockLevel LevelAfter(StockLevel level, Quantity quantity, const StockMarks& marks) {
  if (quantity <= 0) return StockLevel::kOut;
  if (quantity >= marks.back_at) return StockLevel::kIn;
  if (quantity <= marks.low_at) return StockLevel::kLow;
  const bool was_in = level == StockLevel::kIn || level == StockLevel::kUnspecified;
  return was_in ? StockLevel::kIn : StockLevel::kLow;
}

Crossings::Crossings(const StockState& state)
    : state_(state), network_(state.network.network.Find({})) {}

template <class Part>
void Crossings::Add(const Part& part) {
  found_.push_back(part);
  bytes_ += part.sku.value.size() + part.channel.value.size() + part.watch.size() + kBytesOfNumbers;
  if constexpr (requires { part.place; }) bytes_ += part.place.value.size();
}

bool Crossings::IsFull() const { return bytes_ > kBytesMax; }

void Crossings::Look(const SkuId& sku, const Foresight& before, const Foresight& after) {
  if (network_ == nullptr) return;
  left_out_ = left_out_ || IsFull();
  if (IsFull()) return;
  const std::vector<std::string>& classes = ClassesOf(state_, sku);
  const std::int32_t scale = ScaleOf(state_, sku);
  for (const ChannelExposure& channel : network_->channels) {
    for (const StockWatch& watch : channel.watches) {
      if (!watch.skus.Has(sku, classes)) continue;
      const LocationId place = channel.PlaceOf(watch);
      const Group* group = IsGroup(place) ? state_.network.groups.Find(GroupAt(place)) : nullptr;
      work_ += 1 + (group != nullptr ? group->members.size() : 0);
      const StockMarks marks{.low_at = RoundedDown(watch.low_at, scale),
                             .back_at = RoundedUp(watch.back_at, scale)};
      const Demand demand{.channel = channel.channel, .method = watch.method};
      const auto* known = LevelIn(state_.levels.Find(sku), channel.channel, watch.id);
      const StockLevel from =
          known != nullptr
              ? known->level
              : LevelAfter(StockLevel::kUnspecified, before.Promisable(sku, place, demand), marks);
      const Quantity left = after.Promisable(sku, place, demand);
      const StockLevel to = LevelAfter(from, left, marks);
      if (to != from) {
        Add(StockCrossed{sku, channel.channel, watch.id, place, from, to, left, scale});
      } else if (known == nullptr) {
        Add(StockLeveled{sku, channel.channel, watch.id, to});
      }
    }
  }
}

void Crossings::Forget(const SkuId& sku) {
  const StockLevels* row = state_.levels.Find(sku);
  if (row == nullptr) return;
  const std::vector<std::string>& classes = ClassesOf(state_, sku);
  for (const WatchedLevel& level : row->levels) {
    const ChannelExposure* channel =
        network_ != nullptr ? network_->Channel(level.channel) : nullptr;
    const bool stands =
        channel != nullptr &&
        std::any_of(channel->watches.begin(), channel->watches.end(), [&](const auto& watch) {
          return watch.id == level.watch && watch.skus.Has(sku, classes);
        });
    if (!stands) Add(StockLeveled{.sku = sku, .channel = level.channel, .watch = level.watch});
  }
}

void Crossings::MoveTo(std::vector<Consequence>& consequences) {
  if (left_out_) found_.push_back(LevelsDeferred{});
  consequences.insert(consequences.end(), std::make_move_iterator(found_.begin()),
                      std::make_move_iterator(found_.end()));
}

bool IsWatched(const StockState& state) {
  const Network* network = state.network.network.Find({});
  return network != nullptr && network->IsWatched();
}

void AddCrossings(const Foresight& then, std::vector<Consequence>& consequences) {
  const Foresight before(then.state());
  Crossings crossings(then.state());
  for (const SkuId& sku : then.Changed()) crossings.Look(sku, before, then);
  crossings.MoveTo(consequences);
}

}  // namespace omo::inventory
