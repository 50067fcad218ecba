// medusajs/medusa 16569: a call of the module's own API bypasses the lock that only the workflow
// takes, and two buyers get the same unit.
#include <thread>
#include <vector>

#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

constexpr int kRounds = 40;

// The same units are wanted through three different calls at once; true for each that got them.
std::vector<int> RaceForUnits(InventoryDoor& door, const std::string& sku, int round) {
  const std::string name = "'r" + std::to_string(round) + "'";
  const std::string two = "quantity { value: 2 }";
  const std::string place = "sku: '" + sku + "' location: 'shop' ";
  std::vector<int> got(3);
  std::vector<std::thread> callers;
  callers.emplace_back([&] {
    got[0] = door.Ask(&Commands::ReserveStock, "reservation_id: " + name +
                                                   " owner: 'ann' hold_seconds: 600 lines { " +
                                                   place + two + " }")
                 .status.ok();
  });
  callers.emplace_back([&] {
    got[1] = door.Ask(&Commands::MoveStockState,
                      place + "from: BUCKET_AVAILABLE to: BUCKET_DISPLAY " + two)
                 .status.ok();
  });
  callers.emplace_back([&] {  // As bytes, past every client library.
    v1::ReserveStockRequest request;
    request.set_command_id(NewId());
    request.set_reservation_id("direct-" + std::to_string(round));
    request.set_owner("bob");
    request.set_hold_seconds(600);
    v1::Line& line = *request.add_lines();
    line.set_sku(sku);
    line.set_location("shop");
    line.mutable_quantity()->set_value(2);
    got[2] = door.SendBytes("/omo.inventory.v1.InventoryService/ReserveStock",
                            request.SerializeAsString())
                 .ok();
  });
  for (std::thread& caller : callers) caller.join();
  return got;
}

}  // namespace

TEST_CASE("Complaint 3: whichever call asks for the last units, one gets them", "[complaints]") {
  InventoryDoor door;
  for (int round = 0; round < kRounds; ++round) {
    const std::string sku = SkuIn(round % kDoorShards, round);
    door.Receive(sku, "shop", 3);
    const std::vector<int> got = RaceForUnits(door, sku, round);
    CHECK(got[0] + got[1] + got[2] == 1);
    const v1::Figures figures = door.FiguresOf(sku, "shop");
    CHECK(figures.available() == 1);
    CHECK(figures.reserved() + figures.display() == 2);
  }
}

TEST_CASE("Complaint 3: who writes to the log past its owner changes nothing", "[complaints]") {
  InventoryDoor door;
  const std::string sku = SkuIn(1);
  door.Receive(sku, "shop", 1);
  const auto hashes = door.StateHashes();
  const std::vector<journal::Record> log = door.Log(1);
  const journal::Record& again = log.back();  // What happened, once more.
  REQUIRE(again.fence.seq >= 1);
  journal::Record deposed = log.back();
  deposed.fence.term = 0;
  journal::Record gap = log.back();
  gap.fence.seq += 5;
  for (const journal::Record& record : {again, deposed, gap}) door.WriteToLog(1, record);

  // The owner meets them when its next record is not where it must be.
  door.Receive(sku, "shop", 1);
  CHECK(door.FiguresOf(sku, "shop").on_hand() == 2);
  const auto reserve = [&](const std::string& id) {
    return door.Ask(&Commands::ReserveStock,
                    "reservation_id: '" + id + "' owner: 'ann' hold_seconds: 600 lines { sku: '" +
                        sku + "' location: 'shop' quantity { value: 2 } }");
  };
  CHECK(reserve("r1").status.ok());
  CHECK(reserve("r2").reason() == "NOT_ENOUGH_AVAILABLE");
  const auto before = door.StateHashes();
  CHECK(before != hashes);
  door.RestartFromLog();
  CHECK(door.StateHashes() == before);
}

}  // namespace omo::inventory
