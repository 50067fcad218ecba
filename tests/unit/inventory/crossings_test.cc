// Low, out of stock, back: what a watch of the network is told, once each.
#include "tests/unit/inventory/watches.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;
using enum StockLevel;

// The shop and the depot, a channel that sells from both, and milk in the shop.
Given City(std::vector<StockWatch> watches, Quantity milk) {
  return Given(Applied(1, Group(kCity, {kDepot, kShop})), Received(milk),
               Applied(2, Channel(std::move(watches))));
}
StockLevel After(StockLevel level, Quantity quantity) {
  return LevelAfter(level, quantity, {3, 6});
}

}  // namespace

TEST_CASE(
    "A level lasts until its mark, and what sways between the marks "
    "crosses nothing",
    "[inventory]") {
  for (const StockLevel any : {kUnspecified, kIn, kLow, kOut}) {
    CHECK(After(any, 0) == kOut);
    CHECK(After(any, 1) == kLow);
    CHECK(After(any, 3) == kLow);
    CHECK(After(any, 6) == kIn);
  }
  CHECK(After(kUnspecified, 4) == kIn);
  CHECK(After(kIn, 4) == kIn);
  CHECK(After(kLow, 5) == kLow);
  CHECK(After(kOut, 5) == kLow);
}

TEST_CASE("A SKU that falls low, runs out and comes back is told once each", "[inventory]") {
  City({Watch("any", 3, 6)}, 10)
      .When(Adjust(-6))
      .Then(Adjusted(-6, 4, {Leveled("any", kIn)}))
      .When(Adjust(-1))
      .Then(Adjusted(-1, 3, {Crossed("any", kIn, kLow, 3)}))
      .When(Adjust(2))
      .Then(Adjusted(2, 5))
      .When(Adjust(-3))
      .Then(Adjusted(-3, 2))
      .When(Adjust(-4))
      .Then(Adjusted(-4, -2,
                     {StockShortfall{.sku = kMilk, .location = kShop, .quantity = 2, .total = 2},
                      Crossed("any", kLow, kOut, 0)}))
      .When(Adjust(7))
      .Then(Adjusted(7, 5, {Crossed("any", kOut, kLow, 5)}))
      .When(Adjust(1))
      .Then(Adjusted(1, 6, {Crossed("any", kLow, kIn, 6)}))
      .When(Adjust(-6))
      .Then(Adjusted(-6, 0, {Crossed("any", kIn, kOut, 0)}));
}

TEST_CASE("Who is looked at for the first time begins where he stood, without a word",
          "[inventory]") {
  City({Watch("any", 3, 6)}, 2)
      .When(Adjust(1))
      .Then(Adjusted(1, 3, {Leveled("any", kLow)}))
      .When(Adjust(2))
      .Then(Adjusted(2, 5));
  // What was never there is out of stock: its first units are news.
  City({Watch("any", 3, 6)}, 2)
      .When(ReceiveStock{{{.sku = kBread, .location = kShop, .amount = {9, 0}}}})
      .Then(StockReceived{
          .lines = {{.sku = kBread, .location = kShop, .quantity = 9, .after = {.on_hand = 9}}},
          .consequences = {StockCrossed{.sku = kBread,
                                        .channel = {"web"},
                                        .watch = "any",
                                        .place = kAtCity,
                                        .from = kOut,
                                        .to = kIn,
                                        .quantity = 9}}});
}

TEST_CASE("What can be fetched at a store is watched by itself", "[inventory]") {
  StockWatch picked = Watch("picked up at the shop", 1, 2);
  picked.method = Method::kPickUp;
  picked.place = kShop;
  Given stock = City({Watch("any", 3, 6), picked}, 4);
  stock.And(Received(20, kDepot));
  stock.When(Adjust(-4))
      .Then(Adjusted(-4, 0,
                     {Leveled("any", kIn), Crossed("picked up at the shop", kIn, kOut, 0, kShop)}));
  stock.And(StockRulesSet{.sku = kMilk, .rules = {.methods = {.pick_up = false}}});
  stock.When(Adjust(5)).Then(Adjusted(5, 5));
  stock.When(SetStockRules{.sku = kMilk})
      .Then(StockRulesSet{.sku = kMilk,
                          .consequences = {Crossed("picked up at the shop", kOut, kIn, 5, kShop)}});
}

