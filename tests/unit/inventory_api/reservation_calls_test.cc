// Reservations through the door: from a hold to its end.
#include "tests/support/wait.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

std::string Reserve(const std::string& id, std::int64_t quantity, const std::string& more = "") {
  return "reservation_id: '" + id +
         "' owner: 'cart-1' hold_seconds: 600"
         " lines { sku: 'milk' location: 'shop' quantity { value: " +
         std::to_string(quantity) + " } } " + more;
}

std::string Of(const std::string& id) { return "reservation_id: '" + id + "' sku: 'milk' "; }

std::string Milk(std::int64_t quantity) {
  return "lines { sku: 'milk' location: 'shop' quantity { value: " + std::to_string(quantity) +
         " } } ";
}

Metadata Manager() {
  Metadata metadata = InventoryDoor::Staff();
  metadata["omo-role"] = "manager";
  return metadata;
}

}  // namespace

TEST_CASE("ReserveStock keeps units aside until a time", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  const std::int64_t before = ToMillis(shard::WallNow());
  const auto answer = door.Ask(&Commands::ReserveStock, Reserve("r1", 4));
  REQUIRE(answer.status.ok());
  CHECK(answer.response.reservation_id() == "r1");
  CHECK(answer.response.expires_at_ms() >= before + 600'000);
  CHECK(answer.response.expires_at_ms() <= ToMillis(shard::WallNow()) + 600'000);
  REQUIRE(answer.response.lines_size() == 1);
  CHECK(answer.response.lines(0).quantity() == 4);
  CHECK(answer.response.lines(0).figures().reserved() == 4);
  CHECK(answer.response.lines(0).figures().available() == 6);
}

TEST_CASE("ReserveStock refuses what is not there, and says what is", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 3);
  const auto refused = door.Ask(&Commands::ReserveStock, Reserve("r1", 4));
  CHECK(refused.status.error_code() == grpc::FAILED_PRECONDITION);
  CHECK(refused.reason() == "NOT_ENOUGH_AVAILABLE");
  CHECK(refused.error().Find("sku") == "milk");
  CHECK(refused.error().Find("ordered") == "4");
  CHECK(refused.error().Find("available") == "3");

  const auto partial = door.Ask(&Commands::ReserveStock, Reserve("r1", 4, "allow_partial: true"));
  REQUIRE(partial.status.ok());
  CHECK(partial.response.lines(0).ordered() == 4);
  CHECK(partial.response.lines(0).quantity() == 3);
}

TEST_CASE("a hundred lines that cannot be had are refused as one, whatever they are called",
          "[inventory_api]") {
  InventoryDoor door;
  const auto ask = [](std::int64_t quantity) {
    std::string lines;
    for (int i = 0; i < 100; ++i) {
      lines += "lines { sku: 'milk' location: '" + std::to_string(i) + std::string(120, 's') +
               "' quantity { value: " + std::to_string(quantity) + " } } ";
    }
    return "reservation_id: 'r1' owner: 'cart-1' hold_seconds: 600 " + lines;
  };
  const auto refused = door.Ask(&Commands::ReserveStock, ask(1));
  CHECK(refused.status.error_code() == grpc::FAILED_PRECONDITION);
  CHECK(refused.reason() == "NOT_ENOUGH_AVAILABLE");
  CHECK(refused.error().Find("location.9").starts_with("9s"));
  CHECK_FALSE(refused.error().Find("left_out").empty());

  const auto bad = door.Ask(&Commands::ReserveStock, ask(0));
  CHECK(bad.status.error_code() == grpc::INVALID_ARGUMENT);
  CHECK(bad.error().field_errors.size() > 20);
}

TEST_CASE("a reservation id gets its first outcome again, whatever became of it",
          "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 3);
  const std::string ask = Reserve("r1", 4, "allow_partial: true");
  const auto first = door.Ask(&Commands::ReserveStock, ask);
  REQUIRE(first.status.ok());
  REQUIRE(door.Ask(&Commands::ReleaseReservation, Of("r1")).status.ok());

  const auto again = door.Ask(&Commands::ReserveStock, ask);
  REQUIRE(again.status.ok());
  CHECK(again.response.duplicate());
  CHECK(again.response.expires_at_ms() == first.response.expires_at_ms());
  CHECK(again.response.lines(0).ordered() == 4);
  CHECK(again.response.lines(0).quantity() == 3);
  CHECK_FALSE(again.response.lines(0).has_figures());

  const auto other = door.Ask(&Commands::ReserveStock, Reserve("r1", 2));
  CHECK(other.status.error_code() == grpc::ALREADY_EXISTS);
  CHECK(other.reason() == "RESERVATION_ID_IN_USE");
}

TEST_CASE("ExtendReservation moves the end of a live hold", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  const auto held = door.Ask(&Commands::ReserveStock, Reserve("r1", 4));
  const auto longer = door.Ask(&Commands::ExtendReservation, Of("r1") + "hold_seconds: 1200");
  REQUIRE(longer.status.ok());
  CHECK(longer.response.extensions() == 1);
  CHECK(longer.response.expires_at_ms() >= held.response.expires_at_ms() + 600'000);
  const auto shorter = door.Ask(&Commands::ExtendReservation, Of("r1") + "hold_seconds: 60");
  CHECK(shorter.reason() == "HOLD_NOT_LONGER");
  const auto unknown = door.Ask(&Commands::ExtendReservation, Of("r2") + "hold_seconds: 60");
  CHECK(unknown.status.error_code() == grpc::NOT_FOUND);
  CHECK(unknown.reason() == "RESERVATION_NOT_FOUND");
}

TEST_CASE("CommitReservation turns a hold into a commitment", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  REQUIRE(door.Ask(&Commands::ReserveStock, Reserve("r1", 4)).status.ok());
  const auto answer = door.Ask(&Commands::CommitReservation, Of("r1") + "owner: 'order-1'");
  REQUIRE(answer.status.ok());
  CHECK(answer.response.state() == v1::RESERVATION_STATE_COMMITTED);
  CHECK(answer.response.lines(0).figures().committed() == 4);
  CHECK(answer.response.lines(0).figures().reserved() == 0);

  const auto again = door.Ask(&Commands::CommitReservation, Of("r1"));
  REQUIRE(again.status.ok());
  CHECK(again.response.duplicate());
  CHECK(again.response.state() == v1::RESERVATION_STATE_COMMITTED);
  CHECK(again.response.lines(0).quantity() == 4);
}

TEST_CASE("FulfilReservation hands over a part, then the rest", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  REQUIRE(door.Ask(&Commands::ReserveStock, Reserve("r1", 4)).status.ok());
  CHECK(door.Ask(&Commands::FulfilReservation, Of("r1")).reason() == "RESERVATION_NOT_COMMITTED");
  REQUIRE(door.Ask(&Commands::CommitReservation, Of("r1")).status.ok());

  const auto part = door.Ask(&Commands::FulfilReservation, Of("r1") + Milk(1));
  REQUIRE(part.status.ok());
  CHECK(part.response.state() == v1::RESERVATION_STATE_PARTLY_FULFILLED);
  CHECK(part.response.lines(0).figures().on_hand() == 9);
  const auto rest = door.Ask(&Commands::FulfilReservation, Of("r1"));
  REQUIRE(rest.status.ok());
  CHECK(rest.response.state() == v1::RESERVATION_STATE_FULFILLED);
  CHECK(rest.response.lines(0).quantity() == 3);

  const auto again = door.Ask(&Commands::FulfilReservation, Of("r1"));
  REQUIRE(again.status.ok());
  CHECK(again.response.duplicate());
  CHECK(again.response.lines(0).quantity() == 4);
  CHECK(again.response.state() == v1::RESERVATION_STATE_FULFILLED);
}

TEST_CASE("more than is open leaves only by a manager's word", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 5);
  REQUIRE(door.Ask(&Commands::ReserveStock, Reserve("r1", 4)).status.ok());
  REQUIRE(door.Ask(&Commands::CommitReservation, Of("r1")).status.ok());
  const std::string more = Of("r1") + Milk(6);
  CHECK(door.Ask(&Commands::FulfilReservation, more, Manager()).reason() == "MORE_THAN_OPEN");
  const auto staff = door.Ask(&Commands::FulfilReservation, more + "over_fulfil: true");
  CHECK(staff.status.error_code() == grpc::PERMISSION_DENIED);
  CHECK(staff.reason() == "NOT_PERMITTED");
  const auto manager =
      door.Ask(&Commands::FulfilReservation, more + "over_fulfil: true", Manager());
  REQUIRE(manager.status.ok());
  CHECK(manager.response.lines(0).figures().on_hand() == -1);
  REQUIRE(manager.response.shortfalls_size() == 1);
  CHECK(manager.response.shortfalls(0).quantity() == 1);
}

TEST_CASE("ReleaseReservation gives units back, and cancels what is not made yet",
          "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  REQUIRE(door.Ask(&Commands::ReserveStock, Reserve("r1", 4)).status.ok());
  const auto part = door.Ask(&Commands::ReleaseReservation, Of("r1") + Milk(1));
  REQUIRE(part.status.ok());
  CHECK(part.response.state() == v1::RESERVATION_STATE_HELD);
  CHECK(part.response.lines(0).figures().available() == 7);
  const auto rest = door.Ask(&Commands::ReleaseReservation, Of("r1"));
  CHECK(rest.response.state() == v1::RESERVATION_STATE_RELEASED);
  const auto again = door.Ask(&Commands::ReleaseReservation, Of("r1"));
  REQUIRE(again.status.ok());
  CHECK(again.response.duplicate());
  CHECK(again.response.lines_size() == 0);
  CHECK(again.response.state() == v1::RESERVATION_STATE_RELEASED);

  const auto early = door.Ask(&Commands::ReleaseReservation, Of("r2"));
  REQUIRE(early.status.ok());
  CHECK(early.response.state() == v1::RESERVATION_STATE_CANCELLED);
  const auto late = door.Ask(&Commands::ReserveStock, Reserve("r2", 1));
  CHECK(late.status.error_code() == grpc::FAILED_PRECONDITION);
  CHECK(late.reason() == "RESERVATION_CANCELLED");
}

TEST_CASE("TransferReservation keeps units at another location", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  door.Receive("milk", "depot", 1);
  REQUIRE(door.Ask(&Commands::ReserveStock, Reserve("r1", 4)).status.ok());
  REQUIRE(door.Ask(&Commands::CommitReservation, Of("r1")).status.ok());
  const std::string transfer =
      "reservation_id: 'r1' lines { sku: 'milk' from_location: 'shop' to_location: 'depot'"
      " quantity { value: 3 } } ";
  CHECK(door.Ask(&Commands::TransferReservation, transfer).reason() == "NOT_ENOUGH_AVAILABLE");
  const std::string anyway = transfer + "ignore_availability_check: true";
  CHECK(door.Ask(&Commands::TransferReservation, anyway).reason() == "NOT_PERMITTED");

  const auto answer = door.Ask(&Commands::TransferReservation, anyway, Manager());
  REQUIRE(answer.status.ok());
  REQUIRE(answer.response.lines_size() == 2);
  CHECK(answer.response.lines(0).location() == "shop");
  CHECK(answer.response.lines(0).quantity() == -3);
  CHECK(answer.response.lines(0).figures().committed() == 1);
  CHECK(answer.response.lines(1).location() == "depot");
  CHECK(answer.response.lines(1).quantity() == 3);
  CHECK(answer.response.lines(1).figures().available() == -2);
  CHECK(answer.response.shortfalls(0).quantity() == 2);
  CHECK(answer.response.state() == v1::RESERVATION_STATE_COMMITTED);
}

TEST_CASE("MarkReservationShort says what cannot be delivered", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  REQUIRE(door.Ask(&Commands::ReserveStock, Reserve("r1", 4)).status.ok());
  REQUIRE(door.Ask(&Commands::CommitReservation, Of("r1")).status.ok());
  const auto answer = door.Ask(&Commands::MarkReservationShort,
                               "reservation_id: 'r1' reason: 'not found' " + Milk(1));
  REQUIRE(answer.status.ok());
  CHECK(answer.response.state() == v1::RESERVATION_STATE_SHORT);
  CHECK(answer.response.lines(0).quantity() == 1);
  const auto state = door.Ask(&Queries::GetReservation, Of("r1"));
  CHECK(state.response.reservation().lines(0).short_quantity() == 1);
  CHECK(state.response.reservation().state() == answer.response.state());
}

TEST_CASE("a hold ends by itself, and cannot be committed after that", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  const auto held = door.Ask(&Commands::ReserveStock,
                             "reservation_id: 'r1' owner: 'cart-1' hold_seconds: 1 " + Milk(4));
  REQUIRE(held.status.ok());
  REQUIRE(testing::WaitUntil([&] { return door.FiguresOf("milk", "shop").available() == 10; }));
  // Neither before its end nor some minutes later.
  const std::int64_t free_at_ms = ToMillis(shard::WallNow());
  CHECK(free_at_ms >= held.response.expires_at_ms());
  CHECK(free_at_ms <= held.response.expires_at_ms() + 2'000);
  const auto found = door.Ask(&Queries::GetReservation, Of("r1"));
  CHECK(found.response.reservation().state() == v1::RESERVATION_STATE_EXPIRED);
  const auto late = door.Ask(&Commands::CommitReservation, Of("r1"));
  CHECK(late.status.error_code() == grpc::FAILED_PRECONDITION);
  CHECK(late.reason() == "RESERVATION_EXPIRED");
}

}  // namespace omo::inventory
