// vendurehq/vendure 2735: an event is lost when a pod restarts; medusajs/medusa 16555: an event's
// name is never emitted; saleor/saleor PR 17086: the row behind a delivered event is not there yet.
#include <random>

#include "tests/support/event_reader.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

constexpr int kSales = 60;
constexpr ShardId kShard = 3;

// Asks for the figures as of an event, or later.
v1::Figures FiguresBehind(InventoryDoor& door, const std::string& sku,
                          const type::v1::Position& position) {
  v1::GetAvailabilityRequest request;
  request.add_skus(sku);
  request.add_locations("shop");
  request.mutable_read()->set_level(type::v1::READ_LEVEL_MIN_POSITION);
  *request.mutable_read()->add_min_positions() = position;
  const auto answer = door.Send(&Queries::GetAvailability, request);
  REQUIRE(answer.status.ok());
  return answer.response.items(0).locations(0).figures();
}

}  // namespace

TEST_CASE("Complaint 17: a consumer meets every event, whoever restarts in between",
          "[complaints]") {
  InventoryDoor door;
  std::mt19937_64 random(17);
  const std::string sku = SkuIn(kShard);
  std::map<Offset, std::string> answered;  // Where each accepted command's event must be.
  std::map<Offset, int> acted;
  // A consumer's pod takes a few records, acts on each, then writes down where it stands; it may
  // die before that.
  testing::EventReader written_down;
  for (int sale = 1; sale <= kSales; ++sale) {
    const auto answer =
        door.Ask(&Commands::RecordSale, "device: 'till' sequence: " + std::to_string(sale) +
                                            " occurred_at_ms: 1000 lines { sku: '" + sku +
                                            "' location: 'shop' quantity { value: 1 } }");
    REQUIRE(answer.status.ok());
    answered[answer.response.position().offset()] = "omo.inventory.events.v1.SaleRecorded";
    if (sale % 20 == 0) door.RestartFromLog();  // The service's own pod.

    testing::EventReader pod = written_down;
    pod.Read(door.Log(kShard), random() % 6, [&](Offset offset, const journal::Record& record) {
      ++acted[offset];
      CHECK(record.type == answered[offset]);
    });
    if (random() % 3 != 0) written_down = pod;
  }
  written_down.Read(door.Log(kShard), SIZE_MAX,
                    [&](Offset offset, const journal::Record&) { ++acted[offset]; });
  // Each at least once, at the offset that its caller was told: what came twice can be dropped.
  REQUIRE(acted.size() == answered.size());
  for (const auto& [offset, type] : answered) CHECK(acted[offset] >= 1);
}

TEST_CASE("Complaint 17: behind an event the service already says what it changed",
          "[complaints]") {
  InventoryDoor door;
  const std::string sku = SkuIn(kShard);
  for (int received = 1; received <= 20; ++received) {
    const type::v1::Position position = door.Receive(sku, "shop", 1).position();
    const std::vector<journal::Record> log = door.Log(kShard);
    REQUIRE(log.size() > static_cast<std::size_t>(position.offset()));
    CHECK(log[static_cast<std::size_t>(position.offset())].type ==
          "omo.inventory.events.v1.StockReceived");
    CHECK(FiguresBehind(door, sku, position).on_hand() == received);
  }
}

}  // namespace omo::inventory
