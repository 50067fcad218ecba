// What a running service tells of its shards, and that one which has stopped keeps nobody waiting.
#include "libs/service/shard_metrics.h"
#include "tests/support/wait.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

// The value of a figure in Prometheus' text, e.g. of `omo_inventory_events_total{shard="1"}`; -1:
// it is not there.
double Figure(const telemetry::Metrics& metrics, const std::string& name) {
  const std::string text = "\n" + metrics.Text();
  const std::size_t at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

std::string OfShard(const std::string& name, ShardId shard) {
  return "omo_inventory_" + name + "{shard=\"" + std::to_string(shard) + "\"}";
}

}  // namespace

TEST_CASE("the metrics tell what each shard does", "[inventory_api]") {
  InventoryDoor door;
  telemetry::Metrics metrics;
  service::AddShardMetrics(
      "inventory", "no-such-folder", [&] { return door.runtime().Status(false); }, metrics);
  CHECK(Figure(metrics, "omo_inventory_owned_shards") == kDoorShards);

  const std::string sku = SkuIn(2);
  const v1::ReceiveStockResponse received = door.Receive(sku, "shop", 1);
  const std::string reserve = "reservation_id: 'r1' owner: 'ann' hold_seconds: 600 lines { sku: '" +
                              sku + "' location: 'shop' quantity { value: 2 } }";
  CHECK_FALSE(door.Ask(&Commands::ReserveStock, reserve).status.ok());
  const std::string id = "command_id: '" + NewId() + "' sku: '" + sku + "' unit: 'piece'";
  for (int i = 0; i < 2; ++i) REQUIRE(door.Ask(&Commands::DefineUnit, id).status.ok());

  CHECK(Figure(metrics, OfShard("events_total", 2)) == 2);
  CHECK(Figure(metrics, OfShard("refusals_total", 2)) == 1);
  CHECK(Figure(metrics, OfShard("duplicates_total", 2)) == 1);
  CHECK(Figure(metrics, OfShard("barriers_total", 2)) >= 1);
  CHECK(Figure(metrics, OfShard("claims_won_total", 2)) == 1);
  CHECK(Figure(metrics, OfShard("shard_owned", 2)) == 1);
  CHECK(Figure(metrics, OfShard("shard_stopped", 2)) == 0);
  CHECK(Figure(metrics, OfShard("shard_next_offset", 2)) > double(received.position().offset()));
  CHECK(Figure(metrics, OfShard("store_changed_bytes", 2)) > 0);
  CHECK(Figure(metrics, OfShard("events_total", 1)) == 0);
  CHECK(Figure(metrics, OfShard("queued_commands", 1)) == 0);
  // Nothing waits for anything: the shard has all that its log has.
  CHECK(Figure(metrics, OfShard("shard_lag_seconds", 1)) < 5);
}

TEST_CASE("records that do not count are counted", "[inventory_api]") {
  InventoryDoor door;
  telemetry::Metrics metrics;
  service::AddShardMetrics(
      "inventory", "no-such-folder", [&] { return door.runtime().Status(false); }, metrics);
  const std::string sku = SkuIn(1);
  door.Receive(sku, "shop", 1);
  journal::Record zombie = door.Log(1).back();
  zombie.fence.term = 0;
  door.WriteToLog(1, zombie);
  door.Receive(sku, "shop", 1);  // Lands behind it.
  CHECK(testing::WaitUntil([&] { return Figure(metrics, OfShard("void_records_total", 1)) == 1; }));
  CHECK(Figure(metrics, OfShard("offset_jumps_total", 1)) >= 1);
}

TEST_CASE("a runtime that has stopped answers at once", "[inventory_api]") {
  InventoryDoor door;
  const std::string sku = SkuIn(1);
  door.Receive(sku, "shop", 1);
  door.runtime().Stop(Duration{5'000});
  CHECK(door.runtime().Status().at(1).shard == 1);
  CHECK_FALSE(door.runtime().Ready());
  const auto asked = door.Ask(&Commands::DefineUnit, "sku: '" + sku + "' unit: 'piece'");
  CHECK(asked.status.error_code() == grpc::UNAVAILABLE);
  CHECK(asked.reason() == "NOT_OWNER");
  const auto read = door.Ask(&Queries::GetAvailability,
                             "skus: '" + sku + "' read { level: READ_LEVEL_LINEARIZABLE }");
  CHECK(read.status.error_code() == grpc::UNAVAILABLE);
}

}  // namespace omo::inventory
