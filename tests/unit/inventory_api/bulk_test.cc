// Commands in a bulk stream, against the same commands one by one.
#include <atomic>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "libs/rpc/bulk_message.h"
#include "omo/bulk/v1/bulk_service.grpc.pb.h"
#include "tests/support/wait.h"
#include "tests/unit/inventory_api/bad_requests.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

using bulk::v1::RunCommandsRequest;
using bulk::v1::RunCommandsResponse;

std::string Method(const std::string& rpc) { return "omo.inventory.v1.InventoryService/" + rpc; }

void AddCall(RunCommandsRequest& message, std::uint64_t number, const std::string& method,
             const google::protobuf::Message& request) {
  auto* call = message.add_calls();
  call->set_number(number);
  call->set_method(method);
  call->set_request(request.SerializeAsString());
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

// One stream of the door, read and written by the test.
class BulkCaller {
 public:
  explicit BulkCaller(InventoryDoor& door, const Metadata& metadata = InventoryDoor::Staff())
      : stub_(bulk::v1::BulkService::NewStub(door.channel())) {
    InventoryDoor::SetUp(context_, metadata);
    stream_ = stub_->RunCommands(&context_);
  }

  bool Write(const RunCommandsRequest& message) { return stream_->Write(message); }
  void WritesDone() { stream_->WritesDone(); }
  // Reads until so many answers are there or the stream ends.
  std::map<std::uint64_t, bulk::v1::Answer> Read(std::size_t count) {
    RunCommandsResponse message;
    while (answers_.size() < count && stream_->Read(&message)) {
      ++messages_;
      for (const auto& answer : message.answers()) {
        CHECK(answers_.emplace(answer.number(), answer).second);
      }
    }
    return std::exchange(answers_, {});
  }
  // Ends the stream; nothing more comes.
  grpc::Status Finish() {
    stream_->WritesDone();
    RunCommandsResponse message;
    CHECK_FALSE(stream_->Read(&message));
    return stream_->Finish();
  }
  void Cancel() { context_.TryCancel(); }
  std::size_t messages() const { return messages_; }

 private:
  const std::unique_ptr<bulk::v1::BulkService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<RunCommandsRequest, RunCommandsResponse>> stream_;
  std::map<std::uint64_t, bulk::v1::Answer> answers_;
  std::size_t messages_ = 0;
};

// One call in a stream of its own.
bulk::v1::Answer AskInBulk(InventoryDoor& door, const std::string& method,
                           const std::string& request,
                           const Metadata& metadata = InventoryDoor::Staff()) {
  BulkCaller caller(door, metadata);
  RunCommandsRequest message;
  auto* call = message.add_calls();
  call->set_number(7);
  call->set_method(method);
  call->set_request(request);
  REQUIRE(caller.Write(message));
  auto answers = caller.Read(1);
  REQUIRE(answers.contains(7));
  CHECK(caller.Finish().ok());
  return answers[7];
}

}  // namespace

TEST_CASE("a command gets the same answer in a bulk stream and by itself", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  const v1::ReserveStockRequest request = ReserveOf("milk", 4);
  const auto bulk = AskInBulk(door, Method("ReserveStock"), request.SerializeAsString());
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
  const auto again = AskInBulk(door, Method("ReserveStock"), request.SerializeAsString());
  CHECK(again.response() == repeat.response.SerializeAsString());
}

TEST_CASE("many commands of all kinds go in few messages, each answered once", "[inventory_api]") {
  InventoryDoor door;
  BulkCaller caller(door);
  RunCommandsRequest message;
  std::uint64_t number = 0;
  for (const Good& good : GoodRequests()) {
    if (IsCommand(good.rpc)) AddCall(message, ++number, Method(good.rpc), *GoodRequest(good.rpc));
  }
  const std::uint64_t kinds = number;
  for (int i = 0; i < 1'000; ++i) {
    // The method is that of the call before.
    AddCall(message, ++number, i == 0 ? Method("ReserveStock") : "", ReserveOf("none", 1));
  }
  REQUIRE(caller.Write(message));
  const auto answers = caller.Read(number);
  REQUIRE(answers.size() == number);
  for (const auto& [of, answer] : answers) {
    const rpc::ErrorInfo error = rpc::ReadError(StatusOf(answer));
    INFO(of << ": " << error.message);
    CHECK(error.code != grpc::INVALID_ARGUMENT);
    if (of > kinds) CHECK(error.reason == "NOT_ENOUGH_AVAILABLE");
    if (of > kinds) CHECK(error.Find("available") == "0");
  }
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
    const rpc::ErrorInfo bulk = rpc::ReadError(StatusOf(AskInBulk(door, Method(fault.rpc), bytes)));
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
  RunCommandsRequest message;
  AddCall(message, 1, "", ReserveOf("milk", 1));
  AddCall(message, 2, Method("SellSoul"), ReserveOf("milk", 1));
  AddCall(message, 3, "omo.inventory.v1.InventoryQueryService/GetAvailability",
          v1::GetAvailabilityRequest());
  AddCall(message, 4, Method("ReserveStock"), ReserveOf("milk", 1));
  message.add_calls()->set_number(5);
  message.mutable_calls(4)->set_request("no protobuf");
  AddCall(message, 6, "", ReserveOf("milk", 1));
  REQUIRE(caller.Write(message));
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
  const auto answer =
      AskInBulk(door, Method("ReserveStock"), ReserveOf("milk", 1).SerializeAsString(), Metadata{});
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
    RunCommandsRequest message;
    for (int i = 0; i < 500; ++i) {
      requests.push_back(ReserveOf("milk", 1));
      AddCall(message, i, Method("ReserveStock"), requests.back());
    }
    REQUIRE(caller.Write(message));
    REQUIRE_FALSE(caller.Read(1).empty());
    caller.Cancel();
  }
  // All of one message reached the shard together.
  CHECK(testing::WaitUntil([&] { return door.FiguresOf("milk", "shop").reserved() == 500; }));
  CHECK(door.Send(&Commands::ReserveStock, requests.back()).response.duplicate());
}

TEST_CASE("a stream that is not read takes no more than its limit, and hinders no other",
          "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 1'000'000);
  const std::int64_t before = door.appended();
  constexpr std::uint64_t kCalls = 40'000;
  BulkCaller lazy(door);
  std::atomic<std::uint64_t> written = 0;
  std::thread writer([&] {
    for (std::uint64_t number = 0; number < kCalls;) {
      RunCommandsRequest message;
      for (int i = 0; i < 500; ++i) {
        AddCall(message, number++, i == 0 ? Method("ReserveStock") : "", ReserveOf("milk", 1));
      }
      if (!lazy.Write(message)) break;
      written = number;
    }
    lazy.WritesDone();
  });
  // The first answers wait in the connection's windows, then the limit is reached: all stands
  // still.
  std::int64_t decided = 0;
  auto since = std::chrono::steady_clock::now();
  CHECK(testing::WaitUntil([&] {
    const auto now = std::chrono::steady_clock::now();
    if (std::exchange(decided, door.appended() - before) != door.appended() - before) since = now;
    return decided > 0 && now - since > std::chrono::milliseconds(300);
  }));
  CHECK(decided < static_cast<std::int64_t>(kCalls) / 2);
  CHECK(door.Send(&Commands::ReserveStock, ReserveOf("milk", 1)).status.ok());
  // Read after all, nothing is lost.
  CHECK(lazy.Read(kCalls).size() == kCalls);
  writer.join();
  CHECK(written == kCalls);
}

}  // namespace omo::inventory
