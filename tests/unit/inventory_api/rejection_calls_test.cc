// Rejections through the door: a store that cannot deliver, and what its reason does to stock.
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

// `id` has `quantity` milk at the shop, committed.
void Commit(InventoryDoor& door, const std::string& id, std::int64_t quantity) {
  REQUIRE(door.Ask(&Commands::ReserveStock,
                   "reservation_id: '" + id +
                       "' owner: 'cart' hold_seconds: 600"
                       " lines { sku: 'milk' location: 'shop' quantity { value: " +
                       std::to_string(quantity) + " } }")
              .status.ok());
  REQUIRE(door.Ask(&Commands::CommitReservation, "reservation_id: '" + id + "' sku: 'milk'")
              .status.ok());
}

std::string Reject(const std::string& id, std::int64_t quantity, const std::string& reason) {
  return "reservation_id: '" + id + "' sku: 'milk' reason: '" + reason +
         "' note: 'seen' lines { sku: 'milk' location: 'shop' quantity { value: " +
         std::to_string(quantity) + " } }";
}

}  // namespace

TEST_CASE("RejectReservation gives up what a store does not have, and says whose promises break",
          "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  Commit(door, "r1", 4);
  Commit(door, "r2", 3);
  const auto answer = door.Ask(&Commands::RejectReservation, Reject("r1", 4, "NOT_IN_STOCK"));
  REQUIRE(answer.status.ok());
  CHECK(answer.response.state() == v1::RESERVATION_STATE_RELEASED);
  CHECK(answer.response.effect() == events::v1::REJECT_EFFECT_NONE_THERE);
  REQUIRE(answer.response.lines_size() == 1);
  CHECK(answer.response.lines(0).quantity() == 4);
  CHECK(answer.response.lines(0).figures().on_hand() == 0);
  CHECK(answer.response.lines(0).figures().committed() == 3);
  REQUIRE(answer.response.shortfalls_size() == 1);
  CHECK(answer.response.shortfalls(0).total() == 3);

  const auto again = door.Ask(&Commands::RejectReservation, Reject("r1", 4, "NOT_IN_STOCK"));
  CHECK(again.status.error_code() == grpc::FAILED_PRECONDITION);
  CHECK(again.reason() == "RESERVATION_RELEASED");
}

TEST_CASE("a repeat of a rejection with the same id gets the same answer", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  Commit(door, "r1", 4);
  const std::string request = "command_id: '" + NewId() + "' " + Reject("r1", 1, "DAMAGE");
  const auto first = door.Ask(&Commands::RejectReservation, request);
  REQUIRE(first.status.ok());
  CHECK(first.response.lines(0).figures().damaged() == 1);
  const auto again = door.Ask(&Commands::RejectReservation, request);
  REQUIRE(again.status.ok());
  CHECK(again.response.duplicate());
  CHECK(again.response.lines(0).figures().damaged() == 1);
}

TEST_CASE("a reason that nobody knows is refused until the network has it", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  Commit(door, "r1", 4);
  const auto refused = door.Ask(&Commands::RejectReservation, Reject("r1", 1, "LOST"));
  CHECK(refused.status.error_code() == grpc::NOT_FOUND);
  CHECK(refused.reason() == "REJECT_REASON_UNKNOWN");
  CHECK(refused.error().Find("reason") == "LOST");
}

TEST_CASE("the ledger has each rejection with its reason", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  Commit(door, "r1", 4);
  REQUIRE(door.Ask(&Commands::RejectReservation, Reject("r1", 3, "MISMATCH")).status.ok());
  const auto ledger = door.Ask(&Queries::ListMovements, "sku: 'milk' location: 'shop'");
  REQUIRE(ledger.status.ok());
  int found = 0;
  for (const auto& movement : ledger.response.movements()) {
    if (movement.kind() != v1::MOVEMENT_KIND_REJECTED) continue;
    ++found;
    CHECK(movement.reason() == "MISMATCH");
    CHECK(movement.reservation_id() == "r1");
    CHECK(movement.quantity() == -3);
    CHECK(movement.bucket() == v1::BUCKET_COMMITTED);
  }
  CHECK(found == 1);
}

}  // namespace omo::inventory
