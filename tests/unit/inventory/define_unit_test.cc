#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

}  // namespace

TEST_CASE("DefineUnit lets a SKU be counted in parts, converted exactly", "[inventory]") {
  Given stock;
  stock.When(DefineUnit{.sku = kMilk, .unit = "kg", .scale = 3})
      .Then(UnitDefined{.sku = kMilk, .unit = "kg", .scale = 3});
  stock.When(ReceiveStock{{{.sku = kMilk, .location = kShop, .amount = {125, 2}}}})
      .Then(StockReceived{{{.sku = kMilk,
                            .location = kShop,
                            .quantity = 1250,
                            .scale = 3,
                            .after = {.on_hand = 1250}}}});
  stock.When(ReceiveStock{{{.sku = kMilk, .location = kShop, .amount = {12505, 4}}}})
      .ThenRefused(kQuantityNotExact, {{"sku", "milk"}, {"scale", "3"}});
}

TEST_CASE("DefineUnit of the same unit does nothing", "[inventory]") {
  const UnitDefined kilogram{.sku = kMilk, .unit = "kg", .scale = 3};
  Given(kilogram, Received(1)).When(DefineUnit{kMilk, "kg", 3}).ThenNothing();
}

TEST_CASE("DefineUnit may rename the unit of what has moved", "[inventory]") {
  Given(UnitDefined{.sku = kMilk, .unit = "kg", .scale = 3}, Received(1))
      .When(DefineUnit{kMilk, "kilogram", 3})
      .Then(UnitDefined{.sku = kMilk, .unit = "kilogram", .scale = 3});
}

TEST_CASE("DefineUnit gives the reason that comes first", "[inventory]") {
  Given stock(Received(1));
  DefineUnit command{.sku = {""}, .unit = "", .scale = 10};
  stock.When(command).ThenRefused(kBadName);
  command.sku = kMilk;
  stock.When(command).ThenRefused(kBadName);
  command.unit = "kg";
  stock.When(command).ThenRefused(kBadScale);
  command.scale = -1;
  stock.When(command).ThenRefused(kBadScale);
  command.scale = 3;
  stock.When(command).ThenRefused(kScaleFixed, {{"scale", "0"}});
  command.scale = 0;
  stock.When(command).Then(UnitDefined{.sku = kMilk, .unit = "kg", .scale = 0});
}

}  // namespace omo::inventory
