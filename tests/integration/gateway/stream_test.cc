#include <atomic>
#include <set>
#include <thread>
#include <utility>

#include "tests/integration/gateway/gateway_rig.h"

namespace omo::gateway {
namespace {

using Stream = std::unique_ptr<grpc::ClientReaderWriter<PutRequest, PutResponse>>;

PutRequest RequestTo(ShardId shard, const std::string& id, std::size_t padding = 0) {
  PutRequest request;
  request.set_command_id(id);
  request.mutable_item()->set_sku(SkuOf(shard));
  request.set_padding(std::string(padding, 'x'));
  return request;
}

// Whether `count` comes to stand still, as it does when the other side takes no more.
bool StandsStill(const std::atomic<int>& count) {
  int last = -1;
  auto since = std::chrono::steady_clock::now();
  return WaitUntil([&] {
    const auto now = std::chrono::steady_clock::now();
    if (std::exchange(last, count) != last) since = now;
    return now - since > std::chrono::milliseconds(300);
  });
}

}  // namespace

TEST_CASE("each message of a stream goes to the owner of its own key", "[gateway]") {
  GatewayRig rig;
  grpc::ClientContext call;
  GatewayRig::SetUp(call);
  const Stream stream = rig.stub->PutAll(&call);
  std::thread writer([&] {
    for (int n = 0; n < 500; ++n) stream->Write(RequestTo(n % 16, std::to_string(n)));
    stream->WritesDone();
  });
  std::map<std::string, int> last_by_instance;
  std::set<std::string> answered;
  PutResponse response;
  while (stream->Read(&response)) {
    answered.insert(response.command_id());
    const int number = std::stoi(response.command_id());
    CHECK(response.instance() == (number % 16 < 8 ? "one" : "two"));
    // An owner's answers come in the order of its messages.
    const auto [last, is_first] = last_by_instance.emplace(response.instance(), -1);
    CHECK(last->second < number);
    last->second = number;
  }
  writer.join();
  CHECK(stream->Finish().ok());
  CHECK(answered.size() == 500);
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));
}

