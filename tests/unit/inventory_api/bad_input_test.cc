// Bad input against every rpc of inventory: a typed error that names the field, and nothing
// written. The last test proves that no rpc is left out.
#include <google/protobuf/descriptor.h>

#include <set>

#include "libs/core/uuid.h"
#include "tests/unit/inventory_api/bad_requests.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

bool Names(const rpc::ErrorInfo& error, const Fault& fault) {
  for (const rpc::FieldError& found : error.field_errors) {
    if (found.reason != fault.reason) continue;
    if (fault.field.empty() || found.field == fault.field) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("bad input to any rpc names its field, and nothing is written", "[inventory_api]") {
  InventoryDoor door;
  const std::int64_t before = door.appended();
  for (const Fault& fault : AllFaults()) {
    const auto request = BadRequest(fault);
    const grpc::Status status =
        door.SendBytes(PathOf(fault.rpc), request->SerializeAsString(), InventoryDoor::AtShard(0));
    const rpc::ErrorInfo error = rpc::ReadError(status);
    INFO(fault.rpc << ": " << fault.reason << " at " << fault.field << ", damage "
                   << fault.damage.substr(0, 200) << "\n  answered " << error.reason << ", "
                   << error.message);
    CHECK(status.error_code() == grpc::INVALID_ARGUMENT);
    CHECK_FALSE(error.reason.empty());
    CHECK(Names(error, fault));
  }
  CHECK(door.appended() == before);
}

TEST_CASE("the requests that bad input is made of are good", "[inventory_api]") {
  InventoryDoor door;
  for (const Good& good : GoodRequests()) {
    const grpc::Status status = door.SendBytes(
        PathOf(good.rpc), GoodRequest(good.rpc)->SerializeAsString(), InventoryDoor::AtShard(0));
    INFO(good.rpc << ": " << status.error_message());
    CHECK(status.error_code() != grpc::INVALID_ARGUMENT);
    CHECK(status.error_code() != grpc::UNIMPLEMENTED);
  }
}

TEST_CASE("of a list that is too long no entry is looked at", "[inventory_api]") {
  InventoryDoor door;
  v1::GetAvailabilityRequest asked;
  asked.add_skus("milk");
  for (int i = 0; i < 200'000; ++i) asked.add_locations("");
  const auto answer = door.Send(&Queries::GetAvailability, asked);
  REQUIRE(answer.error().field_errors.size() == 1);
  CHECK(answer.error().field_errors[0].field == "locations");
  CHECK(answer.reason() == "TOO_LONG");
}

TEST_CASE("all faults of a request are told at once", "[inventory_api]") {
  InventoryDoor door;
  v1::ReserveStockRequest request;
  request.add_lines()->mutable_quantity()->set_scale(11);
  const auto answer = door.Send(&Commands::ReserveStock, request);
  std::set<std::string> fields;
  for (const rpc::FieldError& error : answer.error().field_errors) fields.insert(error.field);
  CHECK(fields == std::set<std::string>{"command_id", "reservation_id", "owner", "lines[0].sku",
                                        "lines[0].location", "lines[0].quantity.value",
                                        "lines[0].quantity.scale", "hold_seconds"});
}

TEST_CASE("a command names its caller, and a list its shard", "[inventory_api]") {
  InventoryDoor door;
  const std::int64_t before = door.appended();
  for (const Good& good : GoodRequests()) {
    const std::string request = GoodRequest(good.rpc)->SerializeAsString();
    const bool list = good.rpc == "ListReservations" || good.rpc == "ListLocations" ||
                      good.rpc == "PreviewNetworkChange";
    if (!IsCommand(good.rpc) && !list) continue;
    INFO(good.rpc);
    const rpc::ErrorInfo error = rpc::ReadError(door.SendBytes(PathOf(good.rpc), request, {}));
    CHECK(error.code == grpc::INVALID_ARGUMENT);
    CHECK(error.reason == "REQUIRED");
    CHECK(error.Find("field") == (list ? "omo-shard" : "omo-caller"));
    if (!list) continue;
    const grpc::Status no_such =
        door.SendBytes(PathOf(good.rpc), request, InventoryDoor::AtShard(kDoorShards));
    CHECK(rpc::ReadError(no_such).reason == "OUT_OF_RANGE");
  }
  CHECK(door.appended() == before);
}

TEST_CASE("metadata that is too long is bad input to every rpc", "[inventory_api]") {
  InventoryDoor door;
  const std::int64_t before = door.appended();
  Metadata metadata = InventoryDoor::AtShard(0);
  metadata["omo-reference"] = std::string(129, 'x');
  for (const Good& good : GoodRequests()) {
    INFO(good.rpc);
    const rpc::ErrorInfo error = rpc::ReadError(
        door.SendBytes(PathOf(good.rpc), GoodRequest(good.rpc)->SerializeAsString(), metadata));
    CHECK(error.reason == "TOO_LONG");
    CHECK(error.Find("field") == "omo-reference");
  }
  CHECK(door.appended() == before);
}

TEST_CASE("bytes that are no request are refused by every rpc, and nothing ends",
          "[inventory_api]") {
  InventoryDoor door;
  const std::int64_t before = door.appended();
  for (const Good& good : GoodRequests()) {
    INFO(good.rpc);
    // A string that says it is longer than what follows. The gateway tells its caller why.
    CHECK_FALSE(door.SendBytes(PathOf(good.rpc), "\x0A\x7F", InventoryDoor::AtShard(0)).ok());
  }
  CHECK(door.appended() == before);
}

TEST_CASE("a command id from a clock far ahead is refused", "[inventory_api]") {
  InventoryDoor door;
  v1::DefineUnitRequest request;
  request.set_command_id(MakeUuid(shard::WallNow() + std::chrono::hours{1}, 1, 1));
  request.set_sku("milk");
  request.set_unit("piece");
  const auto answer = door.Send(&Commands::DefineUnit, request);
  CHECK(answer.status.error_code() == grpc::INVALID_ARGUMENT);
  CHECK(answer.reason() == "COMMAND_FROM_FUTURE");
}

TEST_CASE("no rpc is left out of the bad input", "[inventory_api]") {
  std::set<std::string> tried;
  for (const Fault& fault : AllFaults()) {
    const bool own = fault.field != "command_id" && fault.field.rfind("min_position", 0) != 0 &&
                     fault.field.rfind("read.", 0) != 0;
    if (own) tried.insert(fault.rpc);
  }
  for (const char* name : {"InventoryService", "InventoryQueryService"}) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
        std::string("omo.inventory.v1.") + name);
    REQUIRE(service != nullptr);
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* request = service->method(i)->input_type();
      INFO(service->method(i)->name());
      if (request->field_count() == 1 && request->field(0)->name() == "read") continue;
      CHECK(tried.contains(service->method(i)->name()));
    }
  }
}

}  // namespace omo::inventory
