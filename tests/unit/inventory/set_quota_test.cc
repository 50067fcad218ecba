#include "tests/unit/inventory/network_changes.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;
using std::chrono::hours;

const QuotaId kLive{"live"};
const QuotaOwner kStream{.channel = {"stream"}};

SetQuota KeepForStream(std::int64_t quantity, const LocationId& place = kShop) {
  return {
      .sku = kMilk, .location = place, .id = kLive, .owner = kStream, .quantity = {quantity, 0}};
}
QuotaSet Kept(Quantity left, Quantity change, const Figures& after,
              const LocationId& place = kShop) {
  return {.sku = kMilk,
          .location = place,
          .quota = {.id = kLive, .owner = kStream, .left = left, .made_at = kNoon},
          .quantity = change,
          .after = after};
}
ReserveStock For(const char* channel, std::int64_t quantity, const std::string& id = "r1",
                 const LocationId& place = kShop) {
  ReserveStock command = Ask(quantity, place, id);
  command.channel = {channel};
  return command;
}
std::vector<Detail> Short(const char* ordered, const char* available) {
  return {{"sku", "milk"}, {"location", "shop"}, {"ordered", ordered}, {"available", available}};
}
QuotaChanged Moved(QuotaMove move, Quantity quantity, const Figures& after) {
  return {.sku = kMilk,
          .location = kShop,
          .id = kLive,
          .move = move,
          .quantity = quantity,
          .after = after};
}
StockReserved GotFor(const char* channel, Quantity quantity, const Figures& after,
                     const std::vector<Consequence>& consequences = {},
                     const std::string& id = "r1") {
  StockReserved event = Got(quantity, after, kShop, id);
  event.channel = {channel};
  event.consequences = consequences;
  return event;
}

}  // namespace

TEST_CASE("A quota is moved out of what is for all, and back at its end", "[inventory]") {
  Given stock(Received(10));
  SetQuota keep = KeepForStream(6);
  keep.ends_at = kNoon + hours{2};
  QuotaSet kept = Kept(6, 6, {.on_hand = 10, .quota = 6});
  kept.quota.ends_at = keep.ends_at;
  stock.When(keep).Then(kept);
  stock.When(keep).ThenNothing();
  stock.When(For("web", 5)).ThenRefused(kNotEnoughAvailable, Short("5", "4"));
  stock.At(kNoon + hours{1}).When(EndQuota{{kMilk, kShop}, kLive}).ThenNothing();
  QuotaSet ended = Kept(0, -6, {.on_hand = 10});
  ended.quota.ends_at = keep.ends_at;
  stock.At(keep.ends_at).When(EndQuota{{kMilk, kShop}, kLive}).Then(ended);
  stock.When(EndQuota{{kMilk, kShop}, kLive}).ThenNothing();
}

TEST_CASE("The timer of a quota asks for its end", "[inventory]") {
  Quota quota{.id = kLive, .owner = kStream, .left = 1, .ends_at = kNoon};
  const auto command = CommandFor(QuotaTimerOf({kMilk, kShop}, quota));
  REQUIRE(command.has_value());
  const auto& end = std::get<EndQuota>(*command);
  CHECK((end.key == FiguresKey{kMilk, kShop}));
  CHECK(end.id == kLive);
  CHECK(!CommandFor({.due = kNoon, .kind = kQuotaTimer, .subject = "milk"}));
}

TEST_CASE("A channel takes of its quota only, unless it borrows", "[inventory]") {
  Given stock(Received(10), Kept(6, 6, {.on_hand = 10, .quota = 6}));
  stock.When(For("stream", 7)).ThenRefused(kNotEnoughAvailable, Short("7", "6"));
  stock.When(For("stream", 4))
      .Then(GotFor("stream", 4, {.on_hand = 10, .reserved = 4, .quota = 2},
                   {Moved(QuotaMove::kDrawn, -4, {.on_hand = 10, .quota = 2})}));
  SetQuota borrowing = KeepForStream(2);
  borrowing.borrows = true;
  QuotaSet set = Kept(2, 0, {.on_hand = 10, .reserved = 4, .quota = 2});
  set.quota.borrows = true;
  stock.When(borrowing).Then(set);
  stock.When(For("stream", 5, "r2"))
      .Then(GotFor("stream", 5, {.on_hand = 10, .reserved = 9},
                   {Moved(QuotaMove::kDrawn, -2, {.on_hand = 10, .reserved = 4})}, "r2"));
  stock.When(For("stream", 2, "r3")).ThenRefused(kNotEnoughAvailable, Short("2", "1"));
}

