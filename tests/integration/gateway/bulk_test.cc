// Bulk streams through the gateway: every call finds its owner, whatever happens to owners.
#include <atomic>
#include <map>
#include <thread>

#include "libs/rpc/bulk_message.h"
#include "tests/integration/gateway/gateway_rig.h"
#include "tests/support/bulk_caller.h"

namespace omo::gateway {
namespace {

constexpr char kPut[] = "omo.test.v1.ShelfService/Put";

std::string PutTo(ShardId shard, const std::string& id = "c") {
  PutRequest request;
  request.set_command_id(id);
  request.mutable_item()->set_sku(SkuOf(shard));
  return request.SerializeAsString();
}

class BulkCaller final : public testing::BulkCaller {
 public:
  explicit BulkCaller(GatewayRig& rig, const std::string& role = "")
      : BulkCaller(rig.channel, role) {}
  explicit BulkCaller(const std::shared_ptr<grpc::Channel>& channel, const std::string& role = "")
      : testing::BulkCaller(channel, MakeCall(role)) {}

 private:
  static std::unique_ptr<grpc::ClientContext> MakeCall(const std::string& role) {
    auto call = std::make_unique<grpc::ClientContext>();
    call->AddMetadata("omo-caller", "till-7");
    if (!role.empty()) call->AddMetadata("omo-role", role);
    return call;
  }
};

std::string InstanceOf(const bulk::v1::Answer& answer) {
  PutResponse response;
  CHECK(answer.has_response());
  CHECK(response.ParseFromString(answer.response()));
  return response.instance();
}

std::string ReasonOf(const bulk::v1::Answer& answer) {
  return rpc::ReadError(rpc::ReadBulkError(answer.error().SerializeAsString())).reason;
}

}  // namespace

TEST_CASE("each call of a bulk stream goes to the owner of its key", "[gateway]") {
  GatewayRig rig;
  BulkCaller caller(rig);
  constexpr std::uint64_t kCalls = 1'000;
  for (std::uint64_t number = 0; number < kCalls; ++number) {
    caller.Add(number, number % 100 == 0 ? kPut : "", PutTo(static_cast<ShardId>(number % 16)));
    if (number % 100 == 99) REQUIRE(caller.Send());
  }
  const auto answers = caller.Read(kCalls);
  REQUIRE(answers.size() == kCalls);
  for (const auto& [number, answer] : answers) {
    CHECK(InstanceOf(answer) == (number % 16 < 8 ? "one" : "two"));
  }
  CHECK(caller.Finish().ok());
  CHECK(rig.one.contexts().front().caller == "till-7");
  CHECK(rig.one.puts().size() + rig.two.puts().size() == kCalls);
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));
}

TEST_CASE("what cannot be routed is answered, and stops no other call", "[gateway]") {
  GatewayRig rig;
  BulkCaller caller(rig, "guest");
  caller.Add(1, "", PutTo(1));
  caller.Add(2, "omo.test.v1.ShelfService/SellSoul", PutTo(1));
  caller.Add(3, "omo.test.v1.ShelfService/GetMany", PutTo(1));
  caller.Add(4, "omo.test.v1.ShelfService/List", PutTo(1));
  caller.Add(5, "omo.test.v1.ShelfService/PutAll", PutTo(1));
  caller.Add(6, "omo.test.v1.ShelfService/PutGuarded", PutTo(1));
  caller.Add(7, kPut, "");
  caller.Add(8, kPut, "\xFF\xFF");
  caller.Add(9, kPut, PutTo(1));
  REQUIRE(caller.Send());
  auto answers = caller.Read(9);
  REQUIRE(answers.size() == 9);
  CHECK(ReasonOf(answers[1]) == "REQUIRED");
  CHECK(ReasonOf(answers[2]) == "UNKNOWN_METHOD");
  for (const std::uint64_t number : {3, 4, 5}) {
    CHECK(ReasonOf(answers[number]) == "BULK_NOT_SUPPORTED");
  }
  CHECK(ReasonOf(answers[6]) == "ROLE_NOT_ALLOWED");
  CHECK(ReasonOf(answers[7]) == "REQUIRED");
  CHECK(ReasonOf(answers[8]) == "MALFORMED");
  CHECK(InstanceOf(answers[9]) == "one");
  CHECK(caller.Finish().ok());
}

