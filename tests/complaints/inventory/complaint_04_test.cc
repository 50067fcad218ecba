// medusajs/medusa 12401, 11131: a reserved counter goes negative and cannot be repaired;
// saleor/saleor 5334: one or two allocations of a hundred are missing.
#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

constexpr int kBuyers = 100;

ReservationId BuyersId(int nth) { return {"buyer-" + std::to_string(nth)}; }

// Decides and lets happen what comes of it; repeats are the peers' retries and double webhooks.
template <class Command>
void Do(MemoryInventory& stock, const Command& command, Time now, int times = 1) {
  for (int i = 0; i < times; ++i) {
    const auto decision = stock.Decide(command, now);
    if (decision.event) stock.Evolve(ToInventoryEvent(*decision.event));
  }
}

Quantity OpenUnits(const MemoryInventory& stock) {
  Quantity open = 0;
  for (const auto& [id, reservation] : stock.reservations.rows) open += reservation.Total().Open();
  return open;
}

}  // namespace

TEST_CASE("Complaint 4: a hundred orders are a hundred allocations, and none is given back twice",
          "[complaints]") {
  MemoryInventory stock;
  stock.Evolve(Received(kBuyers));
  for (int i = 0; i < kBuyers; ++i) {
    const ReserveStock reserve{
        .id = BuyersId(i), .owner = "order", .lines = {Of(1)}, .hold_for = minutes{15}};
    Do(stock, reserve, kNoon, 2);
  }
  const Figures& figures = stock.figures.rows[{kMilk, kShop}];
  CHECK(stock.reservations.rows.size() == kBuyers);
  CHECK(figures.reserved == kBuyers);
  CHECK(figures.Available() == 0);

  for (int i = 0; i < kBuyers; ++i) {
    const ReleaseReservation release{.id = BuyersId(i), .sku = kMilk};
    if (i % 2 == 0) Do(stock, CommitReservation{.id = BuyersId(i), .sku = kMilk}, kNoon, 2);
    if (i % 3 == 0) Do(stock, FulfilReservation{.id = BuyersId(i), .sku = kMilk}, kNoon, 3);
    if (i % 5 == 0) Do(stock, release, kNoon, 3);
    if (i % 7 == 0) Do(stock, ExpireReservation{BuyersId(i)}, kNoon + minutes{15}, 3);
    if (i % 11 == 0) Do(stock, release, kNoon + minutes{20}, 2);
    CHECK(figures.reserved >= 0);
    CHECK(figures.committed >= 0);
    CHECK(figures.reserved + figures.committed == OpenUnits(stock));
  }
  for (int i = 0; i < kBuyers; ++i) {
    Do(stock, ReleaseReservation{.id = BuyersId(i), .sku = kMilk}, kNoon, 2);
  }
  CHECK(OpenUnits(stock) == 0);
  CHECK(figures.reserved == 0);
  CHECK(figures.committed == 0);
  CHECK(figures.Available() == figures.on_hand);
}

}  // namespace omo::inventory
