// What a change of the network would change, through the door.
#include <map>
#include <string>

#include "tests/unit/inventory_api/network_feeding.h"

namespace omo::inventory {
namespace {

using Differences = std::map<std::string, v1::PromiseDifference>;

// All pages of all shards, by "sku place".
Differences Preview(InventoryDoor& door, const std::string& asked) {
  Differences differences;
  for (ShardId shard = 0; shard < kDoorShards; ++shard) {
    std::string token;
    do {
      const std::string page = token.empty() ? "" : " page_token: '" + token + "'";
      const auto answer =
          door.Ask(&Queries::PreviewNetworkChange, asked + page, InventoryDoor::AtShard(shard));
      INFO(answer.status.error_message());
      REQUIRE(answer.status.ok());
      for (const v1::PromiseDifference& each : answer.response.differences()) {
        CHECK(differences.emplace(each.sku() + " " + each.place(), each).second);
      }
      token = answer.response.next_page_token();
    } while (!token.empty());
  }
  return differences;
}

}  // namespace

TEST_CASE("a preview says what a change would change, and changes nothing", "[inventory_api]") {
  InventoryDoor door;
  for (ShardId shard = 0; shard < kDoorShards; ++shard) {
    door.Receive(SkuIn(shard), "north", 10);
    door.Receive(SkuIn(shard), "south", 3);
  }
  REQUIRE(door.Ask(&Commands::SetQuota, "sku: '" + SkuIn(1) +
                                            "' location: 'north' quota_id: 'q'"
                                            " owner { channel: 'web' } quantity { value: 9 }")
              .status.ok());
  const std::int64_t appended = door.appended();
  const std::string rule = Changing(
      "put_safety_rules { rules { skus { all: true } places { locations: 'north' }"
      " quantity { value: 4 } } }");
  const Differences differences = Preview(door, rule + " page_size: 1");
  REQUIRE(differences.size() == kDoorShards);
  for (ShardId shard = 0; shard < kDoorShards; ++shard) {
    const v1::PromiseDifference& north = differences.at(SkuIn(shard) + " north");
    CHECK(north.promisable_before() == (shard == 1 ? 1 : 10));
    CHECK(north.promisable_after() == (shard == 1 ? 0 : 6));
    CHECK(north.quota_before() == (shard == 1 ? 9 : 0));
    CHECK(north.quota_after() == (shard == 1 ? 6 : 0));
  }
  CHECK(door.appended() == appended);
  CHECK(door.FiguresOf(SkuIn(1), "north").quota() == 9);
  // What is decided then is what was told.
  NetworkFeed feed(door.runtime());
  REQUIRE(door.Ask(&Commands::ChangeNetwork, rule).status.ok());
  TakeIn(door, feed);
  CHECK(door.FiguresOf(SkuIn(1), "north").quota() == 6);
  CHECK(Preview(door, rule).empty());
}

TEST_CASE("a preview is told by channel, and refused as the change would be", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "north", 10);
  const std::string channel = Changing(
      "put_channel { channel: 'web' rules { skus { all: true } places { all: true }"
      " buffer { value: 2 } } }");
  CHECK(Preview(door, channel).empty());
  const Differences web = Preview(door, channel + " channel: 'web'");
  REQUIRE(web.size() == 1);
  CHECK(web.at("milk north").promisable_before() == 10);
  CHECK(web.at("milk north").promisable_after() == 8);
  const auto refused =
      door.Ask(&Queries::PreviewNetworkChange, Changing("remove_group { group_id: 'nowhere' }"),
               InventoryDoor::AtShard(0));
  CHECK(refused.reason() == "GROUP_NOT_FOUND");
}

}  // namespace omo::inventory
