#include "services/inventory/views/register.h"

#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

}  // namespace

TEST_CASE("The register lists what has not ended, oldest first", "[inventory]") {
  StockReserved older = Held(1, {"older"});
  older.reserved_at = kNoon - minutes{5};
  Given stock(Received(10), Held(1), older);
  const auto& rows = stock.world().live_reservations.rows;
  REQUIRE(rows.size() == 2);
  CHECK((rows.begin()->first.id == ReservationId{"older"}));
  stock.And(Committed(1));
  CHECK(rows.size() == 2);
  stock.And(ReservationFulfilled{.id = kCart,
                                 .lines = {{.sku = kMilk, .location = kShop, .quantity = 1}},
                                 .stage = hold::Stage::kFulfilled});
  CHECK(rows.size() == 1);
  stock.And(ReservationExpired{{"older"}, {Moved(1, {})}});
  CHECK(rows.empty());
  stock.And(ReservationReleased{.id = {"unknown"}, .sku = kMilk});
  CHECK(rows.empty());
}

TEST_CASE("A hold that should have ended is a leak", "[inventory]") {
  Given stock(Received(10), Held(4));
  Reservation held = stock.world().reservations.rows[kCart];
  const Time end = kNoon + minutes{15};
  CHECK(LeakOf(held, true, end + minutes{1}) == Leak::kNone);
  CHECK(LeakOf(held, true, end + minutes{1} + Duration{1}) == Leak::kOverdue);
  CHECK(LeakOf(held, false, kNoon) == Leak::kNoTimer);
  hold::Release(held.lines[0].units, 4);
  CHECK(LeakOf(held, true, kNoon) == Leak::kNothingOpen);
  held.life.stage = hold::Stage::kReleased;
  CHECK(LeakOf(held, false, end + minutes{60}) == Leak::kNone);
  stock.And(Committed(4));
  CHECK(LeakOf(stock.world().reservations.rows[kCart], false, end + minutes{60}) == Leak::kNone);
}

}  // namespace omo::inventory
