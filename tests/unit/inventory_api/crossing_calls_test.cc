// Crossings of the network's watches, as the log tells them.
#include "services/inventory/codec/inventory_codec.h"
#include "tests/unit/inventory_api/network_feeding.h"
#include "tests/unit/inventory_api/watching.h"

namespace omo::inventory {
namespace {

// What the shard's log tells of its watches, in order; and how many parts sweeps had.
struct Told {
  std::vector<StockCrossed> crossed;
  int sweeps = 0;
};
Told ToldIn(const InventoryDoor& door, ShardId shard) {
  Told told;
  for (const journal::Record& record : door.Log(shard)) {
    if (journal::KindOf(record.type) != journal::Kind::kEvent) continue;
    const auto recorded = Decode(record.value);
    REQUIRE(recorded.has_value());
    std::visit(
        [&told](const auto& fact) {
          if constexpr (requires { fact.consequences; }) {
            for (const Consequence& part : fact.consequences) {
              const auto* crossed = std::get_if<StockCrossed>(&part);
              if (crossed != nullptr) told.crossed.push_back(*crossed);
            }
          }
        },
        recorded->event);
    if (std::holds_alternative<StockReleveled>(recorded->event)) ++told.sweeps;
  }
  return told;
}

void Change(InventoryDoor& door, NetworkFeed& feed, const std::string& part) {
  const auto changed = door.Ask(&Commands::ChangeNetwork, Changing(part));
  INFO(changed.status.error_message());
  REQUIRE(changed.status.ok());
  TakeIn(door, feed);
}
// Every shard has looked at its SKUs so many times.
void AwaitSweeps(const InventoryDoor& door, int sweeps) {
  REQUIRE(testing::WaitUntil([&] {
    for (ShardId shard = 0; shard < kDoorShards; ++shard) {
      if (ToldIn(door, shard).sweeps < sweeps) return false;
    }
    return true;
  }));
}
void Adjust(InventoryDoor& door, const std::string& sku, int delta) {
  REQUIRE(door.Ask(&Commands::AdjustStock, "sku: '" + sku + "' location: 'north' delta { value: " +
                                               std::to_string(delta) + " } reason: 'count'")
              .status.ok());
}

}  // namespace

TEST_CASE("each crossing is in the log once, through sweeps and restarts", "[inventory_api]") {
  InventoryDoor door;
  auto feed = std::make_unique<NetworkFeed>(door.runtime());
  for (ShardId shard = 0; shard < kDoorShards; ++shard) door.Receive(SkuIn(shard), "north", 10);
  Change(door, *feed, "put_group { group_id: 'city' group { locations: 'north' } }");
  Change(door, *feed,
         "put_channel { channel: 'web' sells_from: 'city'"
         " watches { id: 'any' skus { all: true } low_at { value: 3 } back_at { value: 6 } }"
         " watches { id: 'fetched' method: METHOD_PICK_UP location: 'north' skus { all: true }"
         "           low_at { value: 1 } back_at { value: 2 } } }");
  AwaitSweeps(door, 1);
  for (ShardId shard = 0; shard < kDoorShards; ++shard) {
    CHECK(ToldIn(door, shard).crossed.empty());
    Adjust(door, SkuIn(shard), -7);
  }
  feed.reset();
  door.RestartFromLog();
  feed = std::make_unique<NetworkFeed>(door.runtime());
  for (ShardId shard = 0; shard < kDoorShards; ++shard) Adjust(door, SkuIn(shard), 1);
  Change(door, *feed, "pause_location { location: 'north' paused: true reason: 'stocktake' }");
  AwaitSweeps(door, 2);

  using enum StockLevel;
  for (ShardId shard = 0; shard < kDoorShards; ++shard) {
    const SkuId sku{SkuIn(shard)};
    const std::vector<StockCrossed> crossed = ToldIn(door, shard).crossed;
    REQUIRE(crossed.size() == 3);
    CHECK(crossed[0] == StockCrossed{sku, {"web"}, "any", {"@city"}, kIn, kLow, 3, 0});
    CHECK(crossed[1] == StockCrossed{sku, {"web"}, "any", {"@city"}, kLow, kOut, 0, 0});
    CHECK(crossed[2] == StockCrossed{sku, {"web"}, "fetched", {"north"}, kIn, kOut, 0, 0});
  }
}

TEST_CASE("a quota that is set tells whom it leaves too little", "[inventory_api]") {
  InventoryDoor door;
  NetworkFeed feed(door.runtime());
  const ShardId shard = door.runtime().ShardOfKey("milk");
  door.Receive("milk", "north", 10);
  Change(door, feed,
         "put_channel { channel: 'web' watches { id: 'north' location: 'north' skus { all: true }"
         " low_at { value: 3 } back_at { value: 6 } } }");
  REQUIRE(door.Ask(&Commands::SetQuota,
                   "sku: 'milk' location: 'north' quota_id: 'live' owner { channel: 'stream' }"
                   " quantity { value: 8 }")
              .status.ok());
  const std::vector<StockCrossed> crossed = ToldIn(door, shard).crossed;
  REQUIRE(crossed.size() == 1);
  CHECK(crossed[0].to == StockLevel::kLow);
  CHECK(crossed[0].quantity == 2);
}

TEST_CASE("one who watches figures is told nothing by a sweep, and misses nothing by it",
          "[inventory_api]") {
  InventoryDoor door;
  NetworkFeed feed(door.runtime());
  door.Receive("milk", "north", 10);
  Watching watching(door, "skus: 'milk'");
  watching.ReadUntil([&] { return watching.snapshots == 1; });
  const type::v1::Position before = watching.position;
  Change(door, feed,
         "put_channel { channel: 'web' watches { id: 'north' location: 'north' skus { all: true }"
         " low_at { value: 3 } back_at { value: 6 } } }");
  const std::string pause = "pause_location { location: 'north' paused: true reason: 'stocktake' }";
  AwaitSweeps(door, 1);
  // Who only looks at what a change would do begins no sweep.
  const ShardId shard = door.runtime().ShardOfKey("milk");
  REQUIRE(door.Ask(&Queries::PreviewNetworkChange, Changing(pause), InventoryDoor::AtShard(shard))
              .status.ok());
  CHECK(ToldIn(door, shard).crossed.empty());
  Change(door, feed, pause);
  AwaitSweeps(door, 2);
  const type::v1::Position last = door.Receive("milk", "north", 1).position();
  watching.ReadTo(last);
  Watching back(door, "skus: 'milk'", before);
  back.ReadTo(last);
  for (const Watching* one : {&watching, &back}) {
    CHECK(one->changes.size() == 1);
    CHECK(one->gaps == 0);
  }
}

TEST_CASE("watches are told with the network, and a wrong one is refused with its field",
          "[inventory_api]") {
  InventoryDoor door;
  const std::string watch =
      "put_channel { channel: 'web' watches { id: 'any' location: 'north' skus { all: true }"
      " low_at { value: 3 } back_at { value: ";
  const auto refused = door.Ask(&Commands::ChangeNetwork, Changing(watch + "3 } } }"));
  CHECK(refused.status.error_code() == grpc::INVALID_ARGUMENT);
  CHECK(refused.error().Find("field") == "change.put_channel.watches[0].back_at");
  REQUIRE(door.Ask(&Commands::ChangeNetwork, Changing(watch + "6 } } }")).status.ok());
  const auto network = door.Ask(&Queries::GetNetwork, "");
  REQUIRE(network.response.channels_size() == 1);
  REQUIRE(network.response.channels(0).watches_size() == 1);
  CHECK(network.response.channels(0).watches(0).location() == "north");
  CHECK(network.response.channels(0).watches(0).back_at().value() == 6);
}

}  // namespace omo::inventory