TEST_CASE("A quota that is used up is still its owner's limit", "[inventory]") {
  Given stock(Received(10), Kept(2, 2, {.on_hand = 10, .quota = 2}));
  stock.When(For("stream", 2))
      .Then(GotFor("stream", 2, {.on_hand = 10, .reserved = 2},
                   {Moved(QuotaMove::kDrawn, -2, {.on_hand = 10})}));
  stock.When(For("stream", 1, "r2")).ThenRefused(kNotEnoughAvailable, Short("1", "0"));
  stock.When(KeepForStream(0)).Then(Kept(0, 0, {.on_hand = 10, .reserved = 2}));
  stock.When(For("stream", 1, "r2"))
      .Then(GotFor("stream", 1, {.on_hand = 10, .reserved = 3}, {}, "r2"));
}

TEST_CASE("A segment's stock is lent when there is none for all", "[inventory]") {
  Given stock(Received(10));
  SetQuota keep = KeepForStream(6);
  keep.owner = {.segment = {"vip"}};
  keep.lends_to = {{.segment = {"wholesale"}}};
  QuotaSet kept = Kept(6, 6, {.on_hand = 10, .quota = 6});
  kept.quota.owner = keep.owner;
  kept.quota.lends_to = keep.lends_to;
  stock.When(keep).Then(kept);
  ReserveStock wholesale = Ask(7);
  stock.When(wholesale).ThenRefused(kNotEnoughAvailable, Short("7", "4"));
  wholesale.segment = {"wholesale"};
  StockReserved got = Got(7, {.on_hand = 10, .reserved = 7, .quota = 3});
  got.segment = {"wholesale"};
  got.consequences = {Moved(QuotaMove::kDrawn, -3, {.on_hand = 10, .quota = 3})};
  stock.When(wholesale).Then(got);
}

TEST_CASE("What is given up goes back to the quota that it was taken from", "[inventory]") {
  const StockReserved made = GotFor("stream", 5, {.on_hand = 10, .reserved = 5, .quota = 1},
                                    {Moved(QuotaMove::kDrawn, -5, {.on_hand = 10, .quota = 1})});
  Given stock(Received(10), Kept(6, 6, {}), made);
  stock.When(ReleaseReservation{.id = {"r1"}, .sku = kMilk, .lines = {Of(2)}})
      .Then(ReservationReleased{
          .id = {"r1"},
          .sku = kMilk,
          .lines = {inventory::Moved(2, {.on_hand = 10, .reserved = 3, .quota = 3})},
          .stage = hold::Stage::kHeld,
          .from = Bucket::kReserved,
          .consequences = {
              Moved(QuotaMove::kReturned, 2, {.on_hand = 10, .reserved = 5, .quota = 3})}});
  stock.At(made.expires_at)
      .When(ExpireReservation{{"r1"}})
      .Then(
          ReservationExpired{.id = {"r1"},
                             .lines = {inventory::Moved(3, {.on_hand = 10, .quota = 6})},
                             .consequences = {Moved(QuotaMove::kReturned, 3,
                                                    {.on_hand = 10, .reserved = 3, .quota = 6})}});
  // One that has ended gets nothing back.
  Given ended(Received(10), Kept(6, 6, {}), made, Kept(0, -1, {}));
  ended.At(made.expires_at)
      .When(ExpireReservation{{"r1"}})
      .Then(ReservationExpired{.id = {"r1"}, .lines = {inventory::Moved(3 + 2, {.on_hand = 10})}});
}

