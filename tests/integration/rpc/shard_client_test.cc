#include "libs/rpc/shard_client.h"

#include <future>

#include "tests/support/catch.h"
#include "tests/support/fake_shelf.h"
#include "tests/support/wait.h"

using namespace omo;
using namespace omo::rpc;
using namespace omo::test::v1;
using omo::testing::FakeShelf;
using omo::testing::SkuOf;
using omo::testing::StaticOwners;
using omo::testing::WaitUntil;

namespace {

constexpr const char* kPut = "/omo.test.v1.ShelfService/Put";
constexpr const char* kNobody = "127.0.0.1:1";

// Two instances, a directory and a client.
struct Rig {
  StaticOwners owners;
  FakeShelf one{"one"};
  FakeShelf two{"two"};
  ShardClient client{"shelf", testing::kShelfShards, owners, std::make_shared<ChannelPool>()};

  grpc::Status Put(ShardId shard, PutResponse& response, int milliseconds = 10'000) {
    PutRequest request;
    request.set_command_id("c-1");
    request.mutable_item()->set_sku(SkuOf(shard));
    CallOptions options{{{"omo-caller", "test"}}, Deadline(milliseconds)};
    return client.CallAndWait<PutRequest, PutResponse>(shard, kPut, request, options, response);
  }
  static std::chrono::system_clock::time_point Deadline(int milliseconds) {
    return std::chrono::system_clock::now() + std::chrono::milliseconds(milliseconds);
  }
};

std::vector<grpc::Status> Times(int count, const grpc::Status& status) {
  return std::vector<grpc::Status>(static_cast<std::size_t>(count), status);
}

}  // namespace

TEST_CASE("a call goes to the shard's owner, with its metadata", "[rpc]") {
  Rig rig;
  rig.one.Own(rig.owners, 0, 7);
  rig.two.Own(rig.owners, 8, 15);
  PutResponse response;
  REQUIRE(rig.Put(3, response).ok());
  CHECK(response.instance() == "one");
  REQUIRE(rig.Put(12, response).ok());
  CHECK(response.instance() == "two");
  CHECK(rig.two.contexts().at(0).caller == "test");
  CHECK(rig.one.asked_in_vain() + rig.two.asked_in_vain() == 0);
}

TEST_CASE("NOT_OWNER is followed to the hinted owner, and remembered", "[rpc]") {
  Rig rig;
  rig.one.Own(rig.owners, 0, 15);
  rig.one.Disown(3);
  rig.one.SetHint({rig.two.address(), 2});
  rig.two.Own(3);
  PutResponse response;
  REQUIRE(rig.Put(3, response).ok());
  CHECK(response.instance() == "two");
  REQUIRE(rig.Put(3, response).ok());
  CHECK(rig.one.asked_in_vain() == 1);
}

TEST_CASE("a dead owner is gone round by asking another instance", "[rpc]") {
  Rig rig;
  rig.owners.Publish({"shelf", 3, 1, 1, "dead", kNobody});
  rig.one.Own(rig.owners, 4, 15);
  rig.one.SetHint({rig.two.address(), 2});
  rig.two.Own(3);
  PutResponse response;
  REQUIRE(rig.Put(3, response).ok());
  CHECK(response.instance() == "two");
}

TEST_CASE("what is proven unwritten is sent again with the same bytes", "[rpc]") {
  Rig rig;
  rig.one.Own(rig.owners, 0, 15);
  rig.one.FailNext({NotRecorded("c-1"), NotRecorded("c-1"), NotOwner(3, {}), Poisoned(3, 9)});
  PutResponse response;
  REQUIRE(rig.Put(3, response).ok());
  const auto puts = rig.one.puts();
  REQUIRE(puts.size() == 5);
  for (const PutRequest& put : puts) {
    CHECK(put.SerializeAsString() == puts[0].SerializeAsString());
  }
}

TEST_CASE("a call that a stopping server cancels is sent again", "[rpc]") {
  Rig rig;
  rig.one.Own(rig.owners, 0, 15);
  rig.one.FailNext({grpc::Status(grpc::CANCELLED, "CANCELLED")});
  PutResponse response;
  REQUIRE(rig.Put(3, response).ok());
  const auto puts = rig.one.puts();
  REQUIRE(puts.size() == 2);
  CHECK(puts[0].SerializeAsString() == puts[1].SerializeAsString());
}

TEST_CASE("a business answer is not repeated and comes back untouched", "[rpc]") {
  Rig rig;
  rig.one.Own(rig.owners, 0, 15);
  const std::vector<Detail> details{{"available", "3"}};
  const grpc::Status given = GENERATE_COPY(
      Refused(grpc::FAILED_PRECONDITION, "NOT_ENOUGH_AVAILABLE", "only 3 left", details),
      Refused(grpc::NOT_FOUND, "NO_SUCH_SHELF", "no"), InvalidArgument("sku", "REQUIRED", "empty"),
      Overloaded("queue", Duration{20}), OutcomeUnknown("c-1"),
      PositionNotReached("not yet", {.shard = 3, .asked = 9, .reached = 8}));
  rig.one.FailNext({given});
  PutResponse response;
  const grpc::Status got = rig.Put(3, response);
  CHECK(got.error_code() == given.error_code());
  CHECK(got.error_message() == given.error_message());
  CHECK(got.error_details() == given.error_details());
  CHECK(rig.one.puts().size() == 1);
}

