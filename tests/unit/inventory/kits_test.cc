// SKUs that are sold as one and kept as what they are made of.
#include "services/inventory/domain/deciders/kits.h"
#include "services/inventory/domain/stock/foresight.h"
#include "tests/unit/inventory/network_changes.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

const SkuId kBox{"box"};        // Two milk and a bread.
const SkuId kHamper{"hamper"};  // Two boxes and a milk.

KitDefined Box() { return {.sku = kBox, .components = {{kMilk, 2, 0}, {kBread, 1, 0}}}; }
KitDefined Hamper() { return {.sku = kHamper, .components = {{kBox, 2, 0}, {kMilk, 1, 0}}}; }
DefineKit Define(const SkuId& sku, std::vector<KitComponentAsked> components) {
  return {.sku = sku, .components = std::move(components)};
}
ReserveStock AskLines(std::vector<Line> lines, const std::string& id = "r1") {
  ReserveStock command = Ask(1, kShop, id);
  command.lines = std::move(lines);
  return command;
}
ReservedLine Part(const SkuId& sku, Quantity quantity, Quantity ordered, const Figures& after) {
  return {.sku = sku, .location = kShop, .quantity = quantity, .after = after, .ordered = ordered};
}
StockReserved GotKits(std::vector<ReservedLine> lines, std::vector<ReservedKit> kits,
                      const std::string& id = "r1") {
  StockReserved event = Got(1, {}, kShop, id);
  event.lines = std::move(lines);
  event.kits = std::move(kits);
  return event;
}
ReservedKit Boxes(Quantity quantity, Quantity ordered) {
  return {.sku = kBox,
          .location = kShop,
          .quantity = quantity,
          .ordered = ordered,
          .components = {{kMilk, 2, 0}, {kBread, 1, 0}}};
}
std::vector<Detail> Short(const SkuId& sku, const char* ordered, const char* available) {
  return {{"sku", sku.value}, {"location", "shop"}, {"ordered", ordered}, {"available", available}};
}
// Ten milk and three breads, and both kits.
Given Shop() { return Given(Received(10), Received(3, kShop, kBread), Box(), Hamper()); }

}  // namespace

TEST_CASE("A kit is reserved as its components, in one decision", "[inventory]") {
  Shop()
      .When(AskLines({Of(3, kShop, kBox)}))
      .Then(GotKits({Part(kMilk, 6, 6, {.on_hand = 10, .reserved = 6}),
                     Part(kBread, 3, 3, {.on_hand = 3, .reserved = 3})},
                    {Boxes(3, 3)}));
  Shop()
      .When(AskLines({Of(4, kShop, kBox)}))
      .ThenRefused(kNotEnoughAvailable, Short(kBread, "4", "3"));
}

TEST_CASE("What several kits and single lines share is summed before it is checked",
          "[inventory]") {
  // Each line by itself would fit: three boxes, and five milk.
  Shop()
      .When(AskLines({Of(3, kShop, kBox), Of(5)}))
      .ThenRefused(kNotEnoughAvailable, Short(kMilk, "11", "10"));
  Shop()
      .When(AskLines({Of(4), Of(3, kShop, kBox)}))
      .Then(GotKits({Part(kMilk, 10, 10, {.on_hand = 10, .reserved = 10}),
                     Part(kBread, 3, 3, {.on_hand = 3, .reserved = 3})},
                    {Boxes(3, 3)}));
}

TEST_CASE("A kit of kits comes to the sum of all that is in it", "[inventory]") {
  // Two boxes have four milk; with the one of the hamper five.
  Given stock = Shop();
  const ReservedKit hamper{.sku = kHamper,
                           .location = kShop,
                           .quantity = 1,
                           .ordered = 1,
                           .components = {{kMilk, 5, 0}, {kBread, 2, 0}}};
  stock.When(AskLines({Of(1, kShop, kHamper)}))
      .Then(GotKits({Part(kMilk, 5, 5, {.on_hand = 10, .reserved = 5}),
                     Part(kBread, 2, 2, {.on_hand = 3, .reserved = 2})},
                    {hamper}));
  stock.When(AskLines({Of(1, kShop, kHamper)}, "r2"))
      .ThenRefused(kNotEnoughAvailable, Short(kBread, "2", "1"));
}