TEST_CASE("A quota of an id that another had gets back nothing of the other's", "[inventory]") {
  // What the quota holds when five units, drawn of the first one, are given up behind these.
  const auto kept_behind = [](const std::vector<SetQuota>& later) {
    Given stock(Received(10));
    stock.Do(KeepForStream(6)).Do(For("stream", 5)).At(kNoon + hours{1});
    for (const SetQuota& each : later) stock.Do(each);
    stock.Do(ReleaseReservation{.id = {"r1"}, .sku = kMilk, .lines = {Of(5)}});
    return stock.world().figures.Get({kMilk, kShop}).quota;
  };
  CHECK(kept_behind({KeepForStream(3)}) == 8);  // Set anew, it is still the same one.
  CHECK(kept_behind({KeepForStream(0), KeepForStream(3)}) == 3);
  SetQuota of_another = KeepForStream(3);
  of_another.owner = {.segment = {"vip"}};
  CHECK(kept_behind({of_another}) == 3);
}

TEST_CASE("A quota gets back what was taken from it once, however many lines give it up",
          "[inventory]") {
  SetQuota borrowing = KeepForStream(4);
  borrowing.borrows = true;
  Given stock(Received(10), Received(10, kDepot));
  stock.Do(borrowing).Do(For("stream", 6)).Do(CommitReservation{{"r1"}, kMilk, {}});
  REQUIRE(stock.world().figures.Get({kMilk, kShop}).quota == 0);
  const TransferLine half{.sku = kMilk, .from = kShop, .to = kDepot, .amount = {3, 0}};
  stock.Do(TransferReservation{.id = {"r1"}, .lines = {half, half}});
  CHECK(stock.world().figures.Get({kMilk, kShop}).quota == 4);
  CHECK(stock.world().figures.Get({kMilk, kShop}).Available() == 6);
}

TEST_CASE("A group that brings safety stock with it cuts a quota", "[inventory]") {
  SafetyRule rule = Keep(10);
  rule.places = {.groups = {kCity}};
  Given stock(Received(12), Received(12, kDepot), Applied(1, Group(kCity, {kDepot})),
              Applied(2, Safety({rule})), Kept(12, 12, {.on_hand = 12, .quota = 12}));
  const NetworkChange wider = Group(kCity, {kDepot, kShop});
  stock.When(To(wider)).Then(
      NetworkChanged{.version = 3,
                     .change = wider,
                     .consequences = {Moved(QuotaMove::kCut, -10, {.on_hand = 12, .quota = 2})}});
}

TEST_CASE("A quota gives way when less is there, before any promise is short", "[inventory]") {
  Given stock(Received(10), Held(3), Kept(6, 6, {.on_hand = 10, .reserved = 3, .quota = 6}));
  stock.When(AdjustStock{kMilk, kShop, Bucket::kAvailable, {-4, 0}, "lost"})
      .Then(StockAdjusted{
          .line = inventory::Moved(-4, {.on_hand = 6, .reserved = 3, .quota = 3}),
          .reason = "lost",
          .consequences = {Moved(QuotaMove::kCut, -3, {.on_hand = 10, .reserved = 3, .quota = 3})},
          .occurred_at = kNoon});
  stock.When(AdjustStock{kMilk, kShop, Bucket::kAvailable, {-5, 0}, "lost"})
      .Then(
          StockAdjusted{.line = inventory::Moved(-5, {.on_hand = 1, .reserved = 3}),
                        .reason = "lost",
                        .consequences = {Moved(QuotaMove::kCut, -3, {.on_hand = 6, .reserved = 3}),
                                         StockShortfall{kMilk, kShop, 2, 2, 0, {kCart}}},
                        .occurred_at = kNoon});
}

