#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

TransferReservation Transfer(std::int64_t value, const LocationId& from = kShop,
                             const LocationId& to = kDepot) {
  return {.id = kCart, .lines = {{.sku = kMilk, .from = from, .to = to, .amount = {value, 0}}}};
}

TransferredLine Kept(Quantity quantity, const Figures& from_after, const Figures& to_after) {
  return {.sku = kMilk,
          .from = kShop,
          .to = kDepot,
          .quantity = quantity,
          .from_after = from_after,
          .to_after = to_after};
}

}  // namespace

TEST_CASE("TransferReservation keeps units elsewhere, and moves nothing physically",
          "[inventory]") {
  Given stock(Received(4), Received(3, kDepot), Held(4), Committed(4));
  stock.When(Transfer(3))
      .Then(ReservationTransferred{
          .id = kCart,
          .lines = {Kept(3, {.on_hand = 4, .committed = 1}, {.on_hand = 3, .committed = 3})},
          .stage = hold::Stage::kCommitted});
  const Reservation& row = stock.world().reservations.rows[kCart];
  CHECK(row.Line(kMilk, kShop)->units == hold::Units{.held = 1});
  CHECK(row.Line(kMilk, kDepot)->units == hold::Units{.held = 3});
  CHECK(row.Line(kMilk, kDepot)->ordered == 0);
}

TEST_CASE("TransferReservation of what is short makes it whole again", "[inventory]") {
  Given stock(Received(4), Received(4, kDepot), Held(4), Committed(4),
              ReservationMarkedShort{.id = kCart, .lines = {Moved(2, {})}, .reason = "broken"});
  stock.When(Transfer(1))
      .Then(ReservationTransferred{
          .id = kCart,
          .lines = {Kept(1, {.on_hand = 4, .committed = 3}, {.on_hand = 4, .committed = 1})},
          .stage = hold::Stage::kShort});
  stock.When(Transfer(1))
      .Then(ReservationTransferred{
          .id = kCart,
          .lines = {Kept(1, {.on_hand = 4, .committed = 2}, {.on_hand = 4, .committed = 2})},
          .stage = hold::Stage::kCommitted});
}

TEST_CASE("TransferReservation takes several lines one after the other", "[inventory]") {
  TransferReservation command = Transfer(2);
  command.lines.push_back({.sku = kMilk, .from = kDepot, .to = {"annex"}, .amount = {3, 0}});
  Given stock(Received(4), Received(5, kDepot), Received(5, {"annex"}), Held(4), Committed(4));
  stock.When(command).ThenRefused(kMoreThanOpen, {{"sku", "milk"}, {"open", "2"}});
  command.lines[1].amount = {2, 0};
  TransferredLine onwards = Kept(2, {.on_hand = 5}, {.on_hand = 5, .committed = 2});
  onwards.from = kDepot;
  onwards.to = {"annex"};
  stock.When(command).Then(ReservationTransferred{
      .id = kCart,
      .lines = {Kept(2, {.on_hand = 4, .committed = 2}, {.on_hand = 5, .committed = 2}), onwards},
      .stage = hold::Stage::kCommitted});
}

TEST_CASE("TransferReservation beyond what is available needs a role, and is a shortfall",
          "[inventory]") {
  Given stock(Received(4), Received(1, kDepot), Held(4), Committed(4));
  TransferReservation command = Transfer(3);
  stock.When(command).ThenRefused(
      kNotEnoughAvailable,
      {{"sku", "milk"}, {"location", "depot"}, {"ordered", "3"}, {"available", "1"}});
  command.ignore_availability = true;
  stock.When(command).ThenRefused(kNotPermitted);
  command.may_override = true;
  stock.When(command).Then(ReservationTransferred{
      .id = kCart,
      .lines = {Kept(3, {.on_hand = 4, .committed = 1}, {.on_hand = 1, .committed = 3})},
      .consequences = {StockShortfall{
          .sku = kMilk, .location = kDepot, .quantity = 2, .total = 2, .affected = {{"r1"}}}},
      .stage = hold::Stage::kCommitted});
}

TEST_CASE("TransferReservation gives the reason that comes first", "[inventory]") {
  Given stock(Received(20), Held(4), Held(4, {"committed"}), Committed(4, {"committed"}),
              ReservationReleased{.id = {"cancelled"}, .sku = kMilk});
  TransferReservation command{.ignore_availability = true};
  stock.When(command).ThenRefused(kBadName);
  command.id = {"unknown"};
  stock.When(command).ThenRefused(kBadLines);
  command.lines = std::vector<TransferLine>(101, {.amount = {0, 10}});
  stock.When(command).ThenRefused(kBadName);
  command.lines = {{.sku = kMilk, .from = kDepot, .amount = {0, 10}}};
  stock.When(command).ThenRefused(kBadName);
  TransferLine& line = command.lines[0];
  line.to = kDepot;
  stock.When(command).ThenRefused(kBadScale);
  line.amount.scale = 1;
  stock.When(command).ThenRefused(kBadQuantity);
  line.amount.value = 5;
  stock.When(command).ThenRefused(kQuantityNotExact);
  line.amount = {5, 0};
  stock.When(command).ThenRefused(kSamePlace);
  line.to = kShop;
  stock.When(command).ThenRefused(kNotPermitted);
  command.may_override = true;
  stock.When(command).ThenRefused(kReservationNotFound);
  command.id = {"cancelled"};
  stock.When(command).ThenRefused(kReservationCancelled);
  command.id = kCart;
  stock.When(command).ThenRefused(kReservationNotCommitted);
  command.id = {"committed"};
  stock.When(command).ThenRefused(kLineNotFound);
  std::swap(line.from, line.to);
  stock.When(command).ThenRefused(kMoreThanOpen);
  line.amount.value = 4;
  command.ignore_availability = false;
  stock.When(command).ThenRefused(kNotEnoughAvailable);
}

}  // namespace omo::inventory
