// Every crossing of a watch is told once: the levels that events tell are those
// that somebody has who looks at all figures behind every event.
#include <algorithm>
#include <tuple>

#include "services/inventory/domain/stock/foresight.h"
#include "tests/property/support/random_stock.h"
#include "tests/support/catch.h"

namespace omo::inventory {
namespace {

struct WatchOf {
  SkuId sku;
  std::string channel;
  std::string id;
  auto operator<=>(const WatchOf&) const = default;  // NOLINT(modernize-use-nullptr)
};
// What a watch is told of its SKU: how much is left, and the marks in the SKU's unit.
struct Sight {
  Quantity left = 0;
  Quantity low = 0;
  Quantity back = 0;
};
using Sights = std::map<WatchOf, Sight>;
using Levels = std::map<WatchOf, StockLevel>;

Sights SightsOf(const RandomStock& shop) {
  Sights sights;
  const StockState& stock = shop.live.state.stock;
  for (const ChannelExposure& channel : shop.live.network.Get({}).channels) {
    for (const StockWatch& watch : channel.watches) {
      // What is to be a kit may have stock before.
      for (const SkuId& sku : {SkuId{"sku-0"}, SkuId{"sku-1"}, SkuId{"kit-0"}, SkuId{"kit-1"}}) {
        const bool named = std::count(watch.skus.skus.begin(), watch.skus.skus.end(), sku) > 0;
        if (!watch.skus.all && !named) continue;
        const LocationId place =
            watch.place.value.empty() ? LocationId{"@" + channel.sells_from.value} : watch.place;
        const Quantity unit = shop.live.units.Get(sku).scale == 1 ? 10 : 1;
        sights[{sku, channel.channel.value, watch.id}] = {
            Foresight(stock).Promisable(sku, place,
                                        {.channel = channel.channel, .method = watch.method}),
            watch.low_at.value * unit, watch.back_at.value * unit};
      }
    }
  }
  return sights;
}

StockLevel FirstLevel(const Sight& sight) {
  if (sight.left == 0) return StockLevel::kOut;
  return sight.left > sight.low ? StockLevel::kIn : StockLevel::kLow;
}
StockLevel NextLevel(StockLevel was, const Sight& sight) {
  if (sight.left == 0) return StockLevel::kOut;
  if (was == StockLevel::kIn) return FirstLevel(sight);
  return sight.left >= sight.back ? StockLevel::kIn : StockLevel::kLow;
}

// Whom an event makes look again.
std::set<SkuId> LookedAt(const RandomStock& shop, const InventoryEvent& event) {
  std::set<SkuId> looked;
  const auto* releveled = std::get_if<StockReleveled>(&event);
  if (releveled != nullptr) {
    for (const auto& [key, row] : shop.live.figures.rows) looked.insert(key.sku);
    for (const auto& [sku, row] : shop.live.levels.rows) looked.insert(sku);
    const auto beyond = [&](const SkuId& sku) {
      return sku < releveled->from ||
             (releveled->next && *releveled->next <= sku && !releveled->next->value.empty());
    };
    std::erase_if(looked, beyond);
  }
  // What was kept aside stays so: nobody is told by it. What the network moves a sweep tells.
  if (std::holds_alternative<ReservationCommitted>(event) ||
      std::holds_alternative<NetworkChanged>(event) ||
      std::holds_alternative<NetworkApplied>(event)) {
    return {};
  }
  if (const auto* rules = std::get_if<StockRulesSet>(&event)) looked.insert(rules->sku);
  if (const auto* quota = std::get_if<QuotaSet>(&event)) looked.insert(quota->sku);
  const auto& before = shop.happened.back().before;
  for (const auto& [key, row] : shop.live.figures.rows) {
    const auto was = before.find(key);
    if (row != (was != before.end() ? was->second : Figures{})) looked.insert(key.sku);
  }
  return looked;
}

// Somebody who looks at everything.
class Witness {
 public:
  explicit Witness(RandomStock& shop) : shop_(shop) {}

  void Look(const InventoryEvent& event) {
    const Sights sights = SightsOf(shop_);
    const bool forgets = std::holds_alternative<StockReleveled>(event) ||
                         std::holds_alternative<StockRulesSet>(event);
    Levels crossed;
    for (const SkuId& sku : LookedAt(shop_, event)) {
      if (forgets) {
        std::erase_if(levels_, [&](const auto& known) {
          return known.first.sku == sku && sights.count(known.first) == 0;
        });
      }
      for (const auto& [watch, sight] : sights) {
        if (watch.sku != sku) continue;
        const auto known = levels_.find(watch);
        const auto was = before_.find(watch);
        const StockLevel from = known != levels_.end()
                                    ? known->second
                                    : FirstLevel(was != before_.end() ? was->second : sight);
        const StockLevel to = NextLevel(from, sight);
        if (to != from) crossed[watch] = to;
        levels_[watch] = to;
      }
    }
    RC_ASSERT(ToldBy(event) == crossed);
    RC_ASSERT(Rows() == levels_);
    crossings += crossed.size();
    before_ = sights;
  }

  static std::size_t crossings;

 private:
  Levels ToldBy(const InventoryEvent& event) const {
    Levels told;
    std::visit(
        [&](const auto& fact) {
          if constexpr (requires { fact.consequences; }) {
            for (const Consequence& consequence : fact.consequences) {
              const auto* part = std::get_if<StockCrossed>(&consequence);
              if (part == nullptr) continue;
              const WatchOf watch{part->sku, part->channel.value, part->watch};
              RC_ASSERT(told.emplace(watch, part->to).second);  // Once.
              RC_ASSERT(part->from != part->to);
            }
          }
        },
        event);
    return told;
  }
  Levels Rows() const {
    Levels rows;
    for (const auto& [sku, row] : shop_.live.levels.rows) {
      for (const WatchedLevel& level : row.levels) {
        rows[{sku, level.channel.value, level.watch}] = level.level;
      }
    }
    return rows;
  }

  RandomStock& shop_;
  Sights before_;
  Levels levels_;
};
std::size_t Witness::crossings = 0;

}  // namespace

TEST_CASE("Each crossing of a watch is told once, whatever moves the figures", "[inventory]") {
  CHECK(rc::check("told levels = levels looked up", [] {
    for (int mix = 0; mix < 10; ++mix) {
      RandomStock shop;
      Witness witness(shop);
      shop.look = [&](const InventoryEvent& event) { witness.Look(event); };
      shop.BeginWatched();
      for (const Step& step : *RandomSteps()) shop.Run(step);
      RC_ASSERT(shop.live.SameRows(shop.replayed));
    }
  }));
  CHECK(Witness::crossings > 10'000);
}

}  // namespace omo::inventory
