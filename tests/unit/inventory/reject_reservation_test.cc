#include "services/inventory/domain/stock/movements.h"
#include "tests/unit/inventory/network_changes.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

RejectReservation Reject(std::int64_t value, const std::string& reason) {
  return {.id = kCart, .sku = kMilk, .lines = {Of(value)}, .reason = reason};
}
// What Reject leaves of milk at the shop.
ReservationRejected Rejected(Quantity quantity, const std::string& reason, RejectEffect effect,
                             Quantity on_hand, const Figures& after,
                             hold::Stage stage = hold::Stage::kCommitted) {
  return {.id = kCart,
          .lines = {{.sku = kMilk,
                     .location = kShop,
                     .quantity = quantity,
                     .after = after,
                     .effect = effect,
                     .on_hand = on_hand}},
          .reason = reason,
          .stage = stage};
}
NetworkChange RejectRules(std::vector<RejectRule> rules) {
  return {.put_reject_rules = PutRejectRules{std::move(rules)}};
}
// Ten milk, four of them committed to kCart.
Given Shop() { return Given(Received(10), Held(4), Committed(4)); }

}  // namespace

TEST_CASE("A rejection for a mismatch takes what was rejected off what is there", "[inventory]") {
  Shop()
      .When(Reject(3, "MISMATCH"))
      .Then(Rejected(3, "MISMATCH", RejectEffect::kFewerThere, -3, {.on_hand = 7, .committed = 1}))
      .When(Reject(1, "MISMATCH"))
      .Then(Rejected(1, "MISMATCH", RejectEffect::kFewerThere, -1, {.on_hand = 6},
                     hold::Stage::kReleased));
}

TEST_CASE("A rejection for damage or wear keeps what is there, and takes it off sale",
          "[inventory]") {
  Shop()
      .When(Reject(3, "DAMAGE"))
      .Then(Rejected(3, "DAMAGE", RejectEffect::kDamaged, 0,
                     {.on_hand = 10, .committed = 1, .damaged = 3}));
  Shop()
      .When(Reject(2, "WORN_DISPLAY"))
      .Then(Rejected(2, "WORN_DISPLAY", RejectEffect::kDisplay, 0,
                     {.on_hand = 10, .committed = 2, .display = 2}));
}

TEST_CASE("A rejection without a variance gives back what was kept", "[inventory]") {
  Shop()
      .When(Reject(3, "NO_VARIANCE"))
      .Then(Rejected(3, "NO_VARIANCE", RejectEffect::kNothing, 0, {.on_hand = 10, .committed = 1}))
      .When(Ask(9, kShop, "r2"))
      .Then(Got(9, {.on_hand = 10, .reserved = 9, .committed = 1}, kShop, "r2"));
}

TEST_CASE("A rejection for want of stock leaves nothing there, and names whose promises break",
          "[inventory]") {
  Given stock(Received(10), Held(4), Committed(4), Held(3, {"r2"}));
  ReservationRejected event = Rejected(4, "NOT_IN_STOCK", RejectEffect::kNoneThere, -10,
                                       {.on_hand = 0, .reserved = 3}, hold::Stage::kReleased);
  event.consequences = {StockShortfall{
      .sku = kMilk, .location = kShop, .quantity = 3, .total = 3, .affected = {{"r2"}}}};
  stock.When(Reject(4, "NOT_IN_STOCK")).Then(event);
  stock.When(Ask(1, kShop, "r3"))
      .ThenRefused(kNotEnoughAvailable,
                   {{"sku", "milk"}, {"location", "shop"}, {"ordered", "1"}, {"available", "0"}});
  // Nobody else is promised anything: nothing is missing. What is open of it is itself missing.
  Shop()
      .When(Reject(4, "NOT_IN_STOCK"))
      .Then(Rejected(4, "NOT_IN_STOCK", RejectEffect::kNoneThere, -10, {}, hold::Stage::kReleased));
  ReservationRejected part =
      Rejected(3, "NOT_IN_STOCK", RejectEffect::kNoneThere, -10, {.on_hand = 0, .committed = 1});
  part.consequences = {StockShortfall{
      .sku = kMilk, .location = kShop, .quantity = 1, .total = 1, .affected = {{"r1"}}}};
  Shop().When(Reject(3, "NOT_IN_STOCK")).Then(part);
}

