// Commands in a bulk stream, against the same commands one by one.
#include <atomic>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "libs/rpc/bulk_message.h"
#include "tests/support/bulk_caller.h"
#include "tests/support/wait.h"
#include "tests/unit/inventory_api/bad_requests.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

std::string MethodPath(const std::string& rpc) {
  return "omo.inventory.v1.InventoryService/" + rpc;
}

v1::ReserveStockRequest ReserveOf(const std::string& sku, std::int64_t quantity) {
  v1::ReserveStockRequest request;
  request.set_command_id(NewId());
  request.set_reservation_id(request.command_id());
  request.set_owner("cart-1");
  request.set_hold_seconds(600);
  auto* line = request.add_lines();
  line->set_sku(sku);
  line->set_location("shop");
  line->mutable_quantity()->set_value(quantity);
  return request;
}

grpc::Status StatusOf(const bulk::v1::Answer& answer) {
  if (answer.has_response()) return grpc::Status::OK;
  return rpc::ReadBulkError(answer.error().SerializeAsString());
}

// One stream of the door.
class BulkCaller final : public testing::BulkCaller {
 public:
  explicit BulkCaller(InventoryDoor& door, const Metadata& metadata = InventoryDoor::Staff())
      : testing::BulkCaller(door.channel(), InventoryDoor::MakeCall(metadata)) {}

  using testing::BulkCaller::Add;
  void Add(std::uint64_t number, const std::string& method,
           const google::protobuf::Message& request) {
    Add(number, method, request.SerializeAsString());
  }
};

// One call in a stream of its own.
bulk::v1::Answer AskInBulk(InventoryDoor& door, const std::string& method,
                           const std::string& request,
                           const Metadata& metadata = InventoryDoor::Staff()) {
  BulkCaller caller(door, metadata);
  caller.Add(7, method, request);
  REQUIRE(caller.Send());
  auto answers = caller.Read(1);
  REQUIRE(answers.contains(7));
  CHECK(caller.Finish().ok());
  return answers[7];
}

// How many commands the shards refused.
std::uint64_t Refused(InventoryDoor& door) {
  std::uint64_t refused = 0;
  for (const shard::ShardStatus& status : door.runtime().Status(false)) refused += status.refusals;
  return refused;
}

}  // namespace

TEST_CASE("a command gets the same answer in a bulk stream and by itself", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  const v1::ReserveStockRequest request = ReserveOf("milk", 4);
  const auto bulk = AskInBulk(door, MethodPath("ReserveStock"), request.SerializeAsString());
  REQUIRE(bulk.has_response());
  v1::ReserveStockResponse first;
  REQUIRE(first.ParseFromString(bulk.response()));
  CHECK_FALSE(first.duplicate());
  CHECK(first.lines(0).figures().reserved() == 4);

  const auto repeat = door.Send(&Commands::ReserveStock, request);
  REQUIRE(repeat.status.ok());
  CHECK(repeat.response.duplicate());
  first.set_duplicate(true);
  CHECK(repeat.response.SerializeAsString() == first.SerializeAsString());
  const auto again = AskInBulk(door, MethodPath("ReserveStock"), request.SerializeAsString());
  CHECK(again.response() == repeat.response.SerializeAsString());
}

TEST_CASE("many commands of all kinds go in few messages, each answered once", "[inventory_api]") {
  InventoryDoor door;
  BulkCaller caller(door);
  std::uint64_t number = 0;
  for (const Good& good : GoodRequests()) {
    if (IsCommand(good.rpc)) caller.Add(++number, MethodPath(good.rpc), *GoodRequest(good.rpc));
  }
  const std::uint64_t kinds = number;
  constexpr std::uint64_t kRefused = 4'000;
  for (std::uint64_t i = 0; i < kRefused; ++i) {
    // The method is that of the call before.
    caller.Add(++number, i == 0 ? MethodPath("ReserveStock") : "", ReserveOf("none", 1));
  }
  REQUIRE(caller.Send());
  // Nothing is read before all is decided: then what is unread holds back the messages, however
  // fast or slow the two sides are, and answers must have gathered.
  REQUIRE(testing::WaitUntil([&] { return Refused(door) >= kRefused; }));
  const auto answers = caller.Read(number);
  REQUIRE(answers.size() == number);
  for (const auto& [of, answer] : answers) {
    const rpc::ErrorInfo error = rpc::ReadError(StatusOf(answer));
    INFO(of << ": " << error.message);
    CHECK(error.code != grpc::INVALID_ARGUMENT);
    if (of > kinds) CHECK(error.reason == "NOT_ENOUGH_AVAILABLE");
    if (of > kinds) CHECK(error.Find("available") == "0");
  }
  INFO(caller.messages() << " messages");
  CHECK(caller.messages() < number / 4);
  CHECK(caller.Finish().ok());
}