TEST_CASE("With allow_partial kits are given whole, and what they leave goes to later lines",
          "[inventory]") {
  ReserveStock command = AskLines({Of(4, kShop, kBox), Of(7)});
  command.allow_partial = true;
  // Three boxes for want of bread; of ten milk four are left for the line behind.
  Shop().When(command).Then(GotKits({Part(kMilk, 10, 15, {.on_hand = 10, .reserved = 10}),
                                     Part(kBread, 3, 4, {.on_hand = 3, .reserved = 3})},
                                    {Boxes(3, 4)}));
  // The other way round one box: never half of the second.
  command.lines = {Of(7), Of(4, kShop, kBox)};
  Shop().When(command).Then(GotKits({Part(kMilk, 9, 15, {.on_hand = 10, .reserved = 9}),
                                     Part(kBread, 1, 4, {.on_hand = 3, .reserved = 1})},
                                    {Boxes(1, 4)}));
  // Not one whole box: nothing at all, though there is milk.
  command.lines = {Of(1, kShop, kBox)};
  Given(Received(10), Box())
      .When(command)
      .ThenRefused(kNotEnoughAvailable, Short(kBread, "1", "0"));
}

TEST_CASE("A repeat gets the first outcome, whatever the kit is made of now", "[inventory]") {
  Given stock = Shop();
  const ReserveStock command = AskLines({Of(1, kShop, kBox), Of(1)});
  stock.When(command).Then(GotKits({Part(kMilk, 3, 3, {.on_hand = 10, .reserved = 3}),
                                    Part(kBread, 1, 1, {.on_hand = 3, .reserved = 1})},
                                   {Boxes(1, 1)}));
  stock.When(command).ThenNothing();
  stock.When(AskLines({Of(2, kShop, kBox), Of(1)})).ThenRefused(kReservationIdInUse);
  stock.When(AskLines({Of(3), Of(1, kShop, kBread)})).ThenRefused(kReservationIdInUse);
  stock.When(AskLines({Of(1, kShop, kBox)})).ThenRefused(kReservationIdInUse);
  stock.And(KitDefined{.sku = kBox, .components = {{kBread, 7, 0}}});
  stock.When(command).ThenNothing();
  stock.And(KitDefined{.sku = kBox});
  stock.When(command).ThenNothing();
}

TEST_CASE("A customer's limit and a line's limits are of the components, summed", "[inventory]") {
  Given stock = Shop();
  stock.And(StockRulesSet{.sku = kMilk, .rules = {.line_max = 6}});
  stock.When(AskLines({Of(3, kShop, kBox), Of(1)}))
      .ThenRefused(kAboveLineMaximum, {{"sku", "milk"}, {"maximum", "6"}});
  stock.And(PurchaseLimitSet{.sku = kMilk, .campaign = "may", .per_customer = 3});
  ReserveStock command = AskLines({Of(2, kShop, kBox)});
  command.buyer = {.campaign = "may", .customer = "li"};
  stock.When(command).ThenRefused(kAboveCustomerLimit);
}

TEST_CASE("What is kept for a kit is rejected component by component", "[inventory]") {
  Given stock = Shop();
  stock.When(AskLines({Of(1, kShop, kBox)}))
      .Then(GotKits({Part(kMilk, 2, 2, {.on_hand = 10, .reserved = 2}),
                     Part(kBread, 1, 1, {.on_hand = 3, .reserved = 1})},
                    {Boxes(1, 1)}));
  stock.When(CommitReservation{.id = kCart, .sku = kMilk})
      .Then(
          ReservationCommitted{.id = kCart,
                               .owner = "cart",
                               .lines = {Moved(2, {.on_hand = 10, .committed = 2}),
                                         Moved(1, {.on_hand = 3, .committed = 1}, kShop, kBread)}});
  stock
      .When(RejectReservation{
          .id = kCart, .sku = kMilk, .lines = {Of(1, kShop, kBox)}, .reason = "DAMAGE"})
      .ThenRefused(kIsAKit, {{"sku", "box"}, {"component", "milk"}, {"component.1", "bread"}});
  // Of a kit that is not in the reservation there is no line.
  stock
      .When(RejectReservation{
          .id = kCart, .sku = kMilk, .lines = {Of(1, kShop, kHamper)}, .reason = "DAMAGE"})
      .ThenRefused(kLineNotFound);
  stock
      .When(RejectReservation{
          .id = kCart, .sku = kMilk, .lines = {Of(1, kShop, kBread)}, .reason = "DAMAGE"})
      .Then(ReservationRejected{.id = kCart,
                                .lines = {{.sku = kBread,
                                           .location = kShop,
                                           .quantity = 1,
                                           .after = {.on_hand = 3, .damaged = 1},
                                           .effect = RejectEffect::kDamaged}},
                                .reason = "DAMAGE",
                                .stage = hold::Stage::kCommitted,
                                .kits = {Boxes(1, 1)}});
}

