// How long a command id is known (GW-02): seven days of the log's time, through the door.
#include "libs/core/uuid.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

using std::chrono::hours;

constexpr hours kWindow{24 * 7};
constexpr hours kDay{24};

// An id made so long ago.
std::string IdOfAge(Duration age) {
  static std::uint64_t count = 0;
  return MakeUuid(shard::WallNow() - age, 2, ++count);
}

Answer<v1::ReceiveStockResponse> Receive(InventoryDoor& door, const std::string& id,
                                         const std::string& sku) {
  return door.Ask(&Commands::ReceiveStock, "command_id: '" + id + "' lines { sku: '" + sku +
                                               "' location: 'shop' quantity { value: 1 } }");
}

void CheckTooOld(const Answer<v1::ReceiveStockResponse>& answer, const std::string& id) {
  CHECK(answer.status.error_code() == grpc::FAILED_PRECONDITION);
  CHECK(answer.reason() == "COMMAND_TOO_OLD");
  CHECK(answer.error().Find("command_id") == id);
}

}  // namespace

TEST_CASE("a command id is known for seven days, and refused after that", "[inventory_api]") {
  InventoryDoor door;
  const std::string sku = SkuIn(1);
  const std::string id = IdOfAge(kWindow + kDay);
  const auto first = Receive(door, id, sku);
  REQUIRE(first.status.ok());
  door.RestartLater(kWindow + kDay);  // As if it had been asked, and done, eight days ago.

  const auto again = Receive(door, id, sku);
  REQUIRE(again.status.ok());
  CHECK(again.response.duplicate());
  CHECK(again.response.position().offset() == first.response.position().offset());

  REQUIRE(Receive(door, NewId(), sku).status.ok());  // The log's time is now from here on.
  CHECK(door.FiguresOf(sku, "shop").on_hand() == 2);
  CheckTooOld(Receive(door, id, sku), id);
  door.RestartFromLog();
  CheckTooOld(Receive(door, id, sku), id);
  CHECK(door.FiguresOf(sku, "shop").on_hand() == 2);
}

TEST_CASE("a command id is still known two hours before its seven days end", "[inventory_api]") {
  InventoryDoor door;
  const std::string sku = SkuIn(3);
  const Duration age = kWindow - hours{2};
  const std::string id = IdOfAge(age);
  const auto first = Receive(door, id, sku);
  REQUIRE(first.status.ok());
  const auto check_known = [&] {
    const auto again = Receive(door, id, sku);
    REQUIRE(again.status.ok());
    CHECK(again.response.duplicate());
    CHECK(again.response.position().offset() == first.response.position().offset());
    CHECK(door.FiguresOf(sku, "shop").on_hand() == 2);
  };
  door.RestartLater(age);
  REQUIRE(Receive(door, NewId(), sku).status.ok());  // The log's time is now from here on.
  check_known();
  door.RestartFromLog();
  check_known();
}

TEST_CASE("an unknown command id is taken within the window, and never behind it",
          "[inventory_api]") {
  InventoryDoor door;
  const std::string sku = SkuIn(2);
  REQUIRE(Receive(door, NewId(), sku).status.ok());
  // A till that was off the net for days sends what it has.
  CHECK(Receive(door, IdOfAge(kWindow - hours{2}), sku).status.ok());
  const std::string old = IdOfAge(kWindow + hours{2});
  CheckTooOld(Receive(door, old, sku), old);
  CheckTooOld(Receive(door, old, sku), old);
  CHECK(door.FiguresOf(sku, "shop").on_hand() == 2);

  const auto future = Receive(door, IdOfAge(-hours{1}), sku);
  CHECK(future.status.error_code() == grpc::INVALID_ARGUMENT);
  CHECK(future.reason() == "COMMAND_FROM_FUTURE");
}

}  // namespace omo::inventory