TEST_CASE("bad input in a bulk stream gets the typed error of the RPC", "[inventory_api]") {
  InventoryDoor door;
  const std::int64_t before = door.appended();
  std::size_t compared = 0;
  for (const Fault& fault : AllFaults()) {
    if (!IsCommand(fault.rpc)) continue;
    ++compared;
    const std::string bytes = BadRequest(fault)->SerializeAsString();
    const rpc::ErrorInfo one = rpc::ReadError(door.SendBytes(PathOf(fault.rpc), bytes));
    const rpc::ErrorInfo bulk =
        rpc::ReadError(StatusOf(AskInBulk(door, MethodPath(fault.rpc), bytes)));
    INFO(fault.rpc << ": " << fault.reason << " at " << fault.field);
    CHECK(bulk.code == one.code);
    CHECK(bulk.reason == one.reason);
    CHECK(bulk.message == one.message);
    CHECK(bulk.field_errors == one.field_errors);
  }
  CHECK(compared > 50);
  CHECK(door.appended() == before);
}

TEST_CASE("a call that is no command is answered, and stops no other", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  BulkCaller caller(door);
  caller.Add(1, "", ReserveOf("milk", 1));
  caller.Add(2, MethodPath("SellSoul"), ReserveOf("milk", 1));
  caller.Add(3, "omo.inventory.v1.InventoryQueryService/GetAvailability",
             v1::GetAvailabilityRequest());
  caller.Add(4, MethodPath("ReserveStock"), ReserveOf("milk", 1));
  caller.Add(5, "", "no protobuf");
  caller.Add(6, "", ReserveOf("milk", 1));
  REQUIRE(caller.Send());
  auto answers = caller.Read(6);
  const auto reason = [&](std::uint64_t of) {
    return rpc::ReadError(StatusOf(answers[of])).reason;
  };
  CHECK(reason(1) == "REQUIRED");
  CHECK(reason(2) == "UNKNOWN_METHOD");
  CHECK(reason(3) == "BULK_NOT_SUPPORTED");
  CHECK(answers[4].has_response());
  CHECK(reason(5) == "MALFORMED");
  CHECK(answers[6].has_response());
  CHECK(caller.Finish().ok());
}

TEST_CASE("a bulk stream without a caller gets that for every call", "[inventory_api]") {
  InventoryDoor door;
  const auto answer = AskInBulk(door, MethodPath("ReserveStock"),
                                ReserveOf("milk", 1).SerializeAsString(), Metadata{});
  const rpc::ErrorInfo error = rpc::ReadError(StatusOf(answer));
  CHECK(error.reason == "REQUIRED");
  CHECK(error.Find("field") == "omo-caller");
}

TEST_CASE("bytes that are no message of calls end the stream", "[inventory_api]") {
  InventoryDoor door;
  const rpc::ErrorInfo error =
      rpc::ReadError(door.SendBytes("/omo.bulk.v1.BulkService/RunCommands", "\xFF\xFF"));
  CHECK(error.code == grpc::INVALID_ARGUMENT);
  CHECK(error.reason == "MALFORMED");
}