TEST_CASE("A rejection names those kits that were given of what is rejected", "[inventory]") {
  Given stock(Received(10), Received(3, kShop, kBread), Box(),
              KitDefined{.sku = kHamper, .components = {{kMilk, 1, 0}}});
  ReserveStock command = AskLines({Of(4, kShop, kBox), Of(1, kShop, kHamper)});
  command.allow_partial = true;
  const ReservedKit hamper{.sku = kHamper,
                           .location = kShop,
                           .quantity = 1,
                           .ordered = 1,
                           .components = {{kMilk, 1, 0}}};
  stock.When(command).Then(GotKits({Part(kMilk, 7, 9, {.on_hand = 10, .reserved = 7}),
                                    Part(kBread, 3, 4, {.on_hand = 3, .reserved = 3})},
                                   {Boxes(3, 4), hamper}));
  stock.And(ReservationCommitted{
      .id = kCart, .owner = "order", .lines = {Moved(7, {}), Moved(3, {}, kShop, kBread)}});
  stock.And(KitDefined{.sku = kBox});  // What is sold today is not what was sold then.
  const auto reject = [&](const SkuId& sku) {
    return stock.When(RejectReservation{
        .id = kCart, .sku = kMilk, .lines = {Of(1, kShop, sku)}, .reason = "NO_VARIANCE"});
  };
  const auto rejected = [](const SkuId& sku, const Figures& after, std::vector<ReservedKit> kits) {
    return ReservationRejected{.id = kCart,
                               .lines = {{.sku = sku,
                                          .location = kShop,
                                          .quantity = 1,
                                          .after = after,
                                          .effect = RejectEffect::kNothing}},
                               .reason = "NO_VARIANCE",
                               .stage = hold::Stage::kCommitted,
                               .kits = std::move(kits)};
  };
  reject(kBread).Then(rejected(kBread, {.on_hand = 3, .committed = 2}, {Boxes(3, 4)}));
  reject(kMilk).Then(rejected(kMilk, {.on_hand = 10, .committed = 6}, {Boxes(3, 4), hamper}));
}

TEST_CASE("DefineKit makes a kit, changes it, and ends it", "[inventory]") {
  Given stock(Received(10));
  stock.When(Define(kBox, {})).ThenNothing();
  const DefineKit box = Define(kBox, {{kMilk, {1, 0}}, {kBread, {10, 1}}, {kMilk, {1, 0}}});
  stock.When(box).Then(Box());
  stock.When(box).ThenNothing();
  stock.When(Define(kBox, {{kMilk, {3, 0}}}))
      .Then(KitDefined{.sku = kBox, .components = {{kMilk, 3, 0}}});
  stock.When(Define(kBox, {})).Then(KitDefined{.sku = kBox});
  stock.When(ReceiveStock{{{.sku = kBox, .location = kShop, .amount = {1, 0}}}})
      .Then(StockReceived{
          {{.sku = kBox, .location = kShop, .quantity = 1, .after = {.on_hand = 1}}}});
  stock.When(box).ThenRefused(kKitHasStock);
}

TEST_CASE("A kit is never in itself, however deep, and no deeper than ten", "[inventory]") {
  Given stock = Shop();
  stock.When(Define(kBox, {{kBox, {1, 0}}})).ThenRefused(kKitInItself, {{"sku", "box"}});
  // The inner one is made anew around the outer one.
  stock.When(Define(kBox, {{kHamper, {1, 0}}})).ThenRefused(kKitInItself, {{"sku", "box"}});

  const auto nth = [](int i) { return SkuId{"kit-" + std::to_string(i)}; };
  Given deep(Received(5000));
  deep.When(Define(nth(1), {{kMilk, {2, 0}}}))
      .Then(KitDefined{.sku = nth(1), .components = {{kMilk, 2, 0}}});
  for (int i = 2; i <= 10; ++i) {
    deep.When(Define(nth(i), {{nth(i - 1), {2, 0}}}))
        .Then(KitDefined{.sku = nth(i), .components = {{nth(i - 1), 2, 0}}});
  }
  deep.When(Define(nth(11), {{nth(10), {1, 0}}})).ThenRefused(kKitTooDeep);
  deep.When(Define(nth(1), {{nth(10), {1, 0}}})).ThenRefused(kKitInItself, {{"sku", "kit-1"}});
  StockReserved got = GotKits({Part(kMilk, 1024, 1024, {.on_hand = 5000, .reserved = 1024})},
                              {{.sku = nth(10),
                                .location = kShop,
                                .quantity = 1,
                                .ordered = 1,
                                .components = {{kMilk, 1024, 0}}}});
  deep.When(AskLines({Of(1, kShop, nth(10))})).Then(got);
  // The innermost got deeper, which its own definition allows: the outermost cannot be used.
  deep.And(KitDefined{.sku = kBox, .components = {{kMilk, 1, 0}}});
  deep.When(Define(nth(1), {{kBox, {1, 0}}}))
      .Then(KitDefined{.sku = nth(1), .components = {{kBox, 1, 0}}});
  deep.When(AskLines({Of(1, kShop, nth(10))}, "r2")).ThenRefused(kKitTooDeep);
}

