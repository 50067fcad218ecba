#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

}  // namespace

TEST_CASE("ReceiveStock puts units where they can be sold", "[inventory]") {
  Given stock;
  stock
      .When(ReceiveStock{
          {{.sku = kMilk, .location = kShop, .amount = {10, 0}},
           {.sku = kMilk, .location = kShop, .amount = {50, 1}},
           {.sku = kMilk, .location = kShop, .amount = {1, 0}, .bucket = Bucket::kQualityControl}}})
      .Then(StockReceived{
          {{.sku = kMilk, .location = kShop, .quantity = 10, .after = {.on_hand = 10}},
           {.sku = kMilk, .location = kShop, .quantity = 5, .after = {.on_hand = 15}},
           {.sku = kMilk,
            .location = kShop,
            .quantity = 1,
            .after = {.on_hand = 16, .quality_control = 1},
            .bucket = Bucket::kQualityControl}}});
  CHECK(stock.world().units.rows[kMilk].moved);
}

TEST_CASE("ReceiveStock takes what arrived out of what was expected, never below zero",
          "[inventory]") {
  Given stock(StockAdjusted{
      .line = Moved(7, {}), .bucket = Bucket::kIncoming, .reason = "purchase order 12"});
  const ReceiptLine five{
      .sku = kMilk, .location = kShop, .amount = {5, 0}, .from_incoming = {5, 0}};
  stock.When(ReceiveStock{{five, five}})
      .Then(StockReceived{{{.sku = kMilk,
                            .location = kShop,
                            .quantity = 5,
                            .after = {.on_hand = 5, .incoming = 2},
                            .from_incoming = 5},
                           {.sku = kMilk,
                            .location = kShop,
                            .quantity = 5,
                            .after = {.on_hand = 10},
                            .from_incoming = 2}}});
}

TEST_CASE("ReceiveStock gives the reason that comes first", "[inventory]") {
  Given stock;
  ReceiveStock command;
  stock.When(command).ThenRefused(kBadLines);
  command.lines = std::vector<ReceiptLine>(101, {.bucket = Bucket::kReserved});
  stock.When(command).ThenRefused(kBadName);
  command.lines = {{.sku = kMilk, .amount = {-1, -1}, .bucket = Bucket::kReserved}};
  stock.When(command).ThenRefused(kBadName);
  ReceiptLine& line = command.lines[0];
  line.location = kShop;
  stock.When(command).ThenRefused(kBadScale);
  line.amount.scale = 0;
  line.from_incoming.scale = 10;
  stock.When(command).ThenRefused(kBadScale);
  line.from_incoming.scale = 0;
  stock.When(command).ThenRefused(kBadQuantity);
  line.amount.value = 1;
  line.from_incoming.value = -1;
  stock.When(command).ThenRefused(kBadQuantity);
  line.from_incoming = {5, 1};
  stock.When(command).ThenRefused(kQuantityNotExact);
  line.from_incoming = {};
  stock.When(command).ThenRefused(kBadBucket);
  line.bucket = Bucket::kIncoming;
  stock.When(command).ThenRefused(kBadBucket);
  line.bucket = Bucket::kAvailable;
  stock.And(Received(kFigureMax)).When(command).ThenRefused(kFiguresOutOfRange);
}

}  // namespace omo::inventory
