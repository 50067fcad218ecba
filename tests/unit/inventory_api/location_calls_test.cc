// The register of locations through the door.
#include <set>
#include <vector>

#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

std::string Shop(const std::string& id, const std::string& more = "") {
  return "location_id: '" + id +
         "' profile { kind: LOCATION_KIND_STORE name: 'Shop' time_zone: 'Asia/Shanghai' " + more +
         " }";
}

const std::string kFullProfile =
    "brand: 'B' address { country: 'CN' region: 'Shanghai' city: 'Shanghai' district: 'Pudong'"
    " street: 'Century Avenue 1' postal_code: '200120' }"
    " geo { latitude_e7: 312000000 longitude_e7: 1215000000 }"
    " hours { weekday: 1 opens_minute: 540 closes_minute: 1320 }"
    " exceptions { date: 20261224 } franchise_parent: 'p1'"
    " capabilities: CAPABILITY_PICK_UP capabilities: CAPABILITY_SHIP pickup_lead_minutes: 90";

// All locations of all shards, page by page of `page_size`, in the order of each shard.
std::multiset<std::string> ListAll(InventoryDoor& door, int page_size, const std::string& filter) {
  std::multiset<std::string> ids;
  for (ShardId shard = 0; shard < kDoorShards; ++shard) {
    std::string token;
    std::string last;
    do {
      v1::ListLocationsRequest request;
      REQUIRE(google::protobuf::TextFormat::ParseFromString(filter, &request));
      request.set_page_size(page_size);
      request.set_page_token(token);
      const auto page = door.Send(&Queries::ListLocations, request, InventoryDoor::AtShard(shard));
      REQUIRE(page.status.ok());
      CHECK(page.response.freshness(0).position().shard() == shard);
      CHECK(page.response.locations_size() <= page_size);
      for (const v1::Location& location : page.response.locations()) {
        CHECK(location.location_id() > last);
        last = location.location_id();
        ids.insert(last);
      }
      token = page.response.next_page_token();
    } while (!token.empty());
  }
  return ids;
}

}  // namespace

TEST_CASE("a location is read as it was written", "[inventory_api]") {
  InventoryDoor door;
  const auto opened = door.Ask(&Commands::OpenLocation, Shop("shop", kFullProfile));
  REQUIRE(opened.status.ok());
  CHECK(opened.response.version() == 1);
  v1::OpenLocationRequest written;
  REQUIRE(google::protobuf::TextFormat::ParseFromString(Shop("shop", kFullProfile), &written));
  const auto read = door.Ask(&Queries::GetLocation, "location_id: 'shop'");
  REQUIRE(read.status.ok());
  CHECK(read.response.freshness().position().offset() >= opened.response.position().offset());
  CHECK(read.response.location().version() == 1);
  CHECK(read.response.location().profile().SerializeAsString() ==
        written.profile().SerializeAsString());
}

TEST_CASE("a location of any kind is what it was opened as, and so from the log",
          "[inventory_api]") {
  const std::vector<std::string> kinds{"LOCATION_KIND_STORE", "LOCATION_KIND_WAREHOUSE",
                                       "LOCATION_KIND_DARK_STORE", "LOCATION_KIND_PARTNER_POINT",
                                       "LOCATION_KIND_VIRTUAL_QUEUE"};
  REQUIRE(v1::LocationKind_descriptor()->value_count() == static_cast<int>(kinds.size()) + 1);
  InventoryDoor door;
  for (const std::string& kind : kinds) {
    const auto opened =
        door.Ask(&Commands::OpenLocation, "location_id: '" + kind + "' profile { kind: " + kind +
                                              " name: 'Place' time_zone: 'Asia/Shanghai' }");
    INFO(kind << ": " << opened.status.error_message());
    REQUIRE(opened.status.ok());
  }
  const auto check_kinds = [&] {
    for (const std::string& kind : kinds) {
      const auto read = door.Ask(&Queries::GetLocation, "location_id: '" + kind + "'");
      REQUIRE(read.status.ok());
      CHECK(v1::LocationKind_Name(read.response.location().profile().kind()) == kind);
      CHECK(ListAll(door, 2, "kind: " + kind) == std::multiset<std::string>{kind});
    }
  };
  check_kinds();
  door.RestartFromLog();
  check_kinds();
}

