#include "tests/support/counted_stock.h"
#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

}  // namespace

TEST_CASE("AdjustStock corrects a figure by a difference", "[inventory]") {
  Given(Received(10))
      .When(AdjustStock{.sku = kMilk, .location = kShop, .delta = {-3, 0}, .reason = "stolen"})
      .Then(StockAdjusted{.line = Moved(-3, {.on_hand = 7}), .reason = "stolen"})
      .When(AdjustStock{.sku = kMilk,
                        .location = kShop,
                        .bucket = Bucket::kDamaged,
                        .delta = {2, 0},
                        .reason = "found broken"})
      .Then(StockAdjusted{.line = Moved(2, {.on_hand = 9, .damaged = 2}),
                          .bucket = Bucket::kDamaged,
                          .reason = "found broken"});
}

TEST_CASE("AdjustStock of what is promised is a fact, and names what is missing", "[inventory]") {
  Given(Received(10), Held(8))
      .When(AdjustStock{.sku = kMilk, .location = kShop, .delta = {-5, 0}, .reason = "fire"})
      .Then(StockAdjusted{
          .line = Moved(-5, {.on_hand = 5, .reserved = 8}),
          .reason = "fire",
          .consequences = {StockShortfall{
              .sku = kMilk, .location = kShop, .quantity = 3, .total = 3, .affected = {{"r1"}}}}});
}

TEST_CASE("AdjustStock says what is expected, outside on_hand", "[inventory]") {
  Given(Received(10))
      .When(AdjustStock{.sku = kMilk,
                        .location = kShop,
                        .bucket = Bucket::kIncoming,
                        .delta = {20, 0},
                        .reason = "purchase order 12"})
      .Then(StockAdjusted{.line = Moved(20, {.on_hand = 10, .incoming = 20}),
                          .bucket = Bucket::kIncoming,
                          .reason = "purchase order 12"});
}

TEST_CASE("AdjustStock gives the reason that comes first", "[inventory]") {
  Given stock(Received(10));
  AdjustStock command{.bucket = Bucket::kReserved, .delta = {0, 10}};
  stock.When(command).ThenRefused(kBadName);
  command.sku = kMilk;
  stock.When(command).ThenRefused(kBadName);
  command.location = kShop;
  stock.When(command).ThenRefused(kBadName);
  command.reason = "count";
  stock.When(command).ThenRefused(kBadScale);
  command.delta = {0, 1};
  stock.When(command).ThenRefused(kBadQuantity);
  command.delta = {-1, 1};
  stock.When(command).ThenRefused(kQuantityNotExact);
  command.delta = {-1, 0};
  for (const Bucket promised : {Bucket::kUnspecified, Bucket::kReserved, Bucket::kCommitted}) {
    command.bucket = promised;
    stock.When(command).ThenRefused(kBadBucket);
  }
  for (const Bucket empty : {Bucket::kDamaged, Bucket::kQualityControl, Bucket::kSafetyStock,
                             Bucket::kDisplay, Bucket::kIncoming}) {
    command.bucket = empty;
    stock.When(command).ThenRefused(kNotEnoughInBucket, {{"in_bucket", "0"}});
  }
  command.bucket = Bucket::kAvailable;
  stock.And(Received(-kFigureMax - 10)).When(command).ThenRefused(kFiguresOutOfRange);
}

TEST_CASE("A shortfall names whose units are missing: held before committed, the newest first",
          "[inventory]") {
  const auto made = [](const char* id, Quantity quantity, std::chrono::minutes ago) {
    StockReserved event = Held(quantity, {id});
    event.reserved_at = kNoon - ago;
    return event;
  };
  using std::chrono::minutes;
  Given stock(Received(20), made("old", 4, minutes{9}), made("paid", 5, minutes{1}),
              made("new", 3, minutes{2}), made("gone", 2, minutes{0}));
  stock.And(Committed(5, {"paid"}))
      .And(ReservationReleased{.id = {"gone"},
                               .sku = kMilk,
                               .lines = {Moved(2, {})},
                               .stage = hold::Stage::kReleased,
                               .from = Bucket::kReserved});
  const auto lost = [&](std::int64_t quantity, const std::vector<ReservationId>& affected) {
    const auto decision = stock.world().Decide(
        AdjustStock{kMilk, kShop, Bucket::kAvailable, {-quantity, 0}, "lost"}, kNoon);
    REQUIRE(decision.event.has_value());
    const auto& consequences = std::get<StockAdjusted>(*decision.event).consequences;
    REQUIRE(consequences.size() == 1);
    CHECK(std::get<StockShortfall>(consequences[0]).affected == affected);
  };
  lost(9, {{"new"}});
  lost(11, {{"new"}});
  lost(12, {{"new"}, {"old"}});
  lost(15, {{"new"}, {"old"}});
  lost(16, {{"new"}, {"old"}, {"paid"}});
  lost(99, {{"new"}, {"old"}, {"paid"}});
}

TEST_CASE("One event that leaves many SKUs short looks at some of their holds only",
          "[inventory]") {
  constexpr int kSkus = 100;
  constexpr int kCarts = 300;
  const auto lines = [](std::int64_t quantity) {
    std::vector<Line> all;
    for (int n = 0; n < kSkus; ++n) {
      all.push_back({{"sku " + std::to_string(n)}, kShop, {quantity, 0}});
    }
    return all;
  };
  CountedStock stock;
  std::vector<ReceiptLine> received;
  for (const Line& line : lines(kCarts)) received.push_back({line.sku, kShop, line.amount});
  stock.Do(ReceiveStock{.lines = received});
  for (int n = 0; n < kCarts; ++n) {
    stock.Do(ReserveStock{.id = {"cart " + std::to_string(n)},
                          .owner = "cart",
                          .lines = lines(1),
                          .hold_for = std::chrono::minutes{15}});
  }
  const Count sold = stock.Do(RecordSale{.device = {"till"},
                                         .sequence = 1,
                                         .occurred_at = omo::testing::kNoon,
                                         .lines = lines(kCarts)});
  // A hold is two reads, itself and its reservation. Of each SKU's, a hundred are looked at.
  CHECK(sold.reads < 2 * 100 * kSkus + 2 * 10'000);
  CHECK(sold.reads > 2 * 100 * kSkus);
}

}  // namespace omo::inventory
