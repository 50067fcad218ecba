#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

MarkReservationShort Mark(std::int64_t value) {
  return {.id = kCart, .lines = {Of(value)}, .reason = "not on the shelf"};
}

}  // namespace

TEST_CASE("MarkReservationShort says what cannot be delivered, and keeps it held", "[inventory]") {
  Given stock(Received(10), Held(4), Committed(4));
  stock.When(Mark(1)).Then(
      ReservationMarkedShort{.id = kCart,
                             .lines = {Moved(1, {.on_hand = 10, .committed = 4})},
                             .reason = "not on the shelf"});
  CHECK(stock.world().reservations.rows[kCart].life.stage == hold::Stage::kShort);
  stock.When(Mark(4)).ThenRefused(kMoreThanOpen, {{"sku", "milk"}, {"open", "3"}});
  stock.When(Mark(3)).Then(
      ReservationMarkedShort{.id = kCart,
                             .lines = {Moved(3, {.on_hand = 10, .committed = 4})},
                             .reason = "not on the shelf"});
}

TEST_CASE("A short reservation whose units are found after all is fulfilled", "[inventory]") {
  Given(Received(10), Held(4), Committed(4),
        ReservationMarkedShort{.id = kCart, .lines = {Moved(1, {})}, .reason = "lost"})
      .When(FulfilReservation{.id = kCart, .sku = kMilk})
      .Then(ReservationFulfilled{
          .id = kCart,
          .lines = {{.sku = kMilk, .location = kShop, .quantity = 4, .after = {.on_hand = 6}}},
          .stage = hold::Stage::kFulfilled});
}

TEST_CASE("MarkReservationShort gives the reason that comes first", "[inventory]") {
  Given stock(Received(20), Held(4), Held(4, {"committed"}), Committed(4, {"committed"}),
              ReservationReleased{.id = {"cancelled"}, .sku = kMilk});
  MarkReservationShort command;
  stock.When(command).ThenRefused(kBadName);
  command.id = {"unknown"};
  stock.When(command).ThenRefused(kBadName);
  command.reason = "lost";
  stock.When(command).ThenRefused(kBadLines);
  command.lines = {Of(5, kDepot)};
  stock.When(command).ThenRefused(kReservationNotFound);
  command.id = {"cancelled"};
  stock.When(command).ThenRefused(kReservationCancelled);
  command.id = kCart;
  stock.When(command).ThenRefused(kReservationNotCommitted);
  command.id = {"committed"};
  stock.When(command).ThenRefused(kLineNotFound);
  command.lines = {Of(5)};
  stock.When(command).ThenRefused(kMoreThanOpen);
}

}  // namespace omo::inventory