TEST_CASE("a call that no owner would take is answered alone, whatever the gateway takes",
          "[gateway]") {
  GatewayRig rig({.message_bytes_max = 8 << 20});
  BulkCaller caller(rig);
  PutRequest request;
  request.set_command_id("c");
  request.mutable_item()->set_sku(SkuOf(1));
  caller.Add(1, kPut, PutTo(1));
  request.set_padding(std::string(4 << 20, 'x'));
  caller.Add(2, kPut, request.SerializeAsString());
  caller.Add(3, kPut, PutTo(1));
  REQUIRE(caller.Send());
  auto answers = caller.Read(3);
  REQUIRE(answers.size() == 3);
  CHECK(InstanceOf(answers[1]) == "one");
  CHECK(ReasonOf(answers[2]) == "MESSAGE_TOO_LARGE");
  CHECK(InstanceOf(answers[3]) == "one");
  // The largest that it forwards is one that the owner takes.
  request.set_padding(std::string((4 << 20) - (5 << 10), 'x'));
  caller.Add(4, kPut, request.SerializeAsString());
  REQUIRE(caller.Send());
  answers = caller.Read(1);
  CHECK(InstanceOf(answers[4]) == "one");
  CHECK(caller.Finish().ok());
}

TEST_CASE("calls follow a shard that moved", "[gateway]") {
  GatewayRig rig;
  rig.one.Disown(3);
  rig.one.SetHint({rig.two.address(), 2});
  rig.two.Own(3);
  BulkCaller caller(rig);
  for (std::uint64_t number = 0; number < 50; ++number) caller.Add(number, kPut, PutTo(3));
  REQUIRE(caller.Send());
  const auto answers = caller.Read(50);
  REQUIRE(answers.size() == 50);
  for (const auto& [number, answer] : answers) CHECK(InstanceOf(answer) == "two");
  CHECK(caller.Finish().ok());
  CHECK(rig.two.puts().size() == 50);
}

TEST_CASE("the calls of an owner that dies are answered by the next, each once", "[gateway]") {
  GatewayRig rig;
  rig.one.Hold();
  BulkCaller caller(rig);
  constexpr std::uint64_t kCalls = 400;
  for (std::uint64_t number = 0; number < kCalls; ++number) {
    caller.Add(number, kPut, PutTo(static_cast<ShardId>(number % 16), std::to_string(number)));
  }
  REQUIRE(caller.Send());
  REQUIRE(WaitUntil([&] { return rig.one.held() == 1; }));
  CHECK(rig.one.puts().size() == kCalls / 2);
  rig.two.Own(rig.owners, 0, 7, 2);
  rig.one.BreakHeldStreams();
  const auto answers = caller.Read(kCalls);
  REQUIRE(answers.size() == kCalls);
  for (const auto& [number, answer] : answers) CHECK(InstanceOf(answer) == "two");
  CHECK(caller.Finish().ok());
  // Sent again as they were.
  std::map<std::string, std::string> first;
  for (const auto& put : rig.one.puts()) first[put.command_id()] = put.SerializeAsString();
  std::size_t again = 0;
  for (const auto& put : rig.two.puts()) {
    if (!first.contains(put.command_id())) continue;
    ++again;
    CHECK(first[put.command_id()] == put.SerializeAsString());
  }
  CHECK(again == kCalls / 2);
}

TEST_CASE("an owner that says nothing is left when another is known to own", "[gateway]") {
  GatewayRig rig;
  rig.one.Hold();
  BulkCaller caller(rig);
  for (std::uint64_t number = 0; number < 20; ++number) caller.Add(number, kPut, PutTo(3));
  REQUIRE(caller.Send());
  REQUIRE(WaitUntil([&] { return rig.one.held() == 1; }));
  rig.two.Own(rig.owners, 3, 3, 2);
  const auto answers = caller.Read(20);
  REQUIRE(answers.size() == 20);
  for (const auto& [number, answer] : answers) CHECK(InstanceOf(answer) == "two");
  rig.one.Release();
  CHECK(caller.Finish().ok());
}

TEST_CASE("all calls of an owner that says nothing go elsewhere, though the directory is old",
          "[gateway]") {
  GatewayRig rig;
  rig.one.Hold();
  BulkCaller caller(rig);
  for (std::uint64_t number = 0; number < 20; ++number) {
    caller.Add(number, kPut, PutTo(static_cast<ShardId>(number % 8)));
  }
  REQUIRE(caller.Send());
  REQUIRE(WaitUntil([&] { return rig.one.held() == 1; }));
  for (ShardId shard = 0; shard < 8; ++shard) rig.two.Own(shard);  // And nobody is told.
  const auto answers = caller.Read(20);
  REQUIRE(answers.size() == 20);
  for (const auto& [number, answer] : answers) CHECK(InstanceOf(answer) == "two");
  rig.one.Release();
  CHECK(caller.Finish().ok());
}