TEST_CASE("Kits that share kits are taken apart once, not way by way", "[inventory]") {
  // Two kits a level, each of both of the level below: 2 to the power of 9 ways to the milk.
  const auto nth = [](char side, int level) { return SkuId{side + std::to_string(level)}; };
  Given stock(Received(5000));
  for (const char side : {'a', 'b'}) {
    stock.And(KitDefined{.sku = nth(side, 1), .components = {{kMilk, 1, 0}}});
  }
  for (int level = 2; level <= 10; ++level) {
    for (const char side : {'a', 'b'}) {
      stock
          .When(Define(nth(side, level),
                       {{nth('a', level - 1), {1, 0}}, {nth('b', level - 1), {1, 0}}}))
          .Then(
              KitDefined{.sku = nth(side, level),
                         .components = {{nth('a', level - 1), 1, 0}, {nth('b', level - 1), 1, 0}}});
    }
  }
  stock.When(AskLines({Of(1, kShop, nth('a', 10))}))
      .Then(GotKits({Part(kMilk, 512, 512, {.on_hand = 5000, .reserved = 512})},
                    {{.sku = nth('a', 10),
                      .location = kShop,
                      .quantity = 1,
                      .ordered = 1,
                      .components = {{kMilk, 512, 0}}}}));
}

TEST_CASE("A kit that is too much to look through, or to count, is refused", "[inventory]") {
  Given stock = Shop();
  std::vector<KitComponent> hundred;
  std::vector<KitComponentAsked> eleven;
  hundred.reserve(100);
  for (int i = 0; i < 100; ++i) hundred.push_back({{"part-" + std::to_string(i)}, 1, 0});
  for (int i = 0; i < 11; ++i) {
    eleven.push_back({{"big-" + std::to_string(i)}, {1, 0}});
    stock.And(KitDefined{.sku = eleven.back().sku, .components = hundred});
  }
  stock.When(Define({"all"}, eleven)).ThenRefused(kKitTooDeep);
  stock.When(Define({"one-more"}, {{{"big-0"}, {1, 0}}, {kMilk, {1, 0}}})).ThenRefused(kKitTooDeep);
  stock.When(AskLines({Of(1, kShop, {"big-0"}), Of(1)})).ThenRefused(kBadLines);

  stock.And(KitDefined{.sku = {"lorry"}, .components = {{kMilk, 1'000'000, 0}}});
  stock.When(Define({"fleet"}, {{{"lorry"}, {1'000'001, 0}}})).ThenRefused(kBadQuantity);
  stock.When(Define({"pair"}, {{{"lorry"}, {1'000'000, 0}}, {kMilk, {1, 0}}}))
      .ThenRefused(kBadQuantity);
  stock.When(AskLines({Of(1'000'001, kShop, {"lorry"})})).ThenRefused(kBadQuantity);
  stock.When(AskLines({Of(1'000'000, kShop, {"lorry"})}))
      .ThenRefused(kNotEnoughAvailable, Short(kMilk, "1000000000000", "10"));
}

