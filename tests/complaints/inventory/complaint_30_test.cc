// commercetools' documentation: a reservation is released "a few minutes after expiry".
#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

constexpr Time kEnd = kNoon + minutes{15};

const ReserveStock kNextBuyer{
    .id = {"next"}, .owner = "cart-2", .lines = {Of(1)}, .hold_for = minutes{15}};

}  // namespace

TEST_CASE("Complaint 30: a unit is free for the next buyer in the instant in which its hold ends",
          "[complaints]") {
  Given stock(Received(1), Held(1));
  stock.At(kEnd - Duration{1}).When(kNextBuyer).ThenRefused(StockRefusal::kNotEnoughAvailable);

  // As the shard does: what is due at or before an instant is decided before that instant's
  // commands.
  const TimerKey due = stock.world().timers.rows.begin()->first;
  REQUIRE(due.due == kEnd);
  const auto command = std::get<ExpireReservation>(*CommandFor(due));
  stock.At(kEnd).When(command).Then(ReservationExpired{kCart, {Moved(1, {.on_hand = 1})}});
  CHECK(stock.world().Decide(kNextBuyer, kEnd).event.has_value());
  stock.When(CommitReservation{.id = kCart, .sku = kMilk})
      .ThenRefused(StockRefusal::kReservationExpired);
}

TEST_CASE("Complaint 30: even where the expiry is late, nobody commits a hold whose time is over",
          "[complaints]") {
  Given stock(Received(1), Held(1));
  const CommitReservation commit{.id = kCart, .sku = kMilk};
  stock.At(kEnd).When(commit).ThenRefused(StockRefusal::kReservationExpired);
  CHECK(stock.world().Decide(commit, kEnd - Duration{1}).event.has_value());
}

}  // namespace omo::inventory
