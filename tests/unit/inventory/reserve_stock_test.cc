#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;
using std::chrono::minutes;
using std::chrono::seconds;

ReserveStock Reserve(std::vector<Line> lines) {
  return {.id = kCart,
          .owner = "cart-1",
          .channel = "web",
          .lines = std::move(lines),
          .hold_for = minutes{15}};
}

}  // namespace

TEST_CASE("ReserveStock holds units for a time", "[inventory]") {
  Given(Received(10))
      .When(Reserve({Of(4)}))
      .Then(StockReserved{.id = kCart,
                          .owner = "cart-1",
                          .channel = "web",
                          .lines = {{.sku = kMilk,
                                     .location = kShop,
                                     .quantity = 4,
                                     .after = {.on_hand = 10, .reserved = 4},
                                     .ordered = 4}},
                          .reserved_at = kNoon,
                          .expires_at = kNoon + minutes{15}});
}

TEST_CASE("ReserveStock takes lines of several SKUs and places at once or not at all",
          "[inventory]") {
  Given stock(Received(10), Received(5, kDepot), Received(2, kShop, kBread));
  stock.When(Reserve({Of(10), Of(6, kDepot), Of(3, kShop, kBread)}))
      .ThenRefused(kNotEnoughAvailable, {{"sku", "milk"},
                                         {"location", "depot"},
                                         {"ordered", "6"},
                                         {"available", "5"},
                                         {"sku.1", "bread"},
                                         {"location.1", "shop"},
                                         {"ordered.1", "3"},
                                         {"available.1", "2"}});
  StockReserved all = Held(10);
  all.lines = {{.sku = kMilk,
                .location = kShop,
                .quantity = 10,
                .after = {.on_hand = 10, .reserved = 10},
                .ordered = 10},
               {.sku = kBread,
                .location = kShop,
                .quantity = 2,
                .after = {.on_hand = 2, .reserved = 2},
                .ordered = 2}};
  stock.When(Reserve({Of(10), Of(2, kShop, kBread)})).Then(all);
}

TEST_CASE("ReserveStock with allow_partial gives what there is and names what is short",
          "[inventory]") {
  ReserveStock command = Reserve({Of(12), Of(1, kDepot)});
  command.allow_partial = true;
  StockReserved partly = Held(10);
  partly.lines = {{.sku = kMilk,
                   .location = kShop,
                   .quantity = 10,
                   .after = {.on_hand = 10, .reserved = 10},
                   .ordered = 12},
                  {.sku = kMilk, .location = kDepot, .quantity = 0, .ordered = 1}};
  Given(Received(10)).When(command).Then(partly).When(command).ThenNothing();
  Given().When(command).ThenRefused(kNotEnoughAvailable);
}

TEST_CASE("ReserveStock has nothing to give where more was sold than was there", "[inventory]") {
  ReserveStock command = Reserve({Of(1), Of(1, kDepot)});
  command.allow_partial = true;
  StockReserved partly = Held(1);
  partly.lines = {{.sku = kMilk, .location = kShop, .quantity = 0, .ordered = 1},
                  {.sku = kMilk, .location = kDepot, .quantity = 1, .ordered = 1}};
  partly.lines[0].after = {.on_hand = -3};
  partly.lines[1].after = {.on_hand = 5, .reserved = 1};
  Given(SaleRecorded{.device = {"till"}, .sequence = 1, .lines = {Moved(3, {})}},
        Received(5, kDepot))
      .When(command)
      .Then(partly);
}

TEST_CASE("ReserveStock of a known id gives the first outcome to the same lines only",
          "[inventory]") {
  Given stock(Received(10), Held(4));
  stock.When(Reserve({Of(4)})).ThenNothing();
  stock.When(Reserve({Of(1), Of(3)})).ThenNothing();
  stock.When(Reserve({Of(5)})).ThenRefused(kReservationIdInUse);
  stock.When(Reserve({Of(4), Of(1, kDepot)})).ThenRefused(kReservationIdInUse);
  stock.And(ReservationExpired{kCart, {Moved(4, {})}});
  stock.When(Reserve({Of(4)})).ThenNothing();
}

TEST_CASE("ReserveStock gives the reason that comes first", "[inventory]") {
  Given stock(
      Received(10), Held(7, {"other"}),
      ReservationReleased{.id = {"cancelled"}, .sku = kMilk, .stage = hold::Stage::kCancelled});
  ReserveStock command{.id = {""}, .owner = "", .channel = kTooLong};  // All wrong.
  stock.When(command).ThenRefused(kBadName);
  command.id = {"cancelled"};
  stock.When(command).ThenRefused(kBadName);
  command.owner = "cart-1";
  stock.When(command).ThenRefused(kBadName);
  command.channel = {"web"};
  stock.When(command).ThenRefused(kBadLines);
  command.lines = std::vector<Line>(101, Of(0, {""}, kMilk, 10));
  stock.When(command).ThenRefused(kBadName);
  command.lines = std::vector<Line>(101, Of(0, kShop, {kTooLong}, 10));
  stock.When(command).ThenRefused(kBadName);
  command.lines = std::vector<Line>(101, Of(0, kShop, kMilk, 10));
  stock.When(command).ThenRefused(kBadLines);
  command.lines = {Of(0, kShop, kMilk, 10)};
  stock.When(command).ThenRefused(kBadScale);
  command.lines = {Of(25, kShop, kMilk, 1), Of(0)};
  stock.When(command).ThenRefused(kBadQuantity);
  command.lines = {Of(kQuantityMax + 1)};
  stock.When(command).ThenRefused(kBadQuantity);
  command.lines = {Of(25, kShop, kMilk, 1)};
  stock.When(command).ThenRefused(kQuantityNotExact, {{"sku", "milk"}, {"scale", "0"}});
  command.lines = {Of(2), Of(20, kShop, kMilk, 1)};
  stock.When(command).ThenRefused(kBadHold);
  command.hold_for = seconds{14'401};
  stock.When(command).ThenRefused(kBadHold);
  command.hold_for = seconds{14'400};
  stock.When(command).ThenRefused(kReservationCancelled);
  command.id = {"other"};
  stock.When(command).ThenRefused(kReservationIdInUse);
  command.id = kCart;  // 2 and 2 are 4: lines are summed before they are checked.
  stock.When(command).ThenRefused(kNotEnoughAvailable);
  command.lines = {Of(2), Of(10, kShop, kMilk, 1)};
  StockReserved held = Held(3);
  held.expires_at = kNoon + seconds{14'400};
  held.lines[0].after = {.on_hand = 10, .reserved = 10};
  stock.When(command).Then(held);
}

}  // namespace omo::inventory
