#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

}  // namespace

TEST_CASE("MoveStockState conserves what is on hand", "[inventory]") {
  Given(Received(10))
      .When(MoveStockState{.sku = kMilk,
                           .location = kShop,
                           .from = Bucket::kAvailable,
                           .to = Bucket::kDisplay,
                           .amount = {2, 0},
                           .reason = "window"})
      .Then(StockStateMoved{.line = Moved(2, {.on_hand = 10, .display = 2}),
                            .from = Bucket::kAvailable,
                            .to = Bucket::kDisplay,
                            .reason = "window"})
      .When(MoveStockState{.sku = kMilk,
                           .location = kShop,
                           .from = Bucket::kDisplay,
                           .to = Bucket::kDamaged,
                           .amount = {1, 0}})
      .Then(StockStateMoved{.line = Moved(1, {.on_hand = 10, .damaged = 1, .display = 1}),
                            .from = Bucket::kDisplay,
                            .to = Bucket::kDamaged});
}

TEST_CASE("MoveStockState takes no more out of a state than is in it", "[inventory]") {
  MoveStockState command{.sku = kMilk,
                         .location = kShop,
                         .from = Bucket::kAvailable,
                         .to = Bucket::kSafetyStock,
                         .amount = {3, 0}};
  Given stock(Received(10), Held(8));
  stock.When(command).ThenRefused(kNotEnoughInBucket, {{"in_bucket", "2"}});
  command.amount = {2, 0};
  stock.When(command).Then(
      StockStateMoved{.line = Moved(2, {.on_hand = 10, .reserved = 8, .safety_stock = 2}),
                      .from = Bucket::kAvailable,
                      .to = Bucket::kSafetyStock});
}

TEST_CASE("MoveStockState gives the reason that comes first", "[inventory]") {
  Given stock;
  MoveStockState command{.amount = {0, -1}, .reason = std::string(1001, 'x')};
  stock.When(command).ThenRefused(kBadName);
  command.sku = kMilk;
  stock.When(command).ThenRefused(kBadName);
  command.location = kShop;
  stock.When(command).ThenRefused(kBadName);
  command.reason.pop_back();
  stock.When(command).ThenRefused(kBadScale);
  command.amount = {0, 0};
  stock.When(command).ThenRefused(kBadQuantity);
  command.amount = {1, 1};
  stock.When(command).ThenRefused(kQuantityNotExact);
  command.amount = {1, 0};
  for (const Bucket other :
       {Bucket::kUnspecified, Bucket::kReserved, Bucket::kCommitted, Bucket::kIncoming}) {
    command.from = other;
    command.to = Bucket::kDamaged;
    stock.When(command).ThenRefused(kBadBucket);
    std::swap(command.from, command.to);
    stock.When(command).ThenRefused(kBadBucket);
  }
  command.from = command.to = Bucket::kDamaged;
  stock.When(command).ThenRefused(kSamePlace);
  command.to = Bucket::kAvailable;
  stock.When(command).ThenRefused(kNotEnoughInBucket);
}

}  // namespace omo::inventory