TEST_CASE("Promises move a level, and their end moves it back", "[inventory]") {
  Given stock = City({Watch("any", 3, 6)}, 6);
  stock.When(Ask(3)).Then([] {
    StockReserved got = Got(3, {.on_hand = 6, .reserved = 3});
    got.consequences = {Crossed("any", kIn, kLow, 3)};
    return got;
  }());
  stock.When(Ask(3, kAtCity, "r2")).Then([] {
    StockReserved got = Got(3, {.reserved = 3}, kAtCity, "r2");
    got.consequences = {Crossed("any", kLow, kOut, 0)};
    return got;
  }());
  stock.When(ReleaseReservation{.id = {"r2"}, .sku = kMilk})
      .Then(ReservationReleased{.id = {"r2"},
                                .sku = kMilk,
                                .lines = {Moved(3, {}, kAtCity)},
                                .stage = hold::Stage::kReleased,
                                .from = Bucket::kReserved,
                                .consequences = {Crossed("any", kOut, kLow, 3)}});
  stock.At(kNoon + std::chrono::minutes{15})
      .When(ExpireReservation{{"r1"}})
      .Then(ReservationExpired{.id = {"r1"},
                               .lines = {Moved(3, {.on_hand = 6})},
                               .consequences = {Crossed("any", kLow, kIn, 6)}});
}

TEST_CASE("An event of several lines crosses by what it leaves, once", "[inventory]") {
  Given stock = City({Watch("any", 3, 6)}, 10);
  const RecordSale command{.device = {"till"},
                           .sequence = 1,
                           .occurred_at = kNoon,
                           .lines = {Of(3), Of(3, kDepot), Of(4)}};
  SaleRecorded sale{.device = {"till"}, .sequence = 1};
  sale.lines = {Moved(7, {.on_hand = 3}), Moved(3, {.on_hand = -3}, kDepot)};
  sale.consequences = {StockShortfall{.sku = kMilk, .location = kDepot, .quantity = 3, .total = 3},
                       Crossed("any", kIn, kLow, 3)};
  // What is told apart by a hash is compared without it.
  const auto decided = MemoryInventory().Decide(command, kNoon);
  sale.content_hash = std::get<SaleRecorded>(*decided.event).content_hash;
  stock.When(command).Then(sale);
}

TEST_CASE("A SKU that no watch is for has no level", "[inventory]") {
  StockWatch bread = Watch("bread", 3, 6);
  bread.skus = {.skus = {kBread}};
  StockWatch dairy = Watch("dairy", 3, 6);
  dairy.skus = {.classes = {"dairy"}};
  Given stock = City({bread, dairy}, 10);
  stock.When(Adjust(-8)).Then(Adjusted(-8, 2));
  CHECK(stock.world().levels.rows.empty());
  // Now it is of a class that is watched, and begins where it stands.
  stock.When(SetStockRules{.sku = kMilk, .rules = {.classes = {"dairy"}}})
      .Then(StockRulesSet{
          .sku = kMilk, .rules = {.classes = {"dairy"}}, .consequences = {Leveled("dairy", kLow)}});
}

