// One change can leave more places short than a record holds: a sweep tells of the rest.
#include <map>
#include <string>

#include "services/inventory/domain/stock/foresight.h"
#include "tests/unit/inventory/sweeping.h"
#include "tests/unit/inventory/watches.h"

namespace omo::inventory {
namespace {

constexpr int kMany = 2'500;  // Places: a record holds some 1,500.
const LocationId kNorth{"north"}, kSouth{"south"};
const NetworkChange kWithoutSouth = Group(kCity, {kNorth});

LocationId ShopOf(int n) { return {"shop-" + std::to_string(10'000 + n)}; }
SkuId Sku(int n) { return {"sku-" + std::to_string(10'000 + n)}; }

// What events have told of each place.
struct Told {
  std::map<FiguresKey, Quantity> missing;  // In all, by the last word.
  Quantity newly = 0;
  std::size_t cuts = 0;
  std::size_t levels = 0;
  SkuId deferred;  // From which on there was no room.

  void Add(const std::vector<Consequence>& consequences) {
    for (const Consequence& part : consequences) {
      if (const auto* shortfall = std::get_if<StockShortfall>(&part)) {
        missing[{shortfall->sku, shortfall->location}] = shortfall->total;
        newly += shortfall->quantity;
      }
      cuts += std::holds_alternative<QuotaChanged>(part) ? 1 : 0;
      levels += std::holds_alternative<StockCrossed>(part) ? 1 : 0;
      if (const auto* left = std::get_if<ShortfallsDeferred>(&part)) deferred = left->from;
    }
  }
  void Add(const Told& later) {
    for (const auto& [key, total] : later.missing) missing[key] = total;
    newly += later.newly;
    cuts += later.cuts;
    levels += later.levels;
  }
};

// What the command tells itself. Its record is not too large.
template <class Event>
Told Change(Given& stock, const auto& command) {
  const auto decided = stock.world().Decide(command, kNoon);
  REQUIRE(decided.event.has_value());
  const auto& event = std::get<Event>(*decided.event);
  CHECK(MemoryInventory::Encode(InventoryEvent(event)).size() < 400'000);
  stock.And(event);
  Told told;
  told.Add(event.consequences);
  return told;
}

// And what the sweep tells, whose records are not larger.
void Sweep(Given& stock, Told& told) {
  for (int parts = 0; stock.world().level_sweep.Find({}) != nullptr; ++parts) {
    REQUIRE(parts < 100);
    const StockReleveled event = GoOnWithSweep(stock);
    CHECK(MemoryInventory::Encode(InventoryEvent(event)).size() < 400'000);
    told.Add(event.consequences);
  }
}

std::map<FiguresKey, Quantity> MissingIn(Given& stock) {
  std::map<FiguresKey, Quantity> missing;
  const Foresight now(stock.world().state.stock);
  for (const auto& [key, row] : stock.world().figures.rows) {
    const Quantity total = now.ShortfallAt(key);
    if (total > 0) missing[key] = total;
  }
  return missing;
}

// Five of each SKU in the north and in the south, eight of them promised at the city.
void FillMany(Given& stock) {
  stock.And(Applied(1, Group(kCity, {kNorth, kSouth})));
  for (int n = 0; n < kMany; ++n) {
    stock.And(Received(5, kNorth, Sku(n))).And(Received(5, kSouth, Sku(n)));
    ReserveStock ask = Ask(8, kAtCity, "of " + Sku(n).value);
    ask.lines[0].sku = Sku(n);
    stock.Do(ask);
  }
}

// Two milk promised at each of many shops, of which none has any.
void PromiseAtMany(Given& stock) {
  stock.Do(SetStockRules{.sku = kMilk, .rules = {.backorder = BackorderKind::kUnlimited}});
  for (int n = 0; n < kMany; ++n) stock.Do(Ask(2, ShopOf(n), "r" + std::to_string(n)));
}

// `each` quotas of a unit at each place.
void KeepAt(Given& stock, const std::vector<FiguresKey>& places, int each) {
  for (const FiguresKey& key : places) {
    stock.And(Received(each, key.location, key.sku));
    for (int n = 0; n < each; ++n) {
      stock.Do(SetQuota{.sku = key.sku,
                        .location = key.location,
                        .id = {"live-" + std::to_string(n)},
                        .owner = {.channel = {"web"}},
                        .quantity = {1, 0}});
    }
  }
}

Quantity KeptIn(Given& stock) {
  Quantity kept = 0;
  for (const auto& [key, row] : stock.world().figures.rows) kept += row.quota;
  return kept;
}

}  // namespace

TEST_CASE("Shortfalls for which a record has no room are told by a sweep", "[inventory]") {
  Given stock;
  FillMany(stock);
  Told told = Change<NetworkApplied>(stock, ApplyNetworkChange{2, kWithoutSouth});
  const std::size_t at_once = told.missing.size();
  CHECK(at_once > 500);
  CHECK(at_once < kMany);
  CHECK(told.deferred == Sku(static_cast<int>(at_once)));
  CHECK(told.newly == 3 * static_cast<Quantity>(at_once));

  Sweep(stock, told);
  CHECK(told.missing.size() == kMany);
  CHECK(told.missing == MissingIn(stock));
  CHECK(told.newly == 3 * static_cast<Quantity>(at_once));
  CHECK(stock.world().timers.rows.size() == kMany);  // The reservations' own.
}

TEST_CASE("A sweep names whose units are missing, and begins with those that nobody was told of",
          "[inventory]") {
  Given stock;
  FillMany(stock);
  const Told told = Change<NetworkApplied>(stock, ApplyNetworkChange{2, kWithoutSouth});
  const StockReleveled part = GoOnWithSweep(stock);
  CHECK(part.from == told.deferred);
  REQUIRE_FALSE(part.consequences.empty());
  const StockShortfall first{part.from, kAtCity, 0, 3, 0, {{"of " + part.from.value}}};
  CHECK(part.consequences.front() == Consequence(first));
}

TEST_CASE("A change meanwhile lets a sweep of shortfalls go all the way around", "[inventory]") {
  Given stock;
  FillMany(stock);
  Told told = Change<NetworkApplied>(stock, ApplyNetworkChange{2, kWithoutSouth});
  while (stock.world().level_sweep.Get({}).next < Sku(2'300)) {
    told.Add(GoOnWithSweep(stock).consequences);
  }
  REQUIRE(told.missing.at({Sku(2'200), kAtCity}) == 3);
  // Nobody is at the city by now, and this record has not room for all, either.
  const NetworkChange nobody{.remove_group = RemoveGroup{kCity}};
  told.Add(Change<NetworkApplied>(stock, ApplyNetworkChange{3, nobody}));
  REQUIRE(told.missing.at({Sku(2'200), kAtCity}) == 3);
  Sweep(stock, told);
  CHECK(told.missing == MissingIn(stock));
  CHECK(told.missing.at({Sku(2'200), kAtCity}) == 8);
}

TEST_CASE("A SKU that is short at more places than a record holds is told of in parts",
          "[inventory]") {
  Given stock(Applied(1, Group(kCity, {kShop})), Applied(2, Channel({Watch("any", 3, 6)})));
  GoOnWithSweep(stock);
  PromiseAtMany(stock);
  stock.Do(Ask(2, kShop, "of the shop"));
  Told told = Change<StockRulesSet>(stock, SetStockRules{.sku = kMilk});
  CHECK(told.deferred == kMilk);
  CHECK(told.missing.size() < kMany);
  CHECK(told.levels == 1);
  Sweep(stock, told);
  CHECK(told.missing.size() == kMany + 1);
  CHECK(told.missing == MissingIn(stock));
  CHECK(told.levels == 1);
}

TEST_CASE("Changes do not keep a sweep at a SKU with many places", "[inventory]") {
  Given stock(Applied(1, Group(kCity, {ShopOf(0)})), Applied(2, Channel({Watch("any", 3, 6)})));
  GoOnWithSweep(stock);
  PromiseAtMany(stock);
  stock.And(Received(9, kShop, {"rice"}));  // Behind it.
  Told told = Change<StockRulesSet>(stock, SetStockRules{.sku = kMilk});
  std::int64_t version = 2;
  for (int changes = 0; changes < 6; ++changes) {
    told.Add(GoOnWithSweep(stock).consequences);
    const LocationId& place = stock.world().level_sweep.Get({}).place;
    CHECK((changes > 0 || !place.value.empty()));
    stock.And(Applied(++version, {.pause_location = PauseLocation{kShop, changes % 2 == 0, ""}}));
  }
  CHECK(stock.world().levels.Find({"rice"}) != nullptr);
  Sweep(stock, told);
  CHECK(told.missing.size() == kMany);
  CHECK(told.missing == MissingIn(stock));
}

TEST_CASE("Quotas for which a record has no room give way in a sweep, and watches are told",
          "[inventory]") {
  StockWatch here = Watch("here", 3, 6);
  here.place = kShop;
  Given stock(Applied(1, Group(kCity, {kShop})), Applied(2, Channel({here})));
  std::vector<FiguresKey> places;
  for (int n = 0; n < kMany; ++n) places.push_back({Sku(n), kShop});
  KeepAt(stock, places, 1);
  Told told;
  Sweep(stock, told);
  told = Change<NetworkApplied>(stock, ApplyNetworkChange{3, Safety({Keep(9)})});
  CHECK(told.cuts < kMany);
  CHECK(told.deferred == Sku(static_cast<int>(told.cuts)));
  Sweep(stock, told);
  CHECK(told.cuts == kMany);
  CHECK(told.levels == kMany);  // Its own quota was what the channel had.
  CHECK(KeptIn(stock) == 0);
}

TEST_CASE("Quotas of one SKU that fill many records give way, record after record", "[inventory]") {
  constexpr int kShops = 300, kEach = 20;
  Given stock(Applied(1, Group(kCity, {kShop})));
  std::vector<FiguresKey> places;
  for (int n = 0; n < kShops; ++n) places.push_back({kMilk, ShopOf(n)});
  KeepAt(stock, places, kEach);
  Told told = Change<NetworkApplied>(stock, ApplyNetworkChange{2, Safety({Keep(99)})});
  CHECK(told.deferred == kMilk);
  int parts = 0;
  for (; KeptIn(stock) > 0; ++parts) {
    const std::size_t before = told.cuts;
    told.Add(GoOnWithSweep(stock).consequences);
    REQUIRE(told.cuts > before);
  }
  CHECK(parts > 1);
  Sweep(stock, told);
  CHECK(told.cuts == kShops * kEach);
}

}  // namespace omo::inventory
