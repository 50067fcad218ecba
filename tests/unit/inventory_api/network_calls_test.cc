// The network as callers see it: decided at one key, taken in by every shard, kept to by all.
#include "tests/unit/inventory_api/network_feeding.h"

namespace omo::inventory {
namespace {

const std::string kPutCity =
    "put_group { group_id: 'city' group { name: 'City' locations: 'north' locations: 'south' } }";

std::string AskFor(const std::string& id, const std::string& sku, const std::string& place,
                   int quantity) {
  return "reservation_id: '" + id + "' owner: 'cart' hold_seconds: 60 lines { sku: '" + sku + "' " +
         place + " quantity { value: " + std::to_string(quantity) + " } }";
}

}  // namespace

TEST_CASE("a change of the network is taken in by every shard, in order and once",
          "[inventory_api]") {
  InventoryDoor door;
  NetworkFeed feed(door.runtime());
  const auto made = door.Ask(&Commands::ChangeNetwork, Changing(kPutCity));
  REQUIRE(made.status.ok());
  CHECK(made.response.version() == 1);
  const auto again = door.Ask(&Commands::ChangeNetwork, Changing(kPutCity));
  CHECK(again.response.duplicate());
  CHECK(again.response.version() == 1);
  for (int i = 0; i < 5; ++i) {
    const std::string pause = "pause_location { location: 'north' paused: " +
                              std::string(i % 2 == 0 ? "true reason: 'count'" : "false") + " }";
    REQUIRE(door.Ask(&Commands::ChangeNetwork, Changing(pause)).status.ok());
  }
  TakeIn(door, feed);
  const std::int64_t appended = door.appended();
  for (int i = 0; i < 3; ++i) feed.Tick();
  TakeIn(door, feed);
  CHECK(door.appended() <= appended + 1);  // The barrier of TakeIn's own read.

  const auto network = door.Ask(&Queries::GetNetwork, "");
  REQUIRE(network.response.groups_size() == 1);
  CHECK(network.response.groups(0).members_size() == 2);
  REQUIRE(network.response.pauses_size() == 1);
  CHECK(network.response.pauses(0).reason() == "count");
}

TEST_CASE("a group, its members and a channel are told alike, at one position", "[inventory_api]") {
  InventoryDoor door;
  NetworkFeed feed(door.runtime());
  REQUIRE(door.Ask(&Commands::ChangeNetwork, Changing(kPutCity)).status.ok());
  REQUIRE(door.Ask(&Commands::ChangeNetwork,
                   Changing("put_channel { channel: 'web' sells_from: 'city' rules {"
                            " skus { all: true } places { all: true } buffer { value: 2 } } }"))
              .status.ok());
  TakeIn(door, feed);
  for (ShardId shard = 0; shard < kDoorShards; ++shard) {
    const std::string sku = SkuIn(shard);
    door.Receive(sku, "north", 10);
    door.Receive(sku, "south", 5);
    door.Receive(sku, "west", 7);
    REQUIRE(
        door.Ask(&Commands::ReserveStock, AskFor("r" + sku, sku, "group: 'city'", 4)).status.ok());
    const auto told =
        door.Ask(&Queries::GetAvailability, "skus: '" + sku + "' groups: 'city' channel: 'web'");
    REQUIRE(told.status.ok());
    const v1::SkuAvailability& item = told.response.items(0);
    REQUIRE(item.locations_size() == 3);  // The group is no location.
    CHECK(item.locations(0).promisable() == 8);
    CHECK(item.locations(1).promisable() == 3);
    CHECK(item.locations(2).promisable() == 0);  // The web does not sell from the west.
    REQUIRE(item.groups_size() == 1);
    CHECK(item.groups(0).figures().on_hand() == 15);
    CHECK(item.groups(0).kept() == 4);
    CHECK(item.groups(0).promisable() == 9);
    CHECK(item.total().on_hand() == 22);
    // What is told is what is given, to the unit.
    const Metadata web = [] {
      Metadata metadata = InventoryDoor::Staff();
      metadata["omo-channel"] = "web";
      return metadata;
    }();
    const auto more =
        door.Ask(&Commands::ReserveStock, AskFor("m" + sku, sku, "group: 'city'", 10), web);
    CHECK(more.reason() == "NOT_ENOUGH_AVAILABLE");
    const auto all =
        door.Ask(&Commands::ReserveStock, AskFor("a" + sku, sku, "group: 'city'", 9), web);
    REQUIRE(all.status.ok());
    CHECK(all.response.lines(0).group() == "city");
    CHECK(all.response.lines(0).location().empty());
  }
}

TEST_CASE("units of a group are moved to a location and handed over there", "[inventory_api]") {
  InventoryDoor door;
  NetworkFeed feed(door.runtime());
  REQUIRE(door.Ask(&Commands::ChangeNetwork, Changing(kPutCity)).status.ok());
  TakeIn(door, feed);
  const std::string sku = SkuIn(1);
  door.Receive(sku, "north", 3);
  REQUIRE(door.Ask(&Commands::ReserveStock, AskFor("r1", sku, "group: 'city'", 2)).status.ok());
  const std::string named = "reservation_id: 'r1' sku: '" + sku + "'";
  REQUIRE(door.Ask(&Commands::CommitReservation, named).status.ok());
  CHECK(door.Ask(&Commands::FulfilReservation, named).reason() == "HELD_AT_GROUP");
  const auto moved =
      door.Ask(&Commands::TransferReservation, "reservation_id: 'r1' lines { sku: '" + sku +
                                                   "' from_group: 'city' to_location: 'north'"
                                                   " quantity { value: 2 } }");
  REQUIRE(moved.status.ok());
  CHECK(moved.response.lines(0).group() == "city");
  REQUIRE(door.Ask(&Commands::FulfilReservation, named).status.ok());
  CHECK(door.FiguresOf(sku, "north").on_hand() == 1);
}

TEST_CASE("rules of a SKU and a customer's limit are kept to, and told", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  const std::string rules =
      "sku: 'milk' location: 'shop' rules { backorder: BACKORDER_KIND_RESTOCKABLE restock_days: 7"
      " line_max { value: 12 } }";
  REQUIRE(door.Ask(&Commands::SetStockRules, rules).status.ok());
  CHECK(door.Ask(&Commands::SetStockRules, rules).response.duplicate());
  const auto told = door.Ask(&Queries::GetAvailability, "skus: 'milk'");
  CHECK(told.response.items(0).locations(0).restock_days() == 7);
  CHECK(told.response.items(0).locations(0).promisable() > 10);
  CHECK(door.Ask(&Commands::ReserveStock, AskFor("r1", "milk", "location: 'shop'", 13)).reason() ==
        "ABOVE_LINE_MAXIMUM");
  REQUIRE(
      door.Ask(&Commands::SetPurchaseLimit, "sku: 'milk' campaign: 'may' per_customer { value: 2 }")
          .status.ok());
  const std::string li = " campaign: 'may' customer: 'li'";
  REQUIRE(door.Ask(&Commands::ReserveStock, AskFor("r2", "milk", "location: 'shop'", 2) + li)
              .status.ok());
  CHECK(door.Ask(&Commands::ReserveStock, AskFor("r3", "milk", "location: 'shop'", 1) + li)
            .reason() == "ABOVE_CUSTOMER_LIMIT");
}

TEST_CASE("the network and what rests on it come back from the log", "[inventory_api]") {
  InventoryDoor door;
  {
    NetworkFeed feed(door.runtime());
    REQUIRE(door.Ask(&Commands::ChangeNetwork, Changing(kPutCity)).status.ok());
    TakeIn(door, feed);
    for (ShardId shard = 0; shard < kDoorShards; ++shard) {
      door.Receive(SkuIn(shard), "north", 10);
      REQUIRE(door.Ask(&Commands::ReserveStock,
                       AskFor("r" + std::to_string(shard), SkuIn(shard), "group: 'city'", 4))
                  .status.ok());
    }
  }
  const auto before = door.StateHashes();
  door.RestartFromLog();
  CHECK(door.StateHashes() == before);
  const auto told = door.Ask(&Queries::GetAvailability, "skus: '" + SkuIn(2) + "' groups: 'city'");
  CHECK(told.response.items(0).groups(0).promisable() == 6);
  CHECK(told.response.items(0).network_version() == 1);
}

}  // namespace omo::inventory
