// What may be promised under the rules of the network, of the SKU and of the place.
#include "tests/unit/inventory/network_changes.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

std::vector<Detail> Short(const char* ordered, const char* available,
                          const LocationId& place = kShop) {
  return {
      {"sku", "milk"}, {"location", place.value}, {"ordered", ordered}, {"available", available}};
}

ReserveStock Through(const char* channel, std::int64_t quantity) {
  ReserveStock command = Ask(quantity);
  command.channel = {channel};
  return command;
}
NetworkChange Offer(const char* channel, ExposureRule rule) {
  rule.skus.all = true;
  rule.places.all = true;
  return {.put_channel = ChannelExposure{.channel = {channel}, .rules = {rule}}};
}

}  // namespace

TEST_CASE("Safety stock is not promised, and the last rule that fits holds", "[inventory]") {
  Given stock(
      Applied(1, Group(kCity, {kShop})),
      Applied(2, Safety({Keep(1), Keep(7, {.groups = {kCity}}), Keep(4, {.locations = {kDepot}}),
                         Keep(3, {.all = true}, {.classes = {"dairy"}})})),
      Received(10), Received(10, kDepot));
  stock.When(Ask(4)).ThenRefused(kNotEnoughAvailable, Short("4", "3"));
  stock.When(Ask(7, kDepot)).ThenRefused(kNotEnoughAvailable, Short("7", "6", kDepot));
  // Now milk is of a class with a rule behind the others.
  stock.And(StockRulesSet{.sku = kMilk, .rules = {.classes = {"dairy"}}});
  stock.When(Ask(8)).ThenRefused(kNotEnoughAvailable, Short("8", "7"));
  // What is said of the SKU, and of the place, is nearer.
  stock.And(StockRulesSet{.sku = kMilk, .rules = {.safety = 5}});
  stock.When(Ask(6)).ThenRefused(kNotEnoughAvailable, Short("6", "5"));
  stock.And(StockRulesSet{.sku = kMilk, .location = kShop, .rules = {.safety = 0}});
  stock.When(Ask(10)).Then(Got(10, {.on_hand = 10, .reserved = 10}));
}

TEST_CASE("Safety stock beyond what is there leaves nothing, and no shortfall", "[inventory]") {
  Given(Applied(1, Safety({Keep(20)})), Received(10))
      .When(Ask(1))
      .ThenRefused(kNotEnoughAvailable, Short("1", "0"));
}