TEST_CASE("Rules that keep more for safety cut a quota", "[inventory]") {
  Given stock(Received(10), Kept(8, 8, {.on_hand = 10, .quota = 8}));
  stock.When(SetStockRules{kMilk, kShop, {.safety = Amount{5, 0}}})
      .Then(
          StockRulesSet{.sku = kMilk,
                        .location = kShop,
                        .rules = {.safety = 5},
                        .consequences = {Moved(QuotaMove::kCut, -3, {.on_hand = 10, .quota = 5})}});
  const NetworkChange safety = Safety({Keep(1)});
  Given wide(Received(10), Kept(10, 10, {.on_hand = 10, .quota = 10}));
  wide.When(To(safety))
      .Then(NetworkChanged{
          .version = 1,
          .change = safety,
          .consequences = {Moved(QuotaMove::kCut, -1, {.on_hand = 10, .quota = 9})}});
}

TEST_CASE("A quota at a group is kept of what its locations have together", "[inventory]") {
  Given stock(Received(10), Received(10, kDepot), Applied(1, Group(kCity, {kDepot, kShop})));
  stock.When(KeepForStream(21, kAtCity)).ThenRefused(kNotEnoughAvailable);
  stock.When(KeepForStream(15, kAtCity)).Then(Kept(15, 15, {.quota = 15}, kAtCity));
  stock.When(For("web", 6)).ThenRefused(kNotEnoughAvailable, Short("6", "5"));
  StockReserved got = Got(15, {.reserved = 15}, kAtCity);
  got.channel = {"stream"};
  got.method = Method::kShip;
  QuotaChanged drawn = Moved(QuotaMove::kDrawn, -15, {});
  drawn.location = kAtCity;
  got.consequences = {drawn};
  ReserveStock shipped = For("stream", 15, "r1", kAtCity);
  shipped.method = Method::kShip;
  stock.When(shipped).Then(got);
  stock.When(For("web", 6, "r2")).ThenRefused(kNotEnoughAvailable, Short("6", "5"));
}

TEST_CASE("Units that are kept fix how their SKU is counted", "[inventory]") {
  Given stock(Kept(6, 6, {.quota = 6}));
  stock.When(DefineUnit{kMilk, "kg", 3}).ThenRefused(kScaleFixed);
}

TEST_CASE("SetQuota gives the reason that comes first", "[inventory]") {
  Given stock(Received(10));
  SetQuota command{.quantity = {-1, 10}, .ends_at = kNoon};
  stock.When(command).ThenRefused(kBadName);
  command.sku = kMilk;
  stock.When(command).ThenRefused(kBadName);
  command.location = PlaceOf({"nowhere"});
  stock.When(command).ThenRefused(kBadName);
  command.id = {kTooLong};
  stock.When(command).ThenRefused(kBadName);
  command.id = kLive;
  stock.When(command).ThenRefused(kRuleOverNothing);
  command.owner = {.segment = {kTooLong}};
  stock.When(command).ThenRefused(kBadName);
  command.owner = kStream;
  command.lends_to = {{.channel = {kTooLong}}};
  stock.When(command).ThenRefused(kBadName);
  command.lends_to.assign(21, {});
  stock.When(command).ThenRefused(kBadRule);
  command.lends_to.clear();
  stock.When(command).ThenRefused(kGroupNotFound, {{"group", "nowhere"}});
  command.location = kShop;
  stock.When(command).ThenRefused(kBadScale);
  command.quantity = {-1, 0};
  stock.When(command).ThenRefused(kBadQuantity);
  command.quantity = {11, 0};
  stock.When(command).ThenRefused(kBadRule);  // It would end now.
  command.ends_at = {};
  stock.When(command).ThenRefused(kNotEnoughAvailable, Short("11", "10"));
  command.quantity = {0, 0};
  stock.When(command).ThenNothing();
  for (int n = 0; n < 20; ++n) {
    stock.And(QuotaSet{.sku = kMilk,
                       .location = kShop,
                       .quota = {.id = {"q" + std::to_string(n)}, .owner = kStream, .left = 1},
                       .quantity = 1});
  }
  command.quantity = {1, 0};
  stock.When(command).ThenRefused(kBadRule);
}

}  // namespace omo::inventory