TEST_CASE(
    "Where a store has none of a SKU, none is damaged, inspected, kept back or on display, either",
    "[inventory]") {
  Given stock = Shop();
  for (const Bucket to :
       {Bucket::kDamaged, Bucket::kQualityControl, Bucket::kSafetyStock, Bucket::kDisplay}) {
    stock.Do(MoveStockState{kMilk, kShop, Bucket::kAvailable, to, {1, 0}, "sorted"});
  }
  ReservationRejected event =
      Rejected(4, "NOT_IN_STOCK", RejectEffect::kNoneThere, -10, {}, hold::Stage::kReleased);
  Figures left{.on_hand = 10,
               .committed = 4,
               .damaged = 1,
               .quality_control = 1,
               .safety_stock = 1,
               .display = 1};
  const auto free = [&](Bucket bucket, Quantity& units) {
    units = 0;
    event.lines[0].freed.push_back({.bucket = bucket, .quantity = 1, .after = left});
  };
  free(Bucket::kDamaged, left.damaged);
  free(Bucket::kQualityControl, left.quality_control);
  free(Bucket::kSafetyStock, left.safety_stock);
  free(Bucket::kDisplay, left.display);
  stock.When(Reject(4, "NOT_IN_STOCK")).Then(event);
  CHECK(stock.world().figures.Get({kMilk, kShop}) == Figures{});
  const std::vector<Movement> movements = Movements(event);
  REQUIRE(movements.size() == 5);
  CHECK((movements[0].changes == FromTo(Bucket::kDamaged, Bucket::kAvailable, 1)));
  CHECK(movements[0].after.damaged == 0);
  CHECK(movements[0].after.display == 1);
}

TEST_CASE("A place that was believed to owe units has none, and no less than none", "[inventory]") {
  Given(Received(10), Held(4), Committed(4), Received(-12))
      .When(Reject(4, "NOT_IN_STOCK"))
      .Then(Rejected(4, "NOT_IN_STOCK", RejectEffect::kNoneThere, 2, {}, hold::Stage::kReleased));
}

TEST_CASE("The network's rules add reasons and stand above the defaults", "[inventory]") {
  Given stock = Shop();
  stock.When(Reject(1, "LOST")).ThenRefused(kRejectReasonUnknown, {{"reason", "LOST"}});
  stock.And(Applied(1, RejectRules({{"DAMAGE", RejectEffect::kFewerThere},
                                    {"LOST", RejectEffect::kFewerThere}})));
  stock.When(Reject(1, "LOST"))
      .Then(Rejected(1, "LOST", RejectEffect::kFewerThere, -1, {.on_hand = 9, .committed = 3}));
  stock.When(Reject(1, "DAMAGE"))
      .Then(Rejected(1, "DAMAGE", RejectEffect::kFewerThere, -1, {.on_hand = 8, .committed = 2}));
  stock.When(Reject(1, "WORN_DISPLAY"))
      .Then(Rejected(1, "WORN_DISPLAY", RejectEffect::kDisplay, 0,
                     {.on_hand = 8, .committed = 1, .display = 1}));
  // A table without the word: the default again.
  stock.And(Applied(2, RejectRules({})));
  stock.When(Reject(1, "LOST")).ThenRefused(kRejectReasonUnknown, {{"reason", "LOST"}});
}

