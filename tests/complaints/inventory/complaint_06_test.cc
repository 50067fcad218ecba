// medusajs/medusa 6500, 9821: an order's own reservation blocks its own fulfilment, because nothing
// else is available; 12796: negative stock blocks the cancellation of a fulfilment.
#include "tests/support/inventory.h"

namespace omo::inventory {

TEST_CASE("Complaint 6: the last units are handed to the order that holds them", "[complaints]") {
  Given stock(Received(2), Held(2), Committed(2));
  REQUIRE(stock.world().figures.rows[{kMilk, kShop}].Available() == 0);
  stock.When(FulfilReservation{.id = kCart, .sku = kMilk, .lines = {Of(2)}})
      .Then(ReservationFulfilled{
          .id = kCart,
          .lines = {{.sku = kMilk, .location = kShop, .quantity = 2, .after = {.on_hand = 0}}},
          .stage = hold::Stage::kFulfilled});
}

TEST_CASE("Complaint 6: negative stock blocks neither hand-over, cancellation nor receipt",
          "[complaints]") {
  Given stock(Received(4), Held(4), Committed(4),
              SaleRecorded{.device = {"till"}, .sequence = 1, .lines = {Moved(7, {})}});
  REQUIRE(stock.world().figures.rows[{kMilk, kShop}].on_hand == -3);
  stock.When(FulfilReservation{.id = kCart, .sku = kMilk, .lines = {Of(1)}})
      .Then(ReservationFulfilled{.id = kCart,
                                 .lines = {{.sku = kMilk,
                                            .location = kShop,
                                            .quantity = 1,
                                            .after = {.on_hand = -4, .committed = 3}}},
                                 .stage = hold::Stage::kPartlyFulfilled});
  stock.When(ReleaseReservation{.id = kCart, .sku = kMilk})
      .Then(ReservationReleased{.id = kCart,
                                .sku = kMilk,
                                .lines = {Moved(3, {.on_hand = -4})},
                                .stage = hold::Stage::kFulfilled,
                                .from = Bucket::kCommitted});
  stock.When(ReceiveStock{{{.sku = kMilk, .location = kShop, .amount = {1, 0}}}})
      .Then(StockReceived{
          {{.sku = kMilk, .location = kShop, .quantity = 1, .after = {.on_hand = -3}}}});
}

}  // namespace omo::inventory
