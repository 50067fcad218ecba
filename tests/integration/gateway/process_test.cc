// The gateway's process as `./omo up` starts it: a real Kafka tells it who owns what.
#include <fstream>

#include "libs/journal/kafka/kafka_owners.h"
#include "tests/integration/gateway/gateway_rig.h"
#include "tests/support/kafka_fixture.h"
#include "tests/support/process.h"

namespace omo::gateway {
namespace {

using testing::KafkaCluster;
using testing::Process;
using testing::TemporaryFolder;

// The program with the shelf's descriptors.
struct GatewayProcess {
  GatewayProcess(const std::string& bootstrap, const std::string& shards) {
    const auto descriptors = folder.path() / "shelf.binpb";
    std::ofstream(descriptors, std::ios::binary)
        << testing::DescriptorSetOf(PutRequest::descriptor()->file());
    process = std::make_unique<Process>(
        testing::Command{.words = {OMO_GATEWAY, "--listen=127.0.0.1:" + std::to_string(port),
                                   "--admin=", "--bootstrap=" + bootstrap, "--shards=" + shards,
                                   "--descriptors=" + descriptors.string()},
                         .environment = {},
                         .log = folder.path() / "log"});
  }
  TemporaryFolder folder{"gateway"};
  int port = testing::FreePort();
  std::unique_ptr<Process> process;
};

}  // namespace

TEST_CASE("the gateway's process finds owners in Kafka, follows them, and stops when told",
          "[gateway]") {
  KafkaCluster kafka;
  kafka.CreateTopic("omo.owners", 1,
                    {{"cleanup.policy", "compact"}, {"message.timestamp.type", "LogAppendTime"}});
  auto owners =
      journal::KafkaOwnerDirectory::Open({.connection = {.bootstrap = kafka.bootstrap()}});
  REQUIRE(owners.ok());
  testing::StaticOwners nobody;
  FakeShelf one("one");
  FakeShelf two("two");
  one.Own(nobody, 0, 15);
  two.Own(nobody, 0, 15);
  for (ShardId shard = 0; shard < testing::kShelfShards; ++shard) {
    (*owners)->Publish({"shelf", shard, 1, 1, "one", one.address()});
  }
  GatewayProcess gateway(kafka.bootstrap(), "shelf=16");
  const auto stub = ShelfService::NewStub(grpc::CreateChannel(
      "127.0.0.1:" + std::to_string(gateway.port), grpc::InsecureChannelCredentials()));
  const auto instance_of = [&](ShardId shard) -> std::string {
    grpc::ClientContext call;
    call.set_wait_for_ready(true);
    GatewayRig::SetUp(call);
    PutRequest request;
    request.mutable_item()->set_sku(SkuOf(shard));
    PutResponse response;
    const grpc::Status status = stub->Put(&call, request, &response);
    return status.ok() ? response.instance() : status.error_message();
  };
  INFO(gateway.process->LogTail());
  CHECK(instance_of(3) == "one");
  (*owners)->Publish({"shelf", 3, 1, 2, "two", two.address()});
  CHECK(WaitUntil([&] { return instance_of(3) == "two"; }));
  CHECK(instance_of(4) == "one");
  CHECK(gateway.process->Terminate() == 0);
}

TEST_CASE("the gateway's process does not start with settings that cannot be", "[gateway]") {
  GatewayProcess gateway("127.0.0.1:1", "other=16");
  CHECK(gateway.process->Wait() == 1);
  CHECK(gateway.process->LogTail().find("ShelfService/Put") != std::string::npos);
}

}  // namespace omo::gateway