TEST_CASE("a call that was not recorded is made again, and a refusal is an answer", "[gateway]") {
  GatewayRig rig;
  rig.one.FailNext({rpc::NotRecorded("c"), rpc::NotRecorded("c"),
                    rpc::Refused(grpc::FAILED_PRECONDITION, "SHELF_IS_FULL", "full")});
  BulkCaller caller(rig);
  caller.Add(1, kPut, PutTo(3));
  REQUIRE(caller.Send());
  auto answers = caller.Read(1);
  REQUIRE(answers.contains(1));
  CHECK(ReasonOf(answers[1]) == "SHELF_IS_FULL");
  CHECK(rig.one.puts().size() == 3);
  CHECK(caller.Finish().ok());
}

TEST_CASE("a call that nobody answers ends unknown at its deadline", "[gateway]") {
  GatewayRig rig({.deadline_default = Duration{300}});
  rig.one.Hold();
  BulkCaller caller(rig);
  caller.Add(1, kPut, PutTo(3));
  caller.Add(2, kPut, PutTo(12));
  REQUIRE(caller.Send());
  auto answers = caller.Read(2);
  REQUIRE(answers.size() == 2);
  CHECK(ReasonOf(answers[1]) == "OUTCOME_UNKNOWN");
  CHECK(InstanceOf(answers[2]) == "two");
  CHECK(caller.Finish().ok());
}

TEST_CASE("a call beyond what the gateway has room for is answered so, and the stream goes on",
          "[gateway]") {
  constexpr std::uint64_t kRoom = 10;
  GatewayRig rig({.all_bulk_calls_max = kRoom});
  rig.one.Hold();
  BulkCaller first(rig);
  for (std::uint64_t number = 0; number < kRoom; ++number) first.Add(number, kPut, PutTo(3));
  REQUIRE(first.Send());
  REQUIRE(WaitUntil([&] { return rig.one.puts().size() == kRoom; }));

  BulkCaller second(rig);
  second.Add(1, kPut, PutTo(12));
  REQUIRE(second.Send());
  auto refused = second.Read(1);
  REQUIRE(refused.contains(1));
  const rpc::ErrorInfo error =
      rpc::ReadError(rpc::ReadBulkError(refused[1].error().SerializeAsString()));
  CHECK(error.code == grpc::RESOURCE_EXHAUSTED);
  CHECK(error.reason == "OVERLOADED");
  CHECK(error.retry_after.has_value());
  CHECK(rig.two.puts().empty());

  rig.one.Release();
  CHECK(first.Read(kRoom).size() == kRoom);
  second.Add(1, kPut, PutTo(12));
  REQUIRE(second.Send());
  CHECK(InstanceOf(second.Read(1)[1]) == "two");
  CHECK(second.Finish().ok());
  CHECK(first.Finish().ok());
}

TEST_CASE("a caller that reads no answers is read no more, and hinders no other", "[gateway]") {
  constexpr std::size_t kLimit = 1'000;
  constexpr std::uint64_t kCalls = 40'000;
  constexpr std::size_t kIdBytes = 2'000;  // Echoed: answers are larger than windows.
  // What the way holds of answers that count as written: the caller's window, which does not grow,
  // and the server's buffer of a stream, 64 KiB each (gRPC's defaults).
  constexpr std::size_t kOnTheWay = 2 * (64 << 10) / kIdBytes + 1;
  GatewayRig rig({.bulk_calls_max = kLimit});
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  BulkCaller lazy(grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(rig.server.port()),
                                            grpc::InsecureChannelCredentials(), arguments));
  std::thread writer([&] {
    bool going = true;
    for (std::uint64_t number = 0; number < kCalls && going;) {
      for (int i = 0; i < 500; ++i, ++number) {
        lazy.Add(number, i == 0 ? kPut : "",
                 PutTo(static_cast<ShardId>(number % 16), std::string(kIdBytes, 'x')));
      }
      going = lazy.Send();
    }
    lazy.WritesDone();
  });
  const auto taken = [&] { return rig.one.puts().size() + rig.two.puts().size(); };
  CHECK(WaitUntil([&] { return taken() >= kLimit; }));

  // Calls of others go through meanwhile, and it is left where it is.
  constexpr int kOthers = 2'000;
  for (int i = 0; i < kOthers; ++i) {
    PutResponse response;
    REQUIRE(rig.Put(static_cast<ShardId>(i % 16), response).ok());
  }
  CHECK(WaitUntil([&] {
    return rig.gateway->StateAsJson().find(R"("bulk_calls":{"in_flight":0,)") != std::string::npos;
  }));
  CHECK(taken() - kOthers <= kLimit + kOnTheWay);
  CHECK(lazy.Read(kCalls).size() == kCalls);
  writer.join();
}

}  // namespace omo::gateway