TEST_CASE("locations are opened, updated and closed, each once", "[inventory_api]") {
  InventoryDoor door;
  REQUIRE(door.Ask(&Commands::OpenLocation, Shop("shop")).status.ok());
  const auto again = door.Ask(&Commands::OpenLocation, Shop("shop"));
  CHECK(again.response.duplicate());
  CHECK(again.response.version() == 1);
  const auto other = door.Ask(&Commands::OpenLocation, Shop("shop", "brand: 'x'"));
  CHECK(other.status.error_code() == grpc::ALREADY_EXISTS);
  CHECK(other.reason() == "LOCATION_ID_IN_USE");

  const std::string update = Shop("shop", "brand: 'x'");
  const auto updated = door.Ask(&Commands::UpdateLocation, update + " expected_version: 1");
  REQUIRE(updated.status.ok());
  CHECK(updated.response.version() == 2);
  const auto stale =
      door.Ask(&Commands::UpdateLocation, Shop("shop", "brand: 'y'") + " expected_version: 1");
  CHECK(stale.reason() == "LOCATION_CHANGED");
  CHECK(stale.error().Find("version") == "2");
  const auto same = door.Ask(&Commands::UpdateLocation, update);
  CHECK(same.response.duplicate());
  CHECK(same.response.version() == 2);

  const std::string close = "location_id: 'shop' reason: 'moved'";
  const auto closed = door.Ask(&Commands::CloseLocation, close);
  REQUIRE(closed.status.ok());
  CHECK(closed.response.version() == 3);
  const auto twice = door.Ask(&Commands::CloseLocation, close);
  CHECK(twice.response.duplicate());
  CHECK(twice.response.version() == 3);
  CHECK(door.Ask(&Commands::UpdateLocation, update).reason() == "LOCATION_CLOSED");
}

TEST_CASE("an unknown location is not found", "[inventory_api]") {
  InventoryDoor door;
  const auto read = door.Ask(&Queries::GetLocation, "location_id: 'moon'");
  CHECK(read.status.error_code() == grpc::NOT_FOUND);
  CHECK(read.reason() == "LOCATION_NOT_FOUND");
  const auto closed = door.Ask(&Commands::CloseLocation, "location_id: 'moon' reason: 'far'");
  CHECK(closed.reason() == "LOCATION_NOT_FOUND");
}

TEST_CASE("ListLocations pages through each shard in order", "[inventory_api]") {
  InventoryDoor door;
  std::multiset<std::string> open;
  for (int i = 0; i < 12; ++i) {
    // Ids with the characters that tokens escape.
    const std::string id = "l," + std::to_string(i) + "%";
    REQUIRE(door.Ask(&Commands::OpenLocation, Shop(id)).status.ok());
    open.insert(id);
  }
  REQUIRE(door.Ask(&Commands::OpenLocation,
                   "location_id: 'depot' profile { kind: LOCATION_KIND_WAREHOUSE name: 'Depot'"
                   " time_zone: 'Asia/Shanghai' }")
              .status.ok());
  REQUIRE(door.Ask(&Commands::CloseLocation, "location_id: 'depot' reason: 'sold'").status.ok());
  CHECK(ListAll(door, 1, "") == open);
  CHECK(ListAll(door, 2, "") == open);
  CHECK(ListAll(door, 1'000, "kind: LOCATION_KIND_STORE") == open);
  CHECK(ListAll(door, 2, "kind: LOCATION_KIND_WAREHOUSE").empty());
  CHECK(ListAll(door, 2, "kind: LOCATION_KIND_WAREHOUSE include_closed: true") ==
        std::multiset<std::string>{"depot"});
}

}  // namespace omo::inventory
