// Stock that is kept for some, through the door.
#include "tests/unit/inventory_api/network_feeding.h"

namespace omo::inventory {
namespace {

Metadata Through(const std::string& channel) {
  Metadata metadata = InventoryDoor::Staff();
  metadata["omo-channel"] = channel;
  return metadata;
}
const std::string kKeep =
    "sku: 'milk' location: 'shop' quota_id: 'live' owner { channel: 'stream' } quantity { value: 6 "
    "}";

std::string AskFor(const std::string& id, int quantity, const std::string& more = "") {
  return "reservation_id: '" + id + "' owner: 'cart' hold_seconds: 60 lines { sku: 'milk'" +
         " location: 'shop' quantity { value: " + std::to_string(quantity) + " } } " + more;
}

}  // namespace

TEST_CASE("a quota is kept for its channel, told, and given back at its end", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  const std::int64_t ends = ToMillis(shard::WallNow()) + 1'500;
  const std::string keep = kKeep + " ends_at_ms: " + std::to_string(ends);
  const auto kept = door.Ask(&Commands::SetQuota, keep);
  REQUIRE(kept.status.ok());
  CHECK(kept.response.quota().left() == 6);
  CHECK(kept.response.figures().quota() == 6);
  CHECK(kept.response.figures().available() == 4);
  const auto again = door.Ask(&Commands::SetQuota, keep);
  CHECK(again.response.duplicate());
  CHECK(again.response.quota().left() == 6);

  CHECK(door.Ask(&Commands::ReserveStock, AskFor("r1", 5), Through("web")).reason() ==
        "NOT_ENOUGH_AVAILABLE");
  REQUIRE(door.Ask(&Commands::ReserveStock, AskFor("r1", 5), Through("stream")).status.ok());
  const auto told =
      door.Ask(&Queries::GetAvailability, "skus: 'milk' locations: 'shop' channel: 'stream'");
  const v1::LocationFigures& there = told.response.items(0).locations(0);
  CHECK(there.promisable() == 1);
  REQUIRE(there.quotas_size() == 1);
  CHECK(there.quotas(0).left() == 1);
  CHECK(there.quotas(0).ends_at_ms() == ends);
  REQUIRE(door.Ask(&Commands::ReleaseReservation, "reservation_id: 'r1' sku: 'milk'").status.ok());
  CHECK(door.FiguresOf("milk", "shop").quota() == 6);
  REQUIRE(testing::WaitUntil([&] { return door.FiguresOf("milk", "shop").quota() == 0; }));
  CHECK(door.FiguresOf("milk", "shop").available() == 10);
}

TEST_CASE("a segment takes of its stock, as the query tells it", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  REQUIRE(door.Ask(&Commands::SetQuota,
                   "sku: 'milk' location: 'shop' quota_id: 'vip' owner { segment: 'vip' }"
                   " quantity { value: 8 } borrows: true lends_to { segment: 'wholesale' }")
              .status.ok());
  const auto promisable = [&](const std::string& segment) {
    return door
        .Ask(&Queries::GetAvailability, "skus: 'milk' locations: 'shop' segment: '" + segment + "'")
        .response.items(0)
        .locations(0)
        .promisable();
  };
  CHECK(promisable("") == 2);
  CHECK(promisable("vip") == 10);
  CHECK(promisable("wholesale") == 10);
  REQUIRE(door.Ask(&Commands::ReserveStock, AskFor("r1", 9, "segment: 'vip'")).status.ok());
  CHECK(promisable("wholesale") == 1);
  door.RestartFromLog();
  CHECK(promisable("wholesale") == 1);
}

TEST_CASE("a quota at a group is kept of all its locations", "[inventory_api]") {
  InventoryDoor door;
  NetworkFeed feed(door.runtime());
  REQUIRE(door.Ask(&Commands::ChangeNetwork,
                   Changing("put_group { group_id: 'city' group { locations: 'shop'"
                            " locations: 'depot' } }"))
              .status.ok());
  TakeIn(door, feed);
  door.Receive("milk", "shop", 4);
  door.Receive("milk", "depot", 4);
  const std::string keep =
      "sku: 'milk' group: 'city' quota_id: 'live' owner { channel: 'stream' } quantity { value: ";
  CHECK(door.Ask(&Commands::SetQuota, keep + "9 }").reason() == "NOT_ENOUGH_AVAILABLE");
  REQUIRE(door.Ask(&Commands::SetQuota, keep + "6 }").status.ok());
  const auto told = door.Ask(&Queries::GetAvailability, "skus: 'milk' groups: 'city'");
  const v1::GroupFigures& group = told.response.items(0).groups(0);
  CHECK(group.kept() == 0);
  CHECK(group.promisable() == 2);
  CHECK(group.quotas(0).left() == 6);
  CHECK(told.response.items(0).locations(0).promisable() == 2);
}

}  // namespace omo::inventory
