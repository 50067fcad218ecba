#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;
using std::chrono::minutes;

RecordSale Sell(std::vector<Line> lines, std::int64_t sequence = 1) {
  return {.device = {"till-7"},
          .sequence = sequence,
          .occurred_at = kNoon - minutes{60},
          .lines = std::move(lines)};
}

// What is told apart by a hash is compared without it.
SaleRecorded Sold(const RecordSale& command, std::vector<StockLine> lines,
                  std::vector<Consequence> consequences = {}) {
  MemoryInventory other;
  const auto decision = other.Decide(command, kNoon);
  return {.device = command.device,
          .sequence = command.sequence,
          .lines = std::move(lines),
          .consequences = std::move(consequences),
          .content_hash = std::get<SaleRecorded>(*decision.event).content_hash,
          .occurred_at = command.occurred_at};
}

}  // namespace

TEST_CASE("RecordSale takes units off the shelf at once", "[inventory]") {
  Given stock(Received(10));
  const RecordSale command = Sell({Of(1), Of(2)});
  stock.When(command).Then(Sold(command, {Moved(3, {.on_hand = 7})}));
}

TEST_CASE("RecordSale of what the ledger does not have names the missing units", "[inventory]") {
  Given stock(Received(2));
  const RecordSale first = Sell({Of(3)});
  stock.When(first).Then(
      Sold(first, {Moved(3, {.on_hand = -1})},
           {StockShortfall{.sku = kMilk, .location = kShop, .quantity = 1, .total = 1}}));
  const RecordSale second = Sell({Of(2)}, 2);
  stock.When(second).Then(
      Sold(second, {Moved(2, {.on_hand = -3})},
           {StockShortfall{.sku = kMilk, .location = kShop, .quantity = 2, .total = 3}}));
}

TEST_CASE("RecordSale of units that others hold names what their holds lack", "[inventory]") {
  Given stock(Received(4), Held(4));
  const RecordSale command = Sell({Of(1)});
  stock.When(command).Then(
      Sold(command, {Moved(1, {.on_hand = 3, .reserved = 4})},
           {StockShortfall{
               .sku = kMilk, .location = kShop, .quantity = 1, .total = 1, .affected = {kCart}}}));
}

TEST_CASE("RecordSale happens once for a till's number, for life", "[inventory]") {
  Given stock(Received(10));
  const RecordSale command = Sell({Of(1)});
  stock.When(command).Then(Sold(command, {Moved(1, {.on_hand = 9})}));
  stock.At(kNoon + std::chrono::hours{24 * 365}).When(command).ThenNothing();
  stock.When(Sell({Of(2)})).ThenRefused(kSaleIdInUse);
  RecordSale later = command;
  later.occurred_at += minutes{1};
  stock.When(later).ThenRefused(kSaleIdInUse);
}

TEST_CASE("RecordSale gives the reason that comes first", "[inventory]") {
  Given stock(SaleRecorded{.device = {"till-7"}, .sequence = 1, .lines = {Moved(1, {})}});
  RecordSale command{.device = {""}, .sequence = -1, .occurred_at = kNoon + minutes{11}};
  stock.When(command).ThenRefused(kBadName);
  command.device = {"till-7"};
  stock.When(command).ThenRefused(kBadLines);
  command.lines = {Of(1)};
  stock.When(command).ThenRefused(kBadQuantity);
  command.sequence = 1;
  stock.When(command).ThenRefused(kOccurredInFuture);
  command.occurred_at = kNoon + minutes{10};
  stock.When(command).ThenRefused(kSaleIdInUse);
  command.sequence = 2;
  stock.And(StockAdjusted{.line = Moved(-kFigureMax, {}), .reason = "as low as it gets"});
  stock.When(command).ThenRefused(kFiguresOutOfRange);
}

}  // namespace omo::inventory
