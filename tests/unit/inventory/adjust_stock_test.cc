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
      .Then(StockAdjusted{.line = Moved(-5, {.on_hand = 5, .reserved = 8}),
                          .reason = "fire",
                          .consequences = {StockShortfall{
                              .sku = kMilk, .location = kShop, .quantity = 3, .total = 3}}});
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

}  // namespace omo::inventory
