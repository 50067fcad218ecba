#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

SetStock To(std::int64_t on_hand, std::optional<std::int64_t> expected_from) {
  SetStock command{.sku = kMilk, .location = kShop, .on_hand = {on_hand, 0}, .reason = "count"};
  if (expected_from) command.expected_from = Amount{*expected_from, 0};
  return command;
}

}  // namespace

TEST_CASE("SetStock sets what is on hand, and available follows", "[inventory]") {
  Given(Received(10), Held(4))
      .When(To(12, 10))
      .Then(StockAdjusted{.line = Moved(2, {.on_hand = 12, .reserved = 4}), .reason = "count"})
      .When(To(7, 12))
      .Then(StockAdjusted{.line = Moved(-5, {.on_hand = 7, .reserved = 4}), .reason = "count"});
}

TEST_CASE("SetStock below what is promised is a fact, and names what is missing", "[inventory]") {
  Given(Received(10), Held(8))
      .When(To(5, 10))
      .Then(StockAdjusted{
          .line = Moved(-5, {.on_hand = 5, .reserved = 8}),
          .reason = "count",
          .consequences = {StockShortfall{
              .sku = kMilk, .location = kShop, .quantity = 3, .total = 3, .affected = {{"r1"}}}}});
}

TEST_CASE("SetStock of two who counted from the same figure lets one through", "[inventory]") {
  Given(Received(10))
      .When(To(9, 10))
      .Then(StockAdjusted{.line = Moved(-1, {.on_hand = 9}), .reason = "count"})
      .When(To(11, 10))
      .ThenRefused(kStale, {{"on_hand", "9"}, {"scale", "0"}});
}

TEST_CASE("SetStock without an expectation sets whatever it was", "[inventory]") {
  Given(Received(10))
      .When(To(3, std::nullopt))
      .Then(StockAdjusted{.line = Moved(-7, {.on_hand = 3}), .reason = "count"});
}

TEST_CASE("SetStock of what is so already is recorded, unless it was taken for another",
          "[inventory]") {
  const StockAdjusted same{.line = Moved(0, {.on_hand = 10}), .reason = "count"};
  Given stock(Received(10));
  stock.When(To(10, 10)).Then(same);
  stock.When(To(10, std::nullopt)).Then(same);
  stock.When(To(10, 9)).ThenRefused(kStale, {{"on_hand", "10"}, {"scale", "0"}});
}

TEST_CASE("SetStock counts from a figure below zero, too", "[inventory]") {
  Given(Received(-2))
      .When(To(4, -2))
      .Then(StockAdjusted{.line = Moved(6, {.on_hand = 4}), .reason = "count"});
}

TEST_CASE("SetStock gives the reason that comes first", "[inventory]") {
  Given stock(Received(10));
  SetStock command{.on_hand = {0, 10}, .expected_from = Amount{0, 10}};
  stock.When(command).ThenRefused(kBadName);
  command.sku = kMilk;
  stock.When(command).ThenRefused(kBadName);
  command.location = kShop;
  stock.When(command).ThenRefused(kBadName);
  command.reason = "count";
  stock.When(command).ThenRefused(kBadScale);
  command.on_hand = {-1, 0};
  stock.When(command).ThenRefused(kBadScale);  // Of what was expected.
  command.expected_from = Amount{5, 1};
  stock.When(command).ThenRefused(kBadQuantity);
  command.on_hand = {1, 0};
  stock.When(command).ThenRefused(kQuantityNotExact);
  command.expected_from = Amount{1, 0};
  stock.When(command).ThenRefused(kStale, {{"on_hand", "10"}, {"scale", "0"}});
}

}  // namespace omo::inventory