TEST_CASE("at the deadline the answer says whether something may have happened", "[rpc]") {
  Rig rig;
  rig.one.Own(rig.owners, 0, 15);
  PutResponse response;
  SECTION("every attempt was proven unwritten: the last answer") {
    rig.one.FailNext(Times(1'000, NotRecorded("c-1")));
    CHECK(ReadError(rig.Put(3, response, 150)).reason == "NOT_RECORDED");
    CHECK(rig.one.puts().size() > 2);
    CHECK(rig.one.puts().size() < 20);  // 5 ms apart, doubling.
  }
  SECTION("nobody answered: unknown") {
    rig.one.Hold();
    CHECK(ReadError(rig.Put(3, response, 150)).reason == "OUTCOME_UNKNOWN");
  }
  SECTION("the connection broke: unknown") {
    rig.owners.Publish({"shelf", 3, 1, 5, "dead", kNobody});
    rig.one.Disown(3);
    CHECK(ReadError(rig.Put(3, response, 150)).reason == "OUTCOME_UNKNOWN");
  }
}

TEST_CASE("without an owner a call waits for one until its deadline", "[rpc]") {
  Rig rig;
  PutResponse response;
  const grpc::Status status = rig.Put(3, response, 100);
  CHECK(status.error_code() == grpc::UNAVAILABLE);
  CHECK(ReadError(status).reason == "NO_OWNER");
  auto late = std::async(std::launch::async, [&] { return rig.Put(3, response); });
  rig.one.Own(rig.owners, 3, 3);
  CHECK(late.get().ok());
}

TEST_CASE("two instances that point at each other are not hammered", "[rpc]") {
  Rig rig;
  rig.one.Own(rig.owners, 0, 15);
  rig.one.Disown(3);
  rig.one.SetHint({rig.two.address(), 2});
  rig.two.SetHint({rig.one.address(), 3});
  PutResponse response;
  CHECK(ReadError(rig.Put(3, response, 300)).reason == "NOT_OWNER");
  CHECK(rig.one.asked_in_vain() + rig.two.asked_in_vain() < 40);
}

TEST_CASE("an owner that fell silent is left when another one is known", "[rpc]") {
  Rig rig;
  rig.one.Own(rig.owners, 0, 15);
  rig.one.Hold();
  PutResponse response;
  auto call = std::async(std::launch::async, [&] { return rig.Put(3, response); });
  REQUIRE(WaitUntil([&] { return rig.one.held() == 1; }));
  rig.two.Own(rig.owners, 3, 3, 2);
  CHECK(call.get().ok());
  CHECK(response.instance() == "two");
}

TEST_CASE("a shard of a log made anew is found although its terms begin again", "[rpc]") {
  Rig rig;
  rig.one.Own(3);
  rig.owners.Publish({"shelf", 3, 1, 50, "one", rig.one.address()});
  rig.two.Own(3);
  rig.owners.Publish({"shelf", 3, 2, 1, "two", rig.two.address()});
  PutResponse response;
  REQUIRE(rig.Put(3, response).ok());
  CHECK(response.instance() == "two");
}

TEST_CASE("any instance answers what any may, and a dead one is passed over", "[rpc]") {
  Rig rig;
  rig.one.Own(rig.owners, 0, 7);
  rig.two.Own(rig.owners, 8, 14);
  rig.owners.Publish({"shelf", 15, 1, 1, "dead", kNobody});
  std::set<std::string> answered;
  for (int i = 0; i < 9; ++i) {
    PingResponse response;
    REQUIRE(rig.client
                .CallAndWait<PingRequest, PingResponse>(kAnyShard, "/omo.test.v1.ShelfService/Ping",
                                                        PingRequest(), {{}, Rig::Deadline(10'000)},
                                                        response)
                .ok());
    answered.insert(response.instance());
  }
  CHECK(answered == std::set<std::string>{"one", "two"});
}

TEST_CASE("calls end when they are cancelled or their client ends", "[rpc]") {
  StaticOwners owners;
  FakeShelf shelf("one");
  shelf.Own(owners, 0, 15);
  shelf.Hold();
  std::atomic<int> ended{0};
  auto client = std::make_unique<ShardClient>("shelf", testing::kShelfShards, owners,
                                              std::make_shared<ChannelPool>());
  const auto send = [&] {
    PutRequest request;
    request.mutable_item()->set_sku(SkuOf(3));
    return client->CallTyped<PutRequest, PutResponse>(
        3, kPut, request, {{}, Rig::Deadline(60'000)},
        [&](const grpc::Status& status, const PutResponse&) {
          if (status.error_code() == grpc::CANCELLED) ++ended;
        });
  };
  const ShardCallHandle first = send();
  send();
  REQUIRE(WaitUntil([&] { return shelf.held() == 2; }));
  first->Cancel();
  CHECK(WaitUntil([&] { return ended == 1; }));
  client.reset();
  CHECK(ended == 2);
}
