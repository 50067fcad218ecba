#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

}  // namespace

TEST_CASE("ExpireReservation frees what is open from the end on", "[inventory]") {
  Given stock(Received(10), Held(4),
              ReservationReleased{.id = kCart,
                                  .sku = kMilk,
                                  .lines = {Moved(1, {})},
                                  .stage = hold::Stage::kHeld,
                                  .from = Bucket::kReserved});
  REQUIRE(stock.world().timers.rows.size() == 1);
  const TimerKey timer = stock.world().timers.rows.begin()->first;
  CHECK(timer.due == kNoon + minutes{15});
  const auto asked = CommandFor(timer);
  REQUIRE(asked.has_value());
  const auto& command = std::get<ExpireReservation>(*asked);
  stock.At(timer.due - Duration{1}).When(command).ThenNothing();
  stock.At(timer.due).When(command).Then(ReservationExpired{kCart, {Moved(3, {.on_hand = 10})}});
  CHECK(stock.world().timers.rows.empty());
  CHECK(stock.world().reservations.rows[kCart].life.stage == hold::Stage::kExpired);
  stock.When(command).ThenNothing();
}

TEST_CASE("ExpireReservation leaves alone what is committed, extended or unknown", "[inventory]") {
  const ExpireReservation command{kCart};
  Given stock;
  stock.At(kNoon + minutes{15}).When(command).ThenNothing();
  stock.And(Received(10)).And(Held(4));
  stock.And(ReservationExtended{kCart, kMilk, kNoon + minutes{20}, 1});
  stock.When(command).ThenNothing();
  stock.And(Committed(4)).At(kNoon + minutes{20}).When(command).ThenNothing();
}

TEST_CASE("A timer of another kind asks for nothing", "[inventory]") {
  CHECK(!CommandFor(TimerKey{.due = kNoon, .kind = "other", .subject = "r1"}));
}

}  // namespace omo::inventory
