// The log is the truth: what the door tells does not change when every row is made anew.
#include <string>
#include <vector>

#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

// All that queries tell of the shard that `sku` lives in, without what differs from read to read.
std::string Told(InventoryDoor& door, ShardId shard, const std::string& sku) {
  auto ledger = door.Ask(&Queries::ListMovements, "sku: '" + sku + "'");
  auto figures = door.Ask(&Queries::GetAvailability, "skus: '" + sku + "'");
  auto holds = door.Ask(&Queries::ListReservations, "", InventoryDoor::AtShard(shard));
  REQUIRE(ledger.status.ok());
  REQUIRE(figures.status.ok());
  REQUIRE(holds.status.ok());
  ledger.response.clear_freshness();
  figures.response.clear_freshness();
  holds.response.clear_freshness();
  return ledger.response.ShortDebugString() + figures.response.ShortDebugString() +
         holds.response.ShortDebugString();
}

}  // namespace

TEST_CASE("rows made anew from the log tell the same", "[inventory_api]") {
  InventoryDoor door;
  const std::string sku = SkuIn(1);
  Metadata metadata = InventoryDoor::Staff();
  metadata["omo-actor"] = "staff-7";
  door.Receive(sku, "shop", 50);
  const std::string id = "command_id: '" + NewId() + "' ";
  const std::string sale = id + "device: 'till' sequence: 1 occurred_at_ms: 1000 lines { sku: '" +
                           sku + "' location: 'shop' quantity { value: 2 } }";
  const auto sold = door.Ask(&Commands::RecordSale, sale, metadata);
  REQUIRE(sold.status.ok());
  for (const std::string name : {"r1", "r2", "r3", "r4"}) {
    REQUIRE(
        door.Ask(&Commands::ReserveStock, "reservation_id: '" + name +
                                              "' owner: 'cart' hold_seconds: 600 lines { sku: '" +
                                              sku + "' location: 'shop' quantity { value: 3 } }")
            .status.ok());
  }
  const std::string of_sku = "sku: '" + sku + "' reservation_id: ";
  REQUIRE(door.Ask(&Commands::CommitReservation, of_sku + "'r2'").status.ok());
  REQUIRE(door.Ask(&Commands::CommitReservation, of_sku + "'r3'").status.ok());
  REQUIRE(door.Ask(&Commands::FulfilReservation, of_sku + "'r3'").status.ok());
  REQUIRE(door.Ask(&Commands::ReleaseReservation, of_sku + "'r4'").status.ok());
  const std::string told = Told(door, 1, sku);
  const std::vector<std::uint64_t> hashes = door.StateHashes();
  CHECK(told.find("staff-7") != std::string::npos);

  door.RestartFromLog();
  CHECK(Told(door, 1, sku) == told);
  CHECK(door.StateHashes() == hashes);
  auto again = door.Ask(&Commands::RecordSale, sale, metadata);
  REQUIRE(again.status.ok());
  CHECK(again.response.duplicate());
  again.response.set_duplicate(false);
  CHECK(again.response.SerializeAsString() == sold.response.SerializeAsString());
}

}  // namespace omo::inventory
