// What a watch is told where units are kept for some, and where kits take them.
#include "tests/unit/inventory/watches.h"

namespace omo::inventory {
namespace {

using enum StockLevel;
using std::chrono::hours;

const QuotaId kLive{"live"};
const QuotaOwner kWeb{.channel = {"web"}};
const QuotaOwner kStream{.channel = {"stream"}};

// Ten milk in the shop, where the web's watch looks, and others do not.
Given Shop() {
  StockWatch watch = Watch("shop", 3, 6);
  watch.place = kShop;
  return Given(Applied(1, Group(kCity, {kDepot, kShop})), Received(10),
               Applied(2, Channel({watch})));
}
StockCrossed CrossedHere(StockLevel from, StockLevel to, Quantity quantity) {
  return Crossed("shop", from, to, quantity, kShop);
}
SetQuota Keep(std::int64_t quantity, const QuotaOwner& owner, bool borrows = false) {
  return {.sku = kMilk,
          .location = kShop,
          .id = kLive,
          .owner = owner,
          .quantity = {quantity, 0},
          .borrows = borrows};
}
QuotaSet Kept(Quantity left, Quantity change, const QuotaOwner& owner, const Figures& after,
              std::vector<Consequence> consequences = {}) {
  return {.sku = kMilk,
          .location = kShop,
          .quota = {.id = kLive, .owner = owner, .left = left, .made_at = kNoon},
          .quantity = change,
          .after = after,
          .consequences = std::move(consequences)};
}
QuotaChanged Went(QuotaMove move, Quantity quantity, const Figures& after) {
  return {.sku = kMilk,
          .location = kShop,
          .id = kLive,
          .move = move,
          .quantity = quantity,
          .after = after};
}
ReserveStock For(const char* channel, std::int64_t quantity, const std::string& id) {
  ReserveStock command = Ask(quantity, kShop, id);
  command.channel = {channel};
  return command;
}
StockReserved GotFor(const char* channel, Quantity quantity, const std::string& id,
                     const Figures& after, std::vector<Consequence> consequences = {}) {
  StockReserved event = Got(quantity, after, kShop, id);
  event.channel = {channel};
  event.consequences = std::move(consequences);
  return event;
}

// Fails whoever looks into it.
template <class Key, class Row>
class Forbidden final : public OrderedTable<Key, Row> {
 public:
  const Row* Find(const Key&) const override {
    FAIL("read");
    return nullptr;
  }
  void Put(const Key&, Row) override { FAIL("written"); }
  void Erase(const Key&) override { FAIL("erased"); }
  void Walk(const KeyPrefix&, const Key&,
            const typename OrderedTable<Key, Row>::Visit&) const override {
    FAIL("walked");
  }
};
// Counts how often it is asked.
template <class Key, class Row>
class Counted final : public Table<Key, Row> {
 public:
  const Row* Find(const Key& key) const override {
    ++asked;
    return rows.Find(key);
  }
  void Put(const Key& key, Row row) override { rows.Put(key, std::move(row)); }
  void Erase(const Key& key) override { rows.Erase(key); }