TEST_CASE("what came in is decided though the stream is broken off", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 5'000);
  std::vector<v1::ReserveStockRequest> requests;
  {
    BulkCaller caller(door);
    for (int i = 0; i < 500; ++i) {
      requests.push_back(ReserveOf("milk", 1));
      caller.Add(i, MethodPath("ReserveStock"), requests.back());
    }
    REQUIRE(caller.Send());
    REQUIRE_FALSE(caller.Read(1).empty());
    caller.Cancel();
  }
  // All of one message reached the shard together.
  CHECK(testing::WaitUntil([&] { return door.FiguresOf("milk", "shop").reserved() == 500; }));
  CHECK(door.Send(&Commands::ReserveStock, requests.back()).response.duplicate());
}

TEST_CASE("a stream that is not read takes no more than its limit, and hinders no other",
          "[inventory_api]") {
  constexpr std::int64_t kLimit = rpc::BulkLimits{}.calls_max;
  constexpr std::uint64_t kCalls = 40'000;
  constexpr std::uint64_t kInMessage = 500;
  InventoryDoor door;
  const auto decided_of = [&](const std::string& sku) {
    return door.FiguresOf(sku, "shop").reserved();
  };
  for (const std::string sku : {"milk", "bread"}) door.Receive(sku, "shop", 1'000'000);
  const auto write = [](BulkCaller& caller, const std::string& sku) {
    std::uint64_t number = 0;
    while (number < kCalls) {
      caller.Add(number, MethodPath("ReserveStock"), ReserveOf(sku, 1));
      if (++number % kInMessage == 0 && !caller.Send()) break;
    }
    caller.WritesDone();
    return number;
  };
  BulkCaller lazy(door);
  std::atomic<std::uint64_t> written = 0;
  std::thread writer([&] { written = write(lazy, "milk"); });
  // Calls are taken while an eighth of the room is free.
  CHECK(testing::WaitUntil([&] { return decided_of("milk") > kLimit / 8 * 7; }));

  // As many calls of another stream take their time, and it is theirs alone.
  BulkCaller other(door);
  std::thread other_writer([&] { write(other, "bread"); });
  CHECK(other.Read(kCalls).size() == kCalls);
  other_writer.join();
  CHECK(decided_of("bread") == kCalls);
  // In this process no window holds answers but the one message that is handed over.
  CHECK(decided_of("milk") <= kLimit);
  CHECK(written == 0);
  // Read after all, nothing is lost.
  CHECK(lazy.Read(kCalls).size() == kCalls);
  writer.join();
  CHECK(written == kCalls);
}

TEST_CASE("what a full queue refuses is answered so, and the stream goes on", "[inventory_api]") {
  constexpr std::uint64_t kQueue = 10;
  constexpr std::uint64_t kCalls = 100;
  InventoryDoor door({.queue_max = kQueue});
  door.Receive("milk", "shop", 1'000);
  BulkCaller caller(door);
  std::vector<v1::ReserveStockRequest> requests;
  for (std::uint64_t number = 0; number < kCalls; ++number) {
    requests.push_back(ReserveOf("milk", 1));
    caller.Add(number, MethodPath("ReserveStock"), requests.back());
  }
  REQUIRE(caller.Send());
  const auto answers = caller.Read(kCalls);
  REQUIRE(answers.size() == kCalls);
  // All of one message come to the queue together, in their order.
  for (const auto& [number, answer] : answers) {
    INFO(number);
    const rpc::ErrorInfo error = rpc::ReadError(StatusOf(answer));
    if (number < kQueue) {
      CHECK(answer.has_response());
      continue;
    }
    CHECK(error.code == grpc::RESOURCE_EXHAUSTED);
    CHECK(error.reason == "OVERLOADED");
    CHECK(error.retry_after.has_value());
  }
  CHECK(door.FiguresOf("milk", "shop").reserved() == kQueue);

  // The same bytes, later, one after the other.
  for (std::uint64_t number = kQueue; number < kCalls; ++number) {
    caller.Add(number, MethodPath("ReserveStock"), requests[number]);
    REQUIRE(caller.Send());
    auto again = caller.Read(1);
    CHECK(again[number].has_response());
  }
  CHECK(door.FiguresOf("milk", "shop").reserved() == kCalls);
  CHECK(caller.Finish().ok());
}

}  // namespace omo::inventory
