// What the gateway asks of a service whose lists and look-ups go to several shards: its own merging
// and joining, over this service's answers.
#include <set>
#include <vector>

#include "services/gateway/merge_pages.h"
#include "services/gateway/split_join.h"
#include "tests/support/descriptor_set.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

const rpc::Route& RouteOf(const std::string& rpc) {
  static const auto table = rpc::RouteTable::FromDescriptorSet(
      testing::DescriptorSetOf(v1::GetAvailabilityRequest::descriptor()->file()));
  REQUIRE(table.ok());
  const rpc::Route* route = table->Find("/omo.inventory.v1.InventoryQueryService/" + rpc);
  REQUIRE(route != nullptr);
  return *route;
}

// One page of the whole list, as the gateway makes it.
template <class Response, class Request>
Response PageOf(InventoryDoor& door, const std::string& rpc, const Request& request) {
  const rpc::Route& route = RouteOf(rpc);
  const std::string bytes = request.SerializeAsString();
  gateway::PageRequest page;
  REQUIRE(gateway::ReadPageRequest(route, bytes, kDoorShards, page).ok());
  std::vector<std::string> responses(kDoorShards);
  std::vector<gateway::ShardPage> pages;
  for (ShardId shard = 0; shard < kDoorShards; ++shard) {
    if (page.cursors[static_cast<std::size_t>(shard)].done) continue;
    std::string& response = responses[static_cast<std::size_t>(shard)];
    const grpc::Status status =
        door.SendBytes(route.method, gateway::ShardPageRequest(route, bytes, page, shard),
                       InventoryDoor::AtShard(shard), &response);
    INFO(status.error_message());
    REQUIRE(status.ok());
    pages.push_back({shard, response});
  }
  std::string merged;
  const grpc::Status status = gateway::MergePages(route, page, pages, merged);
  INFO(status.error_message());
  REQUIRE(status.ok());
  Response response;
  REQUIRE(response.ParseFromString(merged));
  return response;
}

}  // namespace

TEST_CASE("the gateway makes one register of all shards' live holds", "[inventory_api]") {
  InventoryDoor door;
  std::set<std::string> made;
  for (int i = 0; i < 30; ++i) {
    const std::string sku = SkuIn(i % kDoorShards);
    const std::string id = "r,%" + std::to_string(i);
    door.Receive(sku, "shop", 1);
    REQUIRE(door.Ask(&Commands::ReserveStock,
                     "reservation_id: '" + id + "' owner: 'cart' hold_seconds: 600 lines { sku: '" +
                         sku + "' location: 'shop' quantity { value: 1 } }")
                .status.ok());
    made.insert(id);
  }
  for (const int page_size : {1, 4, 100}) {
    std::set<std::string> listed;
    v1::ListReservationsRequest request;
    request.set_page_size(page_size);
    std::int64_t last = 0;
    do {
      const auto page = PageOf<v1::ListReservationsResponse>(door, "ListReservations", request);
      for (const v1::RegisteredReservation& entry : page.reservations()) {
        CHECK(entry.reserved_at_ms() >= last);
        last = entry.reserved_at_ms();
        CHECK(listed.insert(entry.reservation().reservation_id()).second);
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    CHECK(listed == made);
  }
}

TEST_CASE("the gateway makes one register of all shards' locations", "[inventory_api]") {
  InventoryDoor door;
  std::vector<std::string> made;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    made.emplace_back(1, letter);
    REQUIRE(door.Ask(&Commands::OpenLocation,
                     "location_id: '" + made.back() +
                         "' profile { kind: LOCATION_KIND_STORE name: 'n' time_zone: 'UTC' }")
                .status.ok());
  }
  std::vector<std::string> listed;
  v1::ListLocationsRequest request;
  request.set_page_size(5);
  do {
    const auto page = PageOf<v1::ListLocationsResponse>(door, "ListLocations", request);
    for (const v1::Location& location : page.locations()) {
      listed.push_back(location.location_id());
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  CHECK(listed == made);
}

TEST_CASE("the gateway joins the figures of SKUs of all shards", "[inventory_api]") {
  InventoryDoor door;
  v1::GetAvailabilityRequest request;
  for (const ShardId shard : {3, 1, 3, 0, 2}) {
    request.add_skus(SkuIn(shard, request.skus_size()));
    door.Receive(request.skus(request.skus_size() - 1), "shop", request.skus_size());
  }
  const rpc::Route& route = RouteOf("GetAvailability");
  std::vector<gateway::ShardPart> parts;
  REQUIRE(gateway::SplitByShard(route, request.SerializeAsString(), kDoorShards, parts).ok());
  std::vector<std::string> responses(parts.size());
  std::vector<std::string_view> views;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    REQUIRE(
        door.SendBytes(route.method, parts[i].request, InventoryDoor::Staff(), &responses[i]).ok());
    views.push_back(responses[i]);
  }
  std::string joined;
  REQUIRE(gateway::JoinAnswers(route, parts, views, joined).ok());
  v1::GetAvailabilityResponse response;
  REQUIRE(response.ParseFromString(joined));
  CHECK(response.freshness_size() == 4);
  REQUIRE(response.items_size() == request.skus_size());
  for (int i = 0; i < response.items_size(); ++i) {
    CHECK(response.items(i).sku() == request.skus(i));
    CHECK(response.items(i).total().on_hand() == i + 1);
  }
}

}  // namespace omo::inventory
