#include <set>

#include "tests/unit/inventory/sweeping.h"
#include "tests/unit/inventory/watches.h"

namespace omo::inventory {
namespace {

using enum StockLevel;

// Nine of each of so many SKUs in the shop, watched.
void Fill(Given& stock, int skus, int members = 1) {
  std::vector<LocationId> shops{kShop};
  for (int n = 1; n < members; ++n) shops.push_back({"shop-" + std::to_string(1'000 + n)});
  stock.And(Applied(1, Group(kCity, shops)));
  for (int n = 0; n < skus; ++n) {
    stock.And(Received(9, kShop, {"sku-" + std::to_string(1'000 + n)}));
  }
  stock.And(Applied(2, Channel({Watch("any", 3, 6)})));
}

}  // namespace

TEST_CASE("RelevelStock finds its way through SKUs that have levels and never had stock",
          "[inventory]") {
  constexpr int kSkus = 201;  // More than one part of a sweep takes.
  Given stock(Applied(1, Group(kCity, {kShop})), Applied(2, Channel({Watch("any", 3, 6)})));
  while (!stock.world().timers.rows.empty()) GoOnWithSweep(stock);
  const auto sku = [](int n) { return SkuId{"a" + std::to_string(1'000 + n)}; };
  for (int n = 0; n < kSkus; ++n) {
    stock.And(StockRulesSet{.sku = sku(n), .consequences = {Leveled("any", kOut, sku(n))}});
  }
  stock.And(Received(9));  // "milk" is behind them all.
  stock.And(Applied(3, Pause(kShop)));
  std::set<SkuId> leveled;
  int parts = 0;
  for (; !stock.world().timers.rows.empty(); ++parts) {
    REQUIRE(parts < 10);
    for (const Consequence& told : GoOnWithSweep(stock).consequences) {
      if (const auto* level = std::get_if<StockLeveled>(&told)) leveled.insert(level->sku);
    }
  }
  CHECK(leveled == std::set<SkuId>{kMilk});
  CHECK(parts > 1);
}

TEST_CASE("RelevelStock tells whom a change of the network has moved across a mark",
          "[inventory]") {
  Given stock(Applied(1, Group(kCity, {kShop})), Received(9),
              Applied(2, Channel({Watch("any", 3, 6)})));
  stock.When(RelevelStock{})
      .Then(StockReleveled{.version = 2, .consequences = {Leveled("any", kIn)}});
  CHECK(stock.world().timers.rows.empty());
  stock.When(RelevelStock{}).ThenNothing();

  stock.And(Applied(3, Pause(kShop)));
  stock.When(RelevelStock{})
      .Then(StockReleveled{.version = 3, .consequences = {Crossed("any", kIn, kOut, 0)}});
  // Other marks: it goes on from where it stood.
  stock.And(Applied(4, {.pause_location = PauseLocation{kShop, false, ""}}));
  stock.And(Applied(5, Channel({Watch("any", 9, 10)})));
  stock.When(RelevelStock{})
      .Then(StockReleveled{.version = 5, .consequences = {Crossed("any", kOut, kLow, 9)}});
  // An event that comes first tells it, and the sweep has nothing left to tell.
  stock.And(Applied(6, Channel({Watch("any", 3, 6)})));
  stock.When(Adjust(-1)).Then(Adjusted(-1, 8, {Crossed("any", kLow, kIn, 8)}));
  stock.When(RelevelStock{}).Then(StockReleveled{.version = 6});
}

TEST_CASE("RelevelStock forgets the levels of watches that have ended", "[inventory]") {
  Given stock(Applied(1, Group(kCity, {kShop})), Received(9),
              Applied(2, Channel({Watch("any", 3, 6), Watch("other", 3, 6)})));
  stock.When(RelevelStock{})
      .Then(StockReleveled{.version = 2,
                           .consequences = {Leveled("any", kIn), Leveled("other", kIn)}});
  stock.And(Applied(3, Channel({Watch("other", 3, 6)})));
  stock.When(RelevelStock{})
      .Then(StockReleveled{.version = 3, .consequences = {Leveled("any", kUnspecified)}});
  stock.And(Applied(4, {.remove_channel = RemoveChannel{{"web"}}}));
  stock.When(RelevelStock{})
      .Then(StockReleveled{.version = 4, .consequences = {Leveled("other", kUnspecified)}});
  CHECK(stock.world().levels.rows.empty());
  // Nobody watches: nothing to look at.
  stock.And(Applied(5, Pause(kShop)));
  CHECK(stock.world().timers.rows.empty());
}

TEST_CASE("RelevelStock looks at some SKUs at a time, and at each once", "[inventory]") {
  Given stock;
  Fill(stock, 450);
  std::set<SkuId> looked;
  std::vector<std::size_t> parts;
  while (stock.world().level_sweep.Find({}) != nullptr) {
    const StockReleveled event = GoOnWithSweep(stock);
    parts.push_back(event.consequences.size());
    for (const Consequence& part : event.consequences) {
      CHECK(looked.insert(std::get<StockLeveled>(part).sku).second);
    }
  }
  CHECK(parts == std::vector<std::size_t>{200, 200, 50});
  CHECK(looked.size() == 450);
}

TEST_CASE("RelevelStock does less at a time where a group has many members", "[inventory]") {
  Given stock;
  Fill(stock, 20, 300);
  CHECK(GoOnWithSweep(stock).consequences.size() == 4);
  CHECK(GoOnWithSweep(stock).from == SkuId{"sku-1004"});
}

TEST_CASE("RelevelStock goes all the way around when the network changes meanwhile",
          "[inventory]") {
  Given stock;
  Fill(stock, 450);
  CHECK(GoOnWithSweep(stock).consequences.size() == 200);
  stock.And(Applied(3, Pause(kShop)));
  // Those that were not looked at yet begin where they are now.
  CHECK(GoOnWithSweep(stock).from.value > "sku-1199");
  std::size_t crossed = 0;
  int parts = 1;
  for (; stock.world().level_sweep.Find({}) != nullptr; ++parts) {
    for (const Consequence& part : GoOnWithSweep(stock).consequences) {
      crossed += std::holds_alternative<StockCrossed>(part) ? 1 : 0;
    }
  }
  CHECK(crossed == 200);
  CHECK(parts == 3);
  for (const auto& [sku, row] : stock.world().levels.rows) {
    CHECK(row.levels == std::vector<WatchedLevel>{{{"web"}, "any", kOut}});
  }
}

TEST_CASE("RelevelStock looks at SKUs that have rules and were never there", "[inventory]") {
  Given stock(Applied(1, Group(kCity, {kShop})), Applied(2, Channel({Watch("any", 3, 6)})));
  stock.When(RelevelStock{}).Then(StockReleveled{.version = 2});
  stock.When(SetStockRules{.sku = kMilk, .rules = {.backorder = BackorderKind::kUnlimited}})
      .Then(StockRulesSet{.sku = kMilk,
                          .rules = {.backorder = Backorder{.kind = BackorderKind::kUnlimited}},
                          .consequences = {Crossed("any", kOut, kIn, kFigureMax)}});
  stock.And(Applied(3, Pause(kShop)));
  stock.When(RelevelStock{})
      .Then(StockReleveled{.version = 3, .consequences = {Crossed("any", kIn, kOut, 0)}});
}

}  // namespace omo::inventory
