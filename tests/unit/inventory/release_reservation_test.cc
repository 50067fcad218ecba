#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

ReservationReleased Released(Quantity quantity, const Figures& after, hold::Stage stage,
                             Bucket from) {
  return {
      .id = kCart, .sku = kMilk, .lines = {Moved(quantity, after)}, .stage = stage, .from = from};
}

}  // namespace

TEST_CASE("ReleaseReservation gives held units back, in parts", "[inventory]") {
  Given stock(Received(10), Held(4));
  stock.When(ReleaseReservation{.id = kCart, .sku = kMilk, .lines = {Of(1)}})
      .Then(Released(1, {.on_hand = 10, .reserved = 3}, hold::Stage::kHeld, Bucket::kReserved));
  CHECK(stock.world().timers.rows.size() == 1);
  stock.When(ReleaseReservation{.id = kCart, .sku = kMilk})
      .Then(Released(3, {.on_hand = 10}, hold::Stage::kReleased, Bucket::kReserved));
  CHECK(stock.world().timers.rows.empty());
}

TEST_CASE("ReleaseReservation gives committed units back", "[inventory]") {
  Given(Received(10), Held(4), Committed(4))
      .When(ReleaseReservation{.id = kCart, .sku = kMilk})
      .Then(Released(4, {.on_hand = 10}, hold::Stage::kReleased, Bucket::kCommitted));
}

TEST_CASE("ReleaseReservation of a short reservation cancels it", "[inventory]") {
  Given(Received(10), Held(4), Committed(4),
        ReservationMarkedShort{.id = kCart, .lines = {Moved(1, {})}, .reason = "broken"})
      .When(ReleaseReservation{.id = kCart, .sku = kMilk})
      .Then(Released(4, {.on_hand = 10}, hold::Stage::kCancelled, Bucket::kCommitted));
}

TEST_CASE("ReleaseReservation of what is left after a part left ends as fulfilled", "[inventory]") {
  Given stock(Received(10), Held(4), Committed(4),
              ReservationFulfilled{.id = kCart,
                                   .lines = {{.sku = kMilk, .location = kShop, .quantity = 1}},
                                   .stage = hold::Stage::kPartlyFulfilled});
  stock.When(ReleaseReservation{.id = kCart, .sku = kMilk})
      .Then(Released(3, {.on_hand = 9}, hold::Stage::kFulfilled, Bucket::kCommitted));
}

TEST_CASE("ReleaseReservation of what ended does nothing", "[inventory]") {
  const ReleaseReservation whole{.id = kCart, .sku = kMilk};
  const ReleaseReservation line{.id = kCart, .sku = kMilk, .lines = {Of(4)}};
  Given expired(Received(10), Held(4), ReservationExpired{kCart, {Moved(4, {})}});
  expired.When(whole).ThenNothing();
  expired.When(line).ThenNothing();
  Given fulfilled(Received(10), Held(4), Committed(4),
                  ReservationFulfilled{.id = kCart,
                                       .lines = {{.sku = kMilk, .location = kShop, .quantity = 4}},
                                       .stage = hold::Stage::kFulfilled});
  fulfilled.When(whole).ThenNothing();
  fulfilled.When(line).ThenNothing();
}

TEST_CASE("ReleaseReservation of an ended line of a live reservation does nothing", "[inventory]") {
  StockReserved two = Held(4);
  two.lines.push_back({.sku = kBread, .location = kShop, .quantity = 2, .ordered = 2});
  Given stock(Received(10), Received(10, kShop, kBread), two,
              Released(4, {}, hold::Stage::kHeld, Bucket::kReserved));
  stock.When(ReleaseReservation{.id = kCart, .sku = kMilk, .lines = {Of(4)}}).ThenNothing();
  stock.When(ReleaseReservation{.id = kCart, .sku = kMilk, .lines = {Of(2, kShop, kBread)}})
      .Then(ReservationReleased{.id = kCart,
                                .sku = kMilk,
                                .lines = {Moved(2, {.on_hand = 10}, kShop, kBread)},
                                .stage = hold::Stage::kReleased,
                                .from = Bucket::kReserved});
}

TEST_CASE("ReleaseReservation of an unknown id bars that id for life", "[inventory]") {
  const ReleaseReservation cancel{.id = kCart, .sku = kMilk};
  Given stock(Received(10));
  stock.When(cancel).Then(
      ReservationReleased{.id = kCart, .sku = kMilk, .stage = hold::Stage::kCancelled});
  stock.When(cancel).ThenNothing();
  stock
      .When(ReserveStock{
          .id = kCart, .owner = "cart-1", .lines = {Of(1)}, .hold_for = std::chrono::minutes{1}})
      .ThenRefused(kReservationCancelled);
}

TEST_CASE("ReleaseReservation gives the reason that comes first", "[inventory]") {
  Given stock(Received(10), Held(4));
  ReleaseReservation command{.id = {""}, .sku = {""}, .lines = {Of(0, kDepot)}};
  stock.When(command).ThenRefused(kBadName);
  command.id = {"unknown"};
  stock.When(command).ThenRefused(kBadName);
  command.sku = kMilk;
  stock.When(command).ThenRefused(kBadQuantity);
  command.lines = {Of(5, kDepot)};
  stock.When(command).ThenRefused(kReservationNotFound);
  command.id = kCart;
  stock.When(command).ThenRefused(kLineNotFound);
  command.lines = {Of(5)};
  stock.When(command).ThenRefused(kMoreThanOpen, {{"sku", "milk"}, {"open", "4"}});
}

}  // namespace omo::inventory