TEST_CASE("A rejection is by line and quantity, and what was handed over stays so", "[inventory]") {
  Given stock = Shop();
  stock.And(
      ReservationFulfilled{.id = kCart,
                           .lines = {{.sku = kMilk, .location = kShop, .quantity = 1, .after = {}}},
                           .stage = hold::Stage::kPartlyFulfilled});
  stock.When(Reject(4, "MISMATCH")).ThenRefused(kMoreThanOpen, {{"sku", "milk"}, {"open", "3"}});
  RejectReservation twice = Reject(1, "MISMATCH");
  twice.lines.push_back(Of(2));
  twice.note = "two crates were empty";
  ReservationRejected event = Rejected(3, "MISMATCH", RejectEffect::kFewerThere, -3, {.on_hand = 6},
                                       hold::Stage::kFulfilled);
  event.note = "two crates were empty";
  stock.When(twice).Then(event);
  const hold::Units units = stock.world().reservations.rows[kCart].lines[0].units;
  CHECK(units.fulfilled == 1);
  CHECK(units.released == 3);
  CHECK(stock.world().live_reservations.rows.empty());
}

TEST_CASE("What was rejected may be bought again", "[inventory]") {
  const Buyer li{.campaign = "may", .customer = "li"};
  StockReserved held = Held(4);
  held.buyer = li;
  Given stock(Received(10), held, Committed(4));
  stock.When(Reject(3, "NO_VARIANCE"))
      .Then(Rejected(3, "NO_VARIANCE", RejectEffect::kNothing, 0, {.on_hand = 10, .committed = 1}));
  CHECK(stock.world().purchases.rows[{kMilk, li}].quantity == 1);
}

TEST_CASE("A rejection stands in the ledger with its reason", "[inventory]") {
  const ReservationRejected event =
      Rejected(4, "NOT_IN_STOCK", RejectEffect::kNoneThere, -10, {.reserved = 3});
  CHECK((Movements(event) ==
         std::vector<Movement>{{.kind = MovementKind::kRejected,
                                .sku = kMilk,
                                .location = kShop,
                                .changes = {{{Bucket::kCommitted, -4}, {Bucket::kAvailable, -6}}},
                                .reason = "NOT_IN_STOCK",
                                .reservation = kCart,
                                .after = {.reserved = 3}}}));
}

TEST_CASE("An upload as of before a rejection keeps what the rejection found", "[inventory]") {
  Given stock = Shop();
  const Time noon = kNoon;
  ReservationRejected event = Rejected(3, "MISMATCH", RejectEffect::kFewerThere, -3, {});
  event.occurred_at = noon;
  stock.And(event);
  const auto decision = stock.world().Decide(
      UploadStock{.records = {{{"e1"}, kMilk, kShop, {10, 0}, noon - std::chrono::minutes{1}}}},
      noon);
  REQUIRE(decision.event.has_value());
  CHECK(std::get<StockUploaded>(*decision.event).records[0].quantity == 0);
}

TEST_CASE("RejectReservation gives the reason that comes first", "[inventory]") {
  Given stock(Received(20), Held(4), Held(4, {"committed"}), Committed(4, {"committed"}),
              ReservationReleased{.id = {"cancelled"}, .sku = kMilk});
  RejectReservation command;
  stock.When(command).ThenRefused(kBadName);
  command.id = {"unknown"};
  stock.When(command).ThenRefused(kBadName);
  command.sku = kMilk;
  stock.When(command).ThenRefused(kBadName);
  command.reason = "LOST";
  command.note = std::string(1001, 'x');
  stock.When(command).ThenRefused(kBadName);
  command.note.clear();
  stock.When(command).ThenRefused(kBadLines);
  command.lines = {Of(5, kAtCity)};
  stock.When(command).ThenRefused(kBadName);
  command.lines = {Of(5, kDepot)};
  stock.When(command).ThenRefused(kReservationNotFound);
  command.id = {"cancelled"};
  stock.When(command).ThenRefused(kRejectReasonUnknown);
  command.reason = "DAMAGE";
  stock.When(command).ThenRefused(kReservationCancelled);
  command.id = kCart;
  stock.When(command).ThenRefused(kReservationNotCommitted);
  command.id = {"committed"};
  stock.When(command).ThenRefused(kLineNotFound);
  command.lines = {Of(5)};
  stock.When(command).ThenRefused(kMoreThanOpen);
}

}  // namespace omo::inventory
