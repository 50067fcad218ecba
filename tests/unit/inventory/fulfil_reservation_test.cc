#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

FulfilledLine Left(Quantity quantity, const Figures& after, Quantity over = 0) {
  return {.sku = kMilk, .location = kShop, .quantity = quantity, .after = after, .over = over};
}

}  // namespace

TEST_CASE("FulfilReservation takes the units out of the house, in parts", "[inventory]") {
  Given stock(Received(4), Held(4), Committed(4));
  stock.When(FulfilReservation{.id = kCart, .sku = kMilk, .lines = {Of(1)}})
      .Then(ReservationFulfilled{.id = kCart,
                                 .lines = {Left(1, {.on_hand = 3, .committed = 3})},
                                 .stage = hold::Stage::kPartlyFulfilled});
  stock.When(FulfilReservation{.id = kCart, .sku = kMilk})
      .Then(ReservationFulfilled{
          .id = kCart, .lines = {Left(3, {})}, .stage = hold::Stage::kFulfilled});
  stock.When(FulfilReservation{.id = kCart, .sku = kMilk}).ThenNothing();
}

TEST_CASE("FulfilReservation works where nothing is available", "[inventory]") {
  Given(Received(4), Held(4), Committed(4),
        SaleRecorded{.device = {"till"}, .sequence = 1, .lines = {Moved(2, {})}})
      .When(FulfilReservation{.id = kCart, .sku = kMilk})
      .Then(ReservationFulfilled{
          .id = kCart, .lines = {Left(4, {.on_hand = -2})}, .stage = hold::Stage::kFulfilled});
}

TEST_CASE("FulfilReservation takes more than is open only where the role permits", "[inventory]") {
  Given stock(Received(5), Held(4), Committed(4));
  FulfilReservation command{.id = kCart, .sku = kMilk, .lines = {Of(6)}};
  stock.When(command).ThenRefused(kMoreThanOpen, {{"sku", "milk"}, {"open", "4"}});
  command.over_fulfil = true;
  stock.When(command).ThenRefused(kNotPermitted);
  command.may_override = true;
  stock.When(command).Then(ReservationFulfilled{
      .id = kCart,
      .lines = {Left(6, {.on_hand = -1}, 2)},
      .consequences = {StockShortfall{.sku = kMilk, .location = kShop, .quantity = 1, .total = 1}},
      .stage = hold::Stage::kFulfilled});
}

TEST_CASE("FulfilReservation gives the reason that comes first", "[inventory]") {
  Given stock(Received(20), Held(4), Held(4, {"committed"}), Committed(4, {"committed"}),
              Held(4, {"fulfilled"}), Committed(4, {"fulfilled"}),
              ReservationFulfilled{
                  .id = {"fulfilled"}, .lines = {Left(4, {})}, .stage = hold::Stage::kFulfilled},
              ReservationReleased{.id = {"cancelled"}, .sku = kMilk});
  FulfilReservation command{.id = {""}, .sku = {""}, .lines = {Of(0, kDepot)}, .over_fulfil = true};
  stock.When(command).ThenRefused(kBadName);
  command.id = {"unknown"};
  stock.When(command).ThenRefused(kBadName);
  command.sku = kMilk;
  stock.When(command).ThenRefused(kBadQuantity);
  command.lines = {Of(5, kDepot)};
  stock.When(command).ThenRefused(kNotPermitted);
  command.over_fulfil = false;
  stock.When(command).ThenRefused(kReservationNotFound);
  command.id = {"cancelled"};
  stock.When(command).ThenRefused(kReservationCancelled);
  command.id = kCart;
  stock.When(command).ThenRefused(kReservationNotCommitted);
  stock.At(kNoon + std::chrono::minutes{15});
  stock.When(command).ThenRefused(kReservationExpired);
  command.id = {"fulfilled"};
  stock.When(command).ThenRefused(kReservationFulfilled);
  command.id = {"committed"};
  stock.When(command).ThenRefused(kLineNotFound);
  command.lines = {Of(5)};
  stock.When(command).ThenRefused(kMoreThanOpen);
}

}  // namespace omo::inventory