TEST_CASE("Marks finer than the SKU is counted are rounded apart", "[inventory]") {
  StockWatch watch = Watch("any", 0, 0);
  watch.low_at = {2'900, 3};
  watch.back_at = {3'001, 3};
  City({watch}, 10)
      .When(Adjust(-7))
      .Then(Adjusted(-7, 3, {Leveled("any", kIn)}))
      .When(Adjust(-1))
      .Then(Adjusted(-1, 2, {Crossed("any", kIn, kLow, 2)}))
      .When(Adjust(1))
      .Then(Adjusted(1, 3))
      .When(Adjust(1))
      .Then(Adjusted(1, 4, {Crossed("any", kLow, kIn, 4)}));
}

TEST_CASE("More than a record holds is left to a sweep", "[inventory]") {
  std::vector<StockWatch> watches;
  for (int n = 100; n < 200; ++n) {
    watches.push_back(Watch((std::string(120, 'w') + std::to_string(n)).c_str(), 3, 6));
  }
  Given stock = City(watches, 10);
  ReceiveStock command;
  for (int n = 100; n < 200; ++n) {
    command.lines.push_back(
        {.sku = {"sku-" + std::to_string(n)}, .location = kShop, .amount = {9, 0}});
  }
  const auto decided = stock.world().Decide(command, kNoon);
  REQUIRE(decided.event.has_value());
  const auto& event = std::get<StockReceived>(*decided.event);
  CHECK(MemoryInventory::Encode(InventoryEvent(event)).size() < 400'000);
  CHECK(std::holds_alternative<LevelsDeferred>(event.consequences.back()));
  std::size_t told = event.consequences.size() - 1;
  CHECK(told % 100 == 0);
  stock.And(event);
  // The sweep's own records are not larger, and it comes to an end.
  Time now = kNoon;
  while (stock.world().level_sweep.Find({}) != nullptr) {
    now += std::chrono::seconds{1};
    const auto more = stock.world().Decide(RelevelStock{}, now);
    const auto& releveled = std::get<StockReleveled>(*more.event);
    CHECK(MemoryInventory::Encode(InventoryEvent(releveled)).size() < 400'000);
    told += releveled.consequences.size();
    stock.world().Evolve(InventoryEvent(releveled));
  }
  CHECK(told == 101 * 100);
  CHECK(stock.world().levels.rows.size() == 101);
}

TEST_CASE(
    "ChangeNetwork takes watches that can be told, and says what is "
    "wrong with others",
    "[inventory]") {
  Given stock(Applied(1, Group(kCity, {kShop})));
  const auto refuse = [&](const StockWatch& watch, StockRefusal reason, const char* field) {
    stock.When(To(Channel({watch}))).ThenRefused(reason, {{"field", field}});
  };
  StockWatch watch = Watch("", 6, 3);
  watch.skus = {};
  refuse(watch, kBadName, "change.put_channel.watches[0].id");
  watch.id = "any";
  watch.place = {std::string(200, 'x')};
  refuse(watch, kBadName, "change.put_channel.watches[0].place");
  watch.place = PlaceOf({"nowhere"});
  watch.low_at = {6, 10};
  refuse(watch, kBadScale, "change.put_channel.watches[0].low_at.scale");
  watch.low_at = {-6, 0};
  refuse(watch, kBadQuantity, "change.put_channel.watches[0].low_at.value");
  watch.low_at = {6, 0};
  refuse(watch, kBadRule, "change.put_channel.watches[0].back_at");
  watch.back_at = {60, 1};  // The same, in other digits.
  refuse(watch, kBadRule, "change.put_channel.watches[0].back_at");
  watch.back_at = {61, 1};
  refuse(watch, kRuleOverNothing, "change.put_channel.watches[0].skus");
  watch.skus = {.all = true};
  stock.When(To(Channel({watch}))).ThenRefused(kGroupNotFound, {{"group", "nowhere"}});
  watch.place = {};
  stock.When(To(Channel({watch}, {})))
      .ThenRefused(kBadRule, {{"field", "change.put_channel.watches[0].place"}});
  stock.When(To(Channel({watch, watch})))
      .ThenRefused(kBadRule, {{"field", "change.put_channel.watches"}});
  watch.method = static_cast<Method>(9);
  refuse(watch, kBadRule, "change.put_channel.watches[0].method");

  watch.method = Method::kPickUp;
  watch.place = kAtCity;
  const NetworkChange good = Channel({watch}, {});
  stock.When(To(good)).Then(NetworkChanged{.version = 2, .change = good});
  stock.When(To({.remove_group = RemoveGroup{kCity}})).ThenRefused(kGroupInUse);
  std::vector<StockWatch> many;
  for (int n = 100; n < 200; ++n) many.push_back(Watch(std::to_string(n).c_str(), 1, 2));
  NetworkChange another = Channel(many);
  another.put_channel->channel = {"app"};
  stock.When(To(another)).ThenRefused(kTooManyWatches);
  another.put_channel->watches.pop_back();
  stock.When(To(another)).Then(NetworkChanged{.version = 3, .change = another});
}

}  // namespace omo::inventory
