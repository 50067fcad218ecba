// A watch through the gateway: over the network twice, with an end at each side.
#include <thread>

#include "libs/rpc/server.h"
#include "services/gateway/gateway.h"
#include "tests/support/descriptor_set.h"
#include "tests/support/wait.h"
#include "tests/unit/inventory_api/watching.h"

namespace omo::inventory {
namespace {

// A gateway before the door.
class GatewayBefore {
 public:
  explicit GatewayBefore(const InventoryDoor& door) {
    for (ShardId shard = 0; shard < kDoorShards; ++shard) {
      owners_.Publish({.service = "inventory",
                       .shard = shard,
                       .log_id = 1,
                       .term = 1,
                       .instance = "inventory-0",
                       .address = door.address()});
    }
    auto made =
        gateway::Gateway::Make(routes_, {{"inventory", kDoorShards}}, {}, owners_,
                               std::make_shared<rpc::ChannelPool>(), authenticator_, metrics_);
    REQUIRE(made.ok());
    gateway_ = std::move(*made);
    server_.AddGeneric(gateway_.get(), routes_.GrpcServices());
    REQUIRE(server_.Start().ok());
    server_.SetServing(true);
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(server_.port()),
                                   grpc::InsecureChannelCredentials());
  }
  ~GatewayBefore() { server_.Stop(Duration{0}); }

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  const rpc::RouteTable routes_ = *rpc::RouteTable::FromDescriptorSet(
      testing::DescriptorSetOf(v1::GetAvailabilityRequest::descriptor()->file()));
  testing::StaticOwners owners_;
  const gateway::TrustMetadata authenticator_;
  telemetry::Metrics metrics_;
  std::unique_ptr<gateway::Gateway> gateway_;
  rpc::Server server_{{.descriptors = &routes_.pool()}, metrics_};
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace

TEST_CASE("a watch through the gateway is told each change, and why it ends", "[inventory_api]") {
  InventoryDoor door;
  GatewayBefore gateway(door);
  door.Receive("milk", "shop", 5);
  Watching watching(gateway.channel(), "skus: 'milk'");
  watching.ReadUntil([&] { return watching.snapshots == 1; });
  type::v1::Position last;
  for (int i = 0; i < 50; ++i) last = door.Receive("milk", "shop", 1).position();
  watching.ReadTo(last);
  CHECK(watching.on_hand == Watching::Rows{{{"milk", "shop"}, 55}});
  CHECK(watching.changes.size() == 50);
  CHECK(watching.gaps == 0);

  std::thread host([&] { door.watch().End(kPatience); });
  const grpc::Status end = watching.End();
  host.join();
  CHECK(end.error_code() == grpc::UNAVAILABLE);
  CHECK(rpc::ReadError(end).reason == "WATCH_ENDED");
}

TEST_CASE("who leaves the gateway is watched for no longer", "[inventory_api]") {
  InventoryDoor door;
  GatewayBefore gateway(door);
  {
    Watching watching(gateway.channel(), "skus: 'milk'");
    watching.ReadUntil([&] { return watching.snapshots == 1; });
    CHECK(door.watch().watchers() == 1);
  }
  CHECK(testing::WaitUntil([&] { return door.watch().watchers() == 0; }));
}

TEST_CASE("the gateway refuses a watch over SKUs of several shards", "[inventory_api]") {
  InventoryDoor door;
  GatewayBefore gateway(door);
  Watching watching(gateway.channel(), "skus: '" + SkuIn(0) + "' skus: '" + SkuIn(1) + "'");
  CHECK(rpc::ReadError(watching.End()).reason == "LINES_OF_SEVERAL_SHARDS");
  CHECK(door.watch().watchers() == 0);
}

}  // namespace omo::inventory