TEST_CASE("an owner that stops reading stops the caller, and nothing is lost", "[gateway]") {
  GatewayRig rig;
  rig.one.ReadStreams(false);
  grpc::ClientContext call;
  GatewayRig::SetUp(call, 60'000);
  const Stream stream = rig.stub->PutAll(&call);
  constexpr int kMessages = 3'000;
  std::atomic<int> written{0};
  std::thread writer([&] {
    for (int n = 0; n < kMessages; ++n) {
      if (!stream->Write(RequestTo(3, std::to_string(n), 32'000))) break;
      ++written;
    }
    stream->WritesDone();
  });
  std::atomic<int> answers{0};
  std::thread reader([&] {
    for (PutResponse response; stream->Read(&response);) ++answers;
  });
  CHECK(StandsStill(written));
  // What is under way is the windows of two connections and the gateway's own few messages.
  CHECK(written < kMessages / 2);
  CHECK(rig.one.stream_messages() == 0);
  rig.one.ReadStreams(true);
  writer.join();
  reader.join();
  CHECK(stream->Finish().ok());
  CHECK(written == kMessages);
  CHECK(answers == kMessages);
}

TEST_CASE("a caller that reads no answers stops the owner", "[gateway]") {
  GatewayRig rig;
  grpc::ClientContext call;
  GatewayRig::SetUp(call, 60'000);
  PutRequest request = RequestTo(3, std::string(1, 'w'));
  constexpr int kMessages = 1'000'000;
  request.mutable_item()->set_quantity(kMessages);
  const auto watch = rig.stub->Watch(&call, request);
  PutResponse response;
  int answers = 0;
  while (answers < 100'000 && watch->Read(&response)) ++answers;
  CHECK(answers == 100'000);
  // The owner counts down in its answers: it is no further ahead than the windows allow.
  CHECK(std::stoi(response.command_id()) == kMessages - answers);
  call.TryCancel();
  while (watch->Read(&response)) ++answers;
  CHECK(watch->Finish().error_code() == grpc::CANCELLED);
  CHECK(answers < kMessages / 2);
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));
}

TEST_CASE("a stream of answers to one request comes from the key's owner", "[gateway]") {
  GatewayRig rig;
  grpc::ClientContext call;
  GatewayRig::SetUp(call);
  PutRequest request = RequestTo(12, "w");
  request.mutable_item()->set_quantity(50);
  const auto watch = rig.stub->Watch(&call, request);
  int answers = 0;
  for (PutResponse response; watch->Read(&response); ++answers) CHECK(response.instance() == "two");
  CHECK(watch->Finish().ok());
  CHECK(answers == 50);
}

TEST_CASE("a stream ends with the first no, details and all", "[gateway]") {
  GatewayRig rig;
  grpc::ClientContext call;
  GatewayRig::SetUp(call);
  const Stream stream = rig.stub->PutAll(&call);
  PutResponse response;
  REQUIRE(stream->Write(RequestTo(3, "fine")));
  REQUIRE(stream->Write(RequestTo(12, "fine too")));
  REQUIRE(stream->Read(&response));
  REQUIRE(stream->Read(&response));
  SECTION("of an owner") {
    REQUIRE(stream->Write(RequestTo(3, "fail")));
    CHECK_FALSE(stream->Read(&response));
    CHECK(rpc::ReadError(stream->Finish()).reason == "SHELF_IS_FULL");
  }
  SECTION("of the gateway") {
    REQUIRE(stream->Write(PutRequest()));
    CHECK_FALSE(stream->Read(&response));
    CHECK(rpc::ReadError(stream->Finish()).Find("field") == "item.sku");
  }
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));
}

TEST_CASE("after NOT_OWNER the next stream goes to the hinted owner", "[gateway]") {
  GatewayRig rig;
  rig.one.Disown(3);
  rig.one.SetHint({rig.two.address(), 2});
  rig.two.Own(3);
  PutResponse response;
  {
    grpc::ClientContext call;
    GatewayRig::SetUp(call);
    const Stream stream = rig.stub->PutAll(&call);
    stream->Write(RequestTo(3, "a"));
    CHECK_FALSE(stream->Read(&response));
    CHECK(rpc::ReadError(stream->Finish()).reason == "NOT_OWNER");
  }
  grpc::ClientContext call;
  GatewayRig::SetUp(call);
  const Stream stream = rig.stub->PutAll(&call);
  REQUIRE(stream->Write(RequestTo(3, "a")));
  REQUIRE(stream->Read(&response));
  CHECK(response.instance() == "two");
  stream->WritesDone();
  CHECK_FALSE(stream->Read(&response));
  CHECK(stream->Finish().ok());
}

TEST_CASE("a stream whose owner stops is not called cancelled", "[gateway]") {
  GatewayRig rig;
  grpc::ClientContext call;
  GatewayRig::SetUp(call);
  const Stream stream = rig.stub->PutAll(&call);
  PutResponse response;
  REQUIRE(stream->Write(RequestTo(3, "a")));
  REQUIRE(stream->Read(&response));
  REQUIRE(stream->Write(RequestTo(3, "stop")));
  CHECK_FALSE(stream->Read(&response));
  CHECK(stream->Finish().error_code() == grpc::UNAVAILABLE);
}

TEST_CASE("streams are bounded, and end with their caller, their owner or their deadline",
          "[gateway]") {
  GatewayRig rig({.streams_max = 1});
  PutResponse response;
  grpc::ClientContext first_call;
  GatewayRig::SetUp(first_call, 500);
  const Stream first = rig.stub->PutAll(&first_call);
  REQUIRE(first->Write(RequestTo(3, "a")));
  REQUIRE(first->Read(&response));
  {
    grpc::ClientContext call;
    GatewayRig::SetUp(call);
    const Stream second = rig.stub->PutAll(&call);
    CHECK_FALSE(second->Read(&response));
    CHECK(rpc::ReadError(second->Finish()).reason == "OVERLOADED");
  }
  CHECK_FALSE(first->Read(&response));
  CHECK(first->Finish().error_code() == grpc::DEADLINE_EXCEEDED);
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));

  grpc::ClientContext third_call;
  GatewayRig::SetUp(third_call);
  const Stream third = rig.stub->PutAll(&third_call);
  REQUIRE(third->Write(RequestTo(3, "a")));
  REQUIRE(third->Read(&response));
  third_call.TryCancel();
  CHECK(third->Finish().error_code() == grpc::CANCELLED);
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));

  grpc::ClientContext empty_call;
  GatewayRig::SetUp(empty_call);
  const Stream empty = rig.stub->PutAll(&empty_call);
  empty->WritesDone();
  CHECK(empty->Finish().ok());
  CHECK(WaitUntil([&] { return rig.IsIdle(); }));
}

}  // namespace omo::gateway