TEST_CASE("A kit has no stock, no unit and no rules of its own", "[inventory]") {
  Given stock = Shop();
  const std::vector<Detail> box = {{"sku", "box"}};
  stock.When(ReceiveStock{{{.sku = kBox, .location = kShop, .amount = {1, 0}}}})
      .ThenRefused(kIsAKit, box);
  stock.When(AdjustStock{kBox, kShop, Bucket::kAvailable, {1, 0}, "count"})
      .ThenRefused(kIsAKit, box);
  stock.When(SetStock{.sku = kBox, .location = kShop, .on_hand = {1, 0}, .reason = "count"})
      .ThenRefused(kIsAKit, box);
  stock.When(UploadStock{.records = {{{"e1"}, kBox, kShop, {1, 0}, kNoon}}})
      .ThenRefused(kIsAKit, box);
  stock.When(MoveStockState{kBox, kShop, Bucket::kAvailable, Bucket::kDamaged, {1, 0}, "broken"})
      .ThenRefused(kIsAKit, box);
  stock.When(RecordSale{{"till"}, 1, kNoon, {Of(1, kShop, kBox)}}).ThenRefused(kIsAKit, box);
  stock.When(DefineUnit{kBox, "gram", 3}).ThenRefused(kIsAKit, box);
  stock.When(SetStockRules{kBox, {}, {.classes = {"gifts"}}}).ThenRefused(kIsAKit, box);
  stock.When(SetPurchaseLimit{kBox, "may", Amount{1, 0}}).ThenRefused(kIsAKit, box);
}

TEST_CASE("Of a kit as many are promised as would be reserved", "[inventory]") {
  Given stock = Shop();
  const auto promised = [&](const SkuId& kit) {
    const StockState& state = stock.world().state.stock;
    const Foresight foresight(state);
    return WholeKits(PartsOf(state, kit).value(),
                     [&](const SkuId& sku) { return foresight.Promisable(sku, kShop, {}); });
  };
  CHECK(promised(kBox) == 3);
  CHECK(promised(kHamper) == 1);
  stock.When(AskLines({Of(4, kShop, kBox)})).ThenRefused(kNotEnoughAvailable);
  stock.And(StockRulesSet{.sku = kMilk, .rules = {.safety = 6}});
  CHECK(promised(kBox) == 2);
  stock.When(AskLines({Of(3, kShop, kBox)})).ThenRefused(kNotEnoughAvailable);
  // What can no longer be taken apart cannot be promised.
  stock.And(KitDefined{.sku = kBox, .components = {{kMilk, 5, 1}}});
  CHECK(promised(kHamper) == 0);
  stock.When(AskLines({Of(1, kShop, kHamper)})).ThenRefused(kQuantityNotExact);
}

TEST_CASE("A kit's quantities are exact, in the unit of each component", "[inventory]") {
  Given stock(UnitDefined{.sku = kMilk, .unit = "litre", .scale = 1}, Received(100));
  stock.When(Define(kBox, {{kMilk, {125, 2}}})).ThenRefused(kQuantityNotExact);
  stock.When(Define(kBox, {{kMilk, {15, 1}}}))
      .Then(KitDefined{.sku = kBox, .components = {{kMilk, 15, 1}}});
  stock.When(AskLines({Of(15, kShop, kBox, 1)})).ThenRefused(kQuantityNotExact);  // Half a kit.
  // A component that never moved is counted otherwise since.
  stock.When(Define(kHamper, {{kBread, {2, 0}}}))
      .Then(KitDefined{.sku = kHamper, .components = {{kBread, 2, 0}}});
  stock.And(UnitDefined{.sku = kBread, .unit = "kg", .scale = 3});
  stock.When(AskLines({Of(1, kShop, kHamper)}))
      .ThenRefused(kNotEnoughAvailable, Short(kBread, "2000", "0"));
  // Two kits that were defined before and behind that, in one.
  stock.And(KitDefined{.sku = {"loaf"}, .components = {{kBread, 500, 3}}});
  stock.And(KitDefined{.sku = {"both"}, .components = {{kHamper, 1, 0}, {{"loaf"}, 1, 0}}});
  stock.When(AskLines({Of(1, kShop, {"both"})}))
      .ThenRefused(kNotEnoughAvailable, Short(kBread, "2500", "0"));
  stock.And(UnitDefined{.sku = {"set"}, .unit = "kg", .scale = 3});
  stock.When(Define({"set"}, {{kBread, {1, 0}}})).ThenRefused(kBadScale);
}

TEST_CASE("DefineKit gives the reason that comes first", "[inventory]") {
  Given stock(Received(1));
  DefineKit command = Define({""}, std::vector<KitComponentAsked>(101, {kMilk, {0, 10}}));
  stock.When(command).ThenRefused(kBadName);
  command.sku = kMilk;
  stock.When(command).ThenRefused(kBadLines);
  command.components.resize(1);
  stock.When(command).ThenRefused(kBadScale);
  command.components[0].amount = {0, 0};
  stock.When(command).ThenRefused(kBadQuantity);
  command.components[0].amount = {1, 0};
  stock.When(command).ThenRefused(kKitInItself);
  command.components[0].sku = kBread;
  stock.When(command).ThenRefused(kKitHasStock);
}

}  // namespace omo::inventory