  MapTable<Key, Row> rows;
  mutable int asked = 0;
};

}  // namespace

TEST_CASE("What is kept for others is missing, until their quota ends", "[inventory]") {
  const QuotaOwner others[] = {kStream, {.segment = {"vip"}}, {{"web"}, {"vip"}}};
  for (const QuotaOwner& other : others) {
    Given stock = Shop();
    SetQuota keep = Keep(7, other);
    keep.ends_at = kNoon + hours{2};
    QuotaSet kept = Kept(7, 7, other, {.on_hand = 10, .quota = 7}, {CrossedHere(kIn, kLow, 3)});
    kept.quota.ends_at = keep.ends_at;
    stock.When(keep).Then(kept);
    QuotaSet ended = Kept(0, -7, other, {.on_hand = 10}, {CrossedHere(kLow, kIn, 10)});
    ended.quota.ends_at = keep.ends_at;
    stock.At(keep.ends_at).When(EndQuota{{kMilk, kShop}, kLive}).Then(ended);
  }
}

TEST_CASE("A channel with a quota is watched by what is left of it, and of what it may borrow",
          "[inventory]") {
  Given stock = Shop();
  stock.When(Keep(4, kWeb))
      .Then(Kept(4, 4, kWeb, {.on_hand = 10, .quota = 4},
                 {StockLeveled{kMilk, {"web"}, "shop", kIn}}));
  stock.When(For("app", 3, "r1")).Then(GotFor("app", 3, "r1", {10, 3, 0, 0, 0, 0, 0, 0, 4}));
  stock.When(For("web", 2, "r2"))
      .Then(GotFor(
          "web", 2, "r2", {10, 5, 0, 0, 0, 0, 0, 0, 2},
          {Went(QuotaMove::kDrawn, -2, {10, 3, 0, 0, 0, 0, 0, 0, 2}), CrossedHere(kIn, kLow, 2)}));
  stock.When(For("web", 2, "r3"))
      .Then(GotFor("web", 2, "r3", {.on_hand = 10, .reserved = 7},
                   {Went(QuotaMove::kDrawn, -2, {.on_hand = 10, .reserved = 5}),
                    CrossedHere(kLow, kOut, 0)}));
  // What is given up comes back to the quota, and not to all.
  stock.When(ReleaseReservation{.id = {"r3"}, .sku = kMilk})
      .Then(ReservationReleased{
          .id = {"r3"},
          .sku = kMilk,
          .lines = {Moved(2, {10, 5, 0, 0, 0, 0, 0, 0, 2})},
          .stage = hold::Stage::kReleased,
          .from = Bucket::kReserved,
          .consequences = {Went(QuotaMove::kReturned, 2, {10, 7, 0, 0, 0, 0, 0, 0, 2}),
                           CrossedHere(kOut, kLow, 2)}});
  // Not a unit more is kept, and yet it may take all that is there.
  QuotaSet borrowing = Kept(2, 0, kWeb, {10, 5, 0, 0, 0, 0, 0, 0, 2}, {});
  borrowing.quota.borrows = true;
  stock.When(Keep(2, kWeb, true)).Then(borrowing);
  stock.When(ReleaseReservation{.id = {"r1"}, .sku = kMilk})
      .Then(ReservationReleased{.id = {"r1"},
                                .sku = kMilk,
                                .lines = {Moved(3, {10, 2, 0, 0, 0, 0, 0, 0, 2})},
                                .stage = hold::Stage::kReleased,
                                .from = Bucket::kReserved,
                                .consequences = {CrossedHere(kLow, kIn, 8)}});
}

TEST_CASE("A quota that is used up keeps its owner out of stock until it ends", "[inventory]") {
  Given stock = Shop();
  stock.And(Kept(2, 2, kWeb, {}));
  stock.When(For("web", 2, "r1"))
      .Then(GotFor("web", 2, "r1", {.on_hand = 10, .reserved = 2},
                   {Went(QuotaMove::kDrawn, -2, {.on_hand = 10}), CrossedHere(kLow, kOut, 0)}));
  stock.When(Keep(0, kWeb))
      .Then(Kept(0, 0, kWeb, {.on_hand = 10, .reserved = 2}, {CrossedHere(kOut, kIn, 8)}));
}

TEST_CASE("A quota that gives way is told to its owner, and not to others", "[inventory]") {
  Given stock = Shop();
  stock.And(Kept(4, 4, kWeb, {}));
  StockAdjusted adjusted = Adjusted(
      -8, 2, {Went(QuotaMove::kCut, -2, {.on_hand = 10, .quota = 2}), CrossedHere(kIn, kLow, 2)});
  adjusted.line.after.quota = 2;
  stock.When(Adjust(-8)).Then(adjusted);

  Given ruled = Shop();
  ruled.And(Kept(7, 7, kWeb, {}));
  ruled.When(SetStockRules{.sku = kMilk, .rules = {.safety = Amount{8, 0}}})
      .Then(StockRulesSet{.sku = kMilk,
                          .rules = {.safety = 8},
                          .consequences = {Went(QuotaMove::kCut, -5, {.on_hand = 10, .quota = 2}),
                                           CrossedHere(kIn, kLow, 2)}});
  // By the network it is cut at once, and told by the sweep.
  Given wide = Shop();
  wide.And(Kept(7, 7, kWeb, {}));
  wide.When(RelevelStock{})
      .Then(StockReleveled{.version = 2,
                           .consequences = {StockLeveled{kMilk, {"web"}, "shop", kIn}}});
  const NetworkChange safety = Safety({inventory::Keep(8)});
  wide.When(To(safety))
      .Then(
          NetworkChanged{.version = 3,
                         .change = safety,
                         .consequences = {Went(QuotaMove::kCut, -5, {.on_hand = 10, .quota = 2})}});
  wide.When(RelevelStock{})
      .Then(StockReleveled{.version = 3, .consequences = {CrossedHere(kIn, kLow, 2)}});
}

TEST_CASE("What is kept at a store counts there, and not at the group around it", "[inventory]") {
  Given stock(Applied(1, Group(kCity, {kDepot, kShop})), Received(10),
              Applied(2, Channel({Watch("city", 3, 6)})));
  stock.When(Keep(7, kWeb))
      .Then(Kept(7, 7, kWeb, {.on_hand = 10, .quota = 7}, {Crossed("city", kIn, kLow, 3)}));
  // One at the group itself is its owner's there.
  SetQuota at_city = Keep(3, kWeb, true);
  at_city.location = kAtCity;
  QuotaSet kept = Kept(3, 3, kWeb, {.quota = 3});
  kept.location = kAtCity;
  kept.quota.borrows = true;
  stock.When(at_city).Then(kept);
  CHECK(stock.world().levels.rows[kMilk].levels ==
        std::vector<WatchedLevel>{{{"web"}, "city", kLow}});
}

TEST_CASE("A kit moves the levels of what it is made of, and has none itself", "[inventory]") {
  const SkuId box{"box"};
  StockWatch watch = Watch("any", 3, 6);
  Given stock(Applied(1, Group(kCity, {kDepot, kShop})), Received(10), Received(10, kShop, kBread),
              KitDefined{box, {{kMilk, 2, 0}, {kBread, 1, 0}}}, Applied(2, Channel({watch})));
  stock.When(RelevelStock{})
      .Then(StockReleveled{.version = 2,
                           .consequences = {Leveled("any", kIn, kBread), Leveled("any", kIn)}});
  ReserveStock boxes = Ask(4);
  boxes.lines = {Of(4, kShop, box)};
  StockReserved got = Got(8, {.on_hand = 10, .reserved = 8});
  got.lines.push_back({.sku = kBread,
                       .location = kShop,
                       .quantity = 4,
                       .after = {.on_hand = 10, .reserved = 4},
                       .ordered = 4});
  got.kits = {{.sku = box,
               .location = kShop,
               .quantity = 4,
               .ordered = 4,
               .components = {{kMilk, 2, 0}, {kBread, 1, 0}}}};
  got.consequences = {Crossed("any", kIn, kLow, 2)};
  stock.When(boxes).Then(got);
  CHECK(stock.world().levels.rows.count(box) == 0);
}

TEST_CASE("Who is watched no more when his SKU changes its class is forgotten", "[inventory]") {
  StockWatch dairy = Watch("dairy", 3, 6);
  dairy.skus = {.classes = {"dairy"}};
  Given stock(Applied(1, Group(kCity, {kShop})), Received(10),
              StockRulesSet{.sku = kMilk, .rules = {.classes = {"dairy"}}},
              Applied(2, Channel({dairy})));
  stock.When(RelevelStock{})
      .Then(StockReleveled{.version = 2, .consequences = {Leveled("dairy", kIn)}});
  stock.When(SetStockRules{.sku = kMilk})
      .Then(StockRulesSet{.sku = kMilk, .consequences = {Leveled("dairy", kUnspecified)}});
  CHECK(stock.world().levels.rows.empty());
}

TEST_CASE("Where nobody watches, a promise and its end read nothing for it", "[inventory]") {
  Given stock(Applied(1, Group(kCity, {kDepot, kShop})), Received(10), Applied(2, Channel({})));
  const StockState& known = stock.world().state.stock;
  Counted<ReservationId, Reservation> reservations;
  Forbidden<SkuId, StockLevels> levels;
  Forbidden<NetworkKey, LevelSweep> level_sweep;
  StockState state{known.figures,
                   reservations,
                   known.live_reservations,
                   known.units,
                   known.sales,
                   known.timers,
                   known.recent,
                   known.tracking,
                   known.sku_rules,
                   known.place_rules,
                   known.group_sums,
                   known.group_skus,
                   known.purchase_limits,
                   known.purchases,
                   known.quotas,
                   known.holds,
                   known.network,
                   known.kits,
                   known.reservation_kits,
                   levels,
                   level_sweep};
  const auto asked_by = [&](const auto& command, Time now) {
    reservations.asked = 0;
    const StockDecision decision = Decide(state, command, now);
    const int asked = reservations.asked;
    REQUIRE(decision.event.has_value());
    std::visit([&](const auto& event) { Evolve(state, event); }, *decision.event);
    return asked;
  };
  const Time end = kNoon + std::chrono::minutes{15};
  CHECK(asked_by(For("web", 2, "r1"), kNoon) == 1);
  CHECK(asked_by(For("web", 2, "r2"), kNoon) == 1);
  CHECK(asked_by(ReleaseReservation{.id = {"r1"}, .sku = kMilk}, kNoon) == 1);
  CHECK(asked_by(ExpireReservation{{"r2"}}, end) == 1);
}

}  // namespace omo::inventory
