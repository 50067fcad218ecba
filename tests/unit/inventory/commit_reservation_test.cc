#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;
using std::chrono::minutes;

constexpr Duration kInstant{1};

}  // namespace

TEST_CASE("CommitReservation keeps the same units, without an end", "[inventory]") {
  Given stock(Received(10), Held(4));
  stock.When(CommitReservation{.id = kCart, .sku = kMilk, .owner = "order-1"})
      .Then(ReservationCommitted{
          .id = kCart, .owner = "order-1", .lines = {Moved(4, {.on_hand = 10, .committed = 4})}});
  CHECK(stock.world().timers.rows.empty());
  CHECK(stock.world().reservations.rows[kCart].owner == "order-1");
  CHECK(stock.world().reservations.rows[kCart].life.stage == hold::Stage::kCommitted);
}

TEST_CASE("CommitReservation needs no available units: they are its own", "[inventory]") {
  Given(Received(4), Held(4))
      .When(CommitReservation{.id = kCart, .sku = kMilk})
      .Then(ReservationCommitted{
          .id = kCart, .owner = "cart-1", .lines = {Moved(4, {.on_hand = 4, .committed = 4})}});
}

TEST_CASE("CommitReservation succeeds up to the last instant before the end", "[inventory]") {
  const CommitReservation command{.id = kCart, .sku = kMilk};
  Given stock(Received(10), Held(4));
  stock.At(kNoon + minutes{15}).When(command).ThenRefused(kReservationExpired);
  stock.At(kNoon + minutes{15} - kInstant)
      .When(command)
      .Then(ReservationCommitted{
          .id = kCart, .owner = "cart-1", .lines = {Moved(4, {.on_hand = 10, .committed = 4})}});
}

TEST_CASE("CommitReservation leaves a commitment as it is, fulfilled or not", "[inventory]") {
  const CommitReservation command{.id = kCart, .sku = kMilk};
  Given stock(Received(10), Held(4), Committed(4));
  stock.When(command).ThenNothing();
  stock.And(ReservationFulfilled{.id = kCart,
                                 .lines = {{.sku = kMilk, .location = kShop, .quantity = 4}},
                                 .stage = hold::Stage::kFulfilled});
  stock.When(command).ThenNothing();
}

TEST_CASE("CommitReservation gives the reason that comes first", "[inventory]") {
  Given stock(Received(20), Held(4), Held(4, {"released"}), Held(4, {"expired"}),
              ReservationReleased{.id = {"cancelled"}, .sku = kMilk},
              ReservationReleased{.id = {"released"},
                                  .sku = kMilk,
                                  .lines = {Moved(4, {})},
                                  .stage = hold::Stage::kReleased,
                                  .from = Bucket::kReserved},
              ReservationExpired{{"expired"}, {Moved(4, {})}});
  stock.At(kNoon + minutes{15});
  CommitReservation command{.id = {""}, .sku = {""}, .owner = kTooLong};
  stock.When(command).ThenRefused(kBadName);
  command.id = {"unknown"};
  stock.When(command).ThenRefused(kBadName);
  command.sku = kMilk;
  stock.When(command).ThenRefused(kBadName);
  command.owner = "";
  stock.When(command).ThenRefused(kReservationNotFound);
  command.id = {"cancelled"};
  stock.When(command).ThenRefused(kReservationCancelled);
  command.id = {"released"};
  stock.When(command).ThenRefused(kReservationReleased);
  command.id = {"expired"};
  stock.When(command).ThenRefused(kReservationExpired);
  command.id = kCart;
  stock.When(command).ThenRefused(kReservationExpired);
}

}  // namespace omo::inventory
