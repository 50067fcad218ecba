// The network in a test of calls: changed, and taken in by every shard.
#pragma once

#include <string>

#include "services/inventory/processes/network_feed.h"
#include "tests/support/wait.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {

// Every shard has taken in what was decided.
inline void TakeIn(InventoryDoor& door, NetworkFeed& feed) {
  const auto newest = door.Ask(&Queries::GetNetwork, "read { level: READ_LEVEL_LINEARIZABLE }");
  REQUIRE(newest.status.ok());
  REQUIRE(testing::WaitUntil([&] {
    feed.Tick();
    for (ShardId shard = 0; shard < kDoorShards; ++shard) {
      const auto figures = door.Ask(&Queries::GetAvailability, "skus: '" + SkuIn(shard) + "'");
      if (figures.response.items(0).network_version() != newest.response.version()) return false;
    }
    return true;
  }));
}

inline std::string Changing(const std::string& part) { return "change { " + part + " }"; }

}  // namespace omo::inventory
