#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

TEST_CASE("ExtendReservation moves the end, and the timer with it", "[inventory]") {
  const Time later = kNoon + minutes{10};
  Given stock(Received(10), Held(4));
  stock.At(later)
      .When(ExtendReservation{.id = kCart, .sku = kMilk, .hold_for = minutes{30}})
      .Then(ReservationExtended{
          .id = kCart, .sku = kMilk, .expires_at = later + minutes{30}, .extensions = 1});
  REQUIRE(stock.world().timers.rows.size() == 1);
  CHECK(stock.world().timers.rows.begin()->first.due == later + minutes{30});
}

TEST_CASE("ExtendReservation is bounded in number", "[inventory]") {
  Given stock(Received(10), Held(4));
  for (int nth = 1; nth <= 5; ++nth) {
    stock.When(ExtendReservation{kCart, kMilk, minutes{15 + nth}})
        .Then(ReservationExtended{kCart, kMilk, kNoon + minutes{15 + nth}, nth});
  }
  stock.When(ExtendReservation{kCart, kMilk, minutes{30}}).ThenRefused(kTooManyExtensions);
}

TEST_CASE("ExtendReservation gives the reason that comes first", "[inventory]") {
  Given stock(Received(20), Held(4), Held(4, {"committed"}), Committed(4, {"committed"}),
              Held(4, {"expired"}), ReservationExpired{{"expired"}, {Moved(4, {})}},
              ReservationReleased{.id = {"cancelled"}, .sku = kMilk});
  ExtendReservation command;
  stock.When(command).ThenRefused(kBadName);
  command.id = {"unknown"};
  stock.When(command).ThenRefused(kBadName);
  command.sku = kMilk;
  stock.When(command).ThenRefused(kBadHold);
  command.hold_for = seconds{14'401};
  stock.When(command).ThenRefused(kBadHold);
  command.hold_for = minutes{15};
  stock.When(command).ThenRefused(kReservationNotFound);
  command.id = {"cancelled"};
  stock.When(command).ThenRefused(kReservationCancelled);
  command.id = {"expired"};
  stock.When(command).ThenRefused(kReservationExpired);
  command.id = {"committed"};
  stock.When(command).ThenRefused(kReservationCommitted);
  command.id = kCart;
  stock.When(command).ThenRefused(kHoldNotLonger);
  stock.At(kNoon + minutes{15}).When(command).ThenRefused(kReservationExpired);
  stock.And(ReservationExtended{kCart, kMilk, kNoon + hours{23} + minutes{50}, 1});
  stock.At(kNoon + hours{23} + minutes{46}).When(command).ThenRefused(kHoldTooOld);
  stock.At(kNoon + hours{23} + minutes{45})
      .When(command)
      .Then(ReservationExtended{kCart, kMilk, kNoon + hours{24}, 2});
}

}  // namespace omo::inventory