TEST_CASE("A safety stock finer than the SKU is counted is rounded up", "[inventory]") {
  SafetyRule rule = Keep(0);
  rule.quantity = {2'001, 3};
  Given(Applied(1, Safety({rule})), Received(10))
      .When(Ask(8))
      .ThenRefused(kNotEnoughAvailable, Short("8", "7"));
}

TEST_CASE("Where a location is paused or a method is off nothing is promised, and it is said why",
          "[inventory]") {
  Given stock(Received(10), Applied(1, Pause(kShop)));
  stock.When(Ask(1)).ThenRefused(kLocationPaused, Short("1", "0"));
  stock
      .When(AdjustStock{kMilk, kShop, Bucket::kAvailable, {-1, 0}, "lost"})  // A fact is a fact.
      .Then(StockAdjusted{.line = Moved(-1, {.on_hand = 9}), .reason = "lost"});
}

TEST_CASE("A method is on or off as it is said nearest to the place", "[inventory]") {
  ReserveStock shipped = Ask(1);
  shipped.method = Method::kShip;
  StockReserved got = Got(1, {.on_hand = 10, .reserved = 1});
  got.method = Method::kShip;
  Given stock(Received(10), Applied(1, {.put_methods = MethodSwitches{.ship = false}}));
  stock.When(shipped).ThenRefused(kMethodOff, Short("1", "0"));
  stock.And(StockRulesSet{.sku = kMilk, .rules = {.methods = {.ship = true}}});
  stock.And(StockRulesSet{.sku = kMilk, .location = kShop, .rules = {.methods = {.ship = false}}});
  stock.When(shipped).ThenRefused(kMethodOff);
  stock.And(
      StockRulesSet{.sku = kMilk, .location = kShop, .rules = {.methods = {.pick_up = false}}});
  stock.When(shipped).Then(got);
}

TEST_CASE("A channel gets what its exposure leaves it, and others get all", "[inventory]") {
  const auto short_of = [](ExposureRule rule, const char* available) {
    Given stock(Received(10), Applied(1, Offer("web", rule)));
    stock.When(Through("web", 11)).ThenRefused(kNotEnoughAvailable, Short("11", available));
    stock.When(Through("app", 11)).ThenRefused(kNotEnoughAvailable, Short("11", "10"));
  };
  short_of({.excluded = true}, "0");
  short_of({.buffer = {3, 0}}, "7");
  short_of({.buffer_percent = 25}, "7");  // 2.5 is 3.
  short_of({.share_percent = 55}, "5");   // 5.5 is 5.
  short_of({.buffer = {1, 0}, .buffer_percent = 10, .share_percent = 50}, "4");
  short_of({.shown_max = Amount{2, 0}}, "10");  // It is told of 2, and may have all.
}

TEST_CASE("A channel sells from its own group only", "[inventory]") {
  Given stock(
      Received(10), Received(10, kDepot), Applied(1, Group(kCity, {kDepot})),
      Applied(2, {.put_channel = ChannelExposure{.channel = {"web"}, .sells_from = kCity}}));
  stock.When(Through("web", 1)).ThenRefused(kNotEnoughAvailable, Short("1", "0"));
  ReserveStock from_depot = Through("web", 1);
  from_depot.lines = {Of(1, kDepot)};
  StockReserved got = Got(1, {.on_hand = 10, .reserved = 1}, kDepot);
  got.channel = {"web"};
  stock.When(from_depot).Then(got);
}

TEST_CASE("Backorders are promised to their limit and never below it", "[inventory]") {
  // A safety stock is none where more may be sold than there is.
  const Backorder limited{.kind = BackorderKind::kLimited, .limit = 3};
  Given stock(
      Received(5),
      StockRulesSet{.sku = kMilk, .location = kShop, .rules = {.safety = 4, .backorder = limited}});
  stock.When(Ask(9)).ThenRefused(kNotEnoughAvailable, Short("9", "8"));
  stock.When(Ask(8)).Then(Got(8, {.on_hand = 5, .reserved = 8}));
  stock.When(Ask(1, kShop, "r2")).ThenRefused(kNotEnoughAvailable, Short("1", "0"));
}

TEST_CASE("A promise on supply is no shortfall; what falls below the limit is", "[inventory]") {
  const Backorder limited{.kind = BackorderKind::kLimited, .limit = 3};
  Given stock(Received(5),
              StockRulesSet{.sku = kMilk, .location = kShop, .rules = {.backorder = limited}});
  stock.When(Ask(8)).Then(Got(8, {.on_hand = 5, .reserved = 8}));
  stock.When(Ask(1, kShop, "r2")).ThenRefused(kNotEnoughAvailable, Short("1", "0"));
  stock.When(AdjustStock{kMilk, kShop, Bucket::kAvailable, {-2, 0}, "broken"})
      .Then(StockAdjusted{
          .line = Moved(-2, {.on_hand = 3, .reserved = 8}),
          .reason = "broken",
          .consequences = {StockShortfall{
              .sku = kMilk, .location = kShop, .quantity = 2, .total = 2, .affected = {{"r1"}}}}});
  // Without a word for backorders all that is promised beyond what is there is missing.
  stock.When(SetStockRules{.sku = kMilk, .location = kShop})
      .Then(StockRulesSet{
          .sku = kMilk,
          .location = kShop,
          .consequences = {StockShortfall{
              .sku = kMilk, .location = kShop, .quantity = 3, .total = 5, .affected = {{"r1"}}}}});
}

TEST_CASE("A word for the SKU everywhere leaves short whichever place it does", "[inventory]") {
  const Backorder limited{.kind = BackorderKind::kLimited, .limit = 3};
  Given stock(Received(5), Received(5, kDepot),
              StockRulesSet{.sku = kMilk, .rules = {.backorder = limited}},
              StockRulesSet{.sku = kMilk, .location = kDepot, .rules = {.backorder = limited}});
  stock.When(Ask(7)).Then(Got(7, {.on_hand = 5, .reserved = 7}));
  stock.When(Ask(7, kDepot, "r2")).Then(Got(7, {.on_hand = 5, .reserved = 7}, kDepot, "r2"));
  stock.When(SetStockRules{.sku = kMilk})
      .Then(StockRulesSet{
          .sku = kMilk,
          .consequences = {StockShortfall{
              .sku = kMilk, .location = kShop, .quantity = 2, .total = 2, .affected = {{"r1"}}}}});
}

TEST_CASE("Backorders without a limit are promised as long as figures can hold them",
          "[inventory]") {
  for (const Backorder& backorder :
       {Backorder{.kind = BackorderKind::kUnlimited},
        Backorder{.kind = BackorderKind::kRestockable, .restock_days = 7}}) {
    Given(StockRulesSet{.sku = kMilk, .rules = {.backorder = backorder}})
        .When(Ask(kQuantityMax))
        .Then(Got(kQuantityMax, {.reserved = kQuantityMax}));
  }
}

TEST_CASE("A line has its least and its most", "[inventory]") {
  Given stock(Received(10), StockRulesSet{.sku = kMilk, .rules = {.line_min = 2, .line_max = 5}});
  stock.When(Ask(1)).ThenRefused(kBelowLineMinimum, {{"sku", "milk"}, {"minimum", "2"}});
  stock.When(Ask(6)).ThenRefused(kAboveLineMaximum, {{"sku", "milk"}, {"maximum", "5"}});
  ReserveStock twice = Ask(3);
  twice.lines.push_back(Of(3));  // Summed first: two lines are no way around it.
  stock.When(twice).ThenRefused(kAboveLineMaximum);
  stock.When(Ask(5)).Then(Got(5, {.on_hand = 10, .reserved = 5}));
}

TEST_CASE("A customer's limit counts what is held and what was bought, and not what was given back",
          "[inventory]") {
  const Buyer li{.campaign = "may", .customer = "li"};
  const auto ask = [&](std::int64_t quantity, const std::string& id) {
    ReserveStock command = Ask(quantity, kShop, id);
    command.buyer = li;
    return command;
  };
  const auto got = [&](std::int64_t quantity, const std::string& id, const Figures& after) {
    StockReserved event = Got(quantity, after, kShop, id);
    event.buyer = li;
    return event;
  };
  Given stock(Received(10), PurchaseLimitSet{.sku = kMilk, .campaign = "may", .per_customer = 3});
  stock.When(ask(4, "r1"))
      .ThenRefused(kAboveCustomerLimit, {{"sku", "milk"}, {"limit", "3"}, {"left", "3"}});
  stock.When(ask(3, "r1")).Then(got(3, "r1", {.on_hand = 10, .reserved = 3}));
  stock.When(ask(1, "r2")).ThenRefused(kAboveCustomerLimit);
  stock.When(ReleaseReservation{{"r1"}, kMilk, {Of(2)}})
      .Then(ReservationReleased{.id = {"r1"},
                                .sku = kMilk,
                                .lines = {Moved(2, {.on_hand = 10, .reserved = 1})},
                                .stage = hold::Stage::kHeld,
                                .from = Bucket::kReserved});
  stock.When(ask(2, "r2")).Then(got(2, "r2", {.on_hand = 10, .reserved = 3}));
  stock.And(ReservationExpired{.id = {"r2"}, .lines = {Moved(2, {})}});
  stock.And(ReservationCommitted{.id = {"r1"}, .lines = {Moved(1, {})}});
  stock.And(ReservationFulfilled{.id = {"r1"},
                                 .lines = {{.sku = kMilk, .location = kShop, .quantity = 1}},
                                 .stage = hold::Stage::kFulfilled});
  stock.When(ask(3, "r3"))
      .ThenRefused(kAboveCustomerLimit, {{"sku", "milk"}, {"limit", "3"}, {"left", "2"}});
  // Another customer, another campaign, nobody's campaign: not counted together.
  stock.When(Ask(8, kShop, "r4")).Then(Got(8, {.on_hand = 9, .reserved = 8}, kShop, "r4"));
}

}  // namespace omo::inventory
