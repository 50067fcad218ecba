// A gateway before two instances, all in this process, and a client of it.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "libs/rpc/wire.h"
#include "omo/bulk/v1/bulk_service.grpc.pb.h"
#include "services/gateway/gateway.h"
#include "tests/support/catch.h"
#include "tests/support/descriptor_set.h"
#include "tests/support/fake_shelf.h"
#include "tests/support/wait.h"

namespace omo::gateway {

using omo::testing::FakeShelf;
using omo::testing::SkuOf;
using omo::testing::WaitUntil;
using namespace omo::test::v1;

struct GatewayRig {
  explicit GatewayRig(const GatewayLimits& limits = {}) {
    one.Own(owners, 0, 7);
    two.Own(owners, 8, 15);
    auto made = Gateway::Make(routes, {{"shelf", testing::kShelfShards}}, limits, owners,
                              std::make_shared<rpc::ChannelPool>(), authenticator, metrics);
    REQUIRE(made.ok());
    gateway = std::move(*made);
    server.AddGeneric(gateway.get(), routes.GrpcServices());
    REQUIRE(server.Start().ok());
    server.SetServing(true);
    channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(server.port()),
                                  grpc::InsecureChannelCredentials());
    stub = ShelfService::NewStub(channel);
  }
  ~GatewayRig() {
    one.Release();
    two.Release();
    one.ReadStreams(true);
    two.ReadStreams(true);
    server.Stop(Duration{0});
  }

  // A put to a SKU of the shard.
  grpc::Status Put(ShardId shard, PutResponse& response, const std::string& id = "c-1",
                   int milliseconds = 10'000) {
    grpc::ClientContext call;
    SetUp(call, milliseconds);
    PutRequest request;
    request.set_command_id(id);
    request.mutable_item()->set_sku(SkuOf(shard));
    return stub->Put(&call, request, &response);
  }
  static void SetUp(grpc::ClientContext& call, int milliseconds = 10'000) {
    call.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(milliseconds));
    call.AddMetadata("omo-caller", "till-7");
  }
  // Bytes as they are to any method.
  grpc::Status SendRaw(const std::string& method, const std::string& bytes) {
    std::string answer;
    return SendRaw(method, bytes, answer);
  }
  grpc::Status SendRaw(const std::string& method, const std::string& bytes, std::string& answer) {
    grpc::GenericStub raw(channel);
    grpc::ClientContext call;
    SetUp(call);
    const grpc::ByteBuffer request = rpc::ToByteBuffer(bytes);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> answered;
    raw.UnaryCall(&call, method, {}, &request, &response,
                  [&](const grpc::Status& status) { answered.set_value(status); });
    const grpc::Status status = answered.get_future().get();
    answer = rpc::FlatBytes(response).view();
    return status;
  }
  bool IsIdle() const {
    const std::string state = gateway->StateAsJson();
    return state.find(R"("calls":{"in_flight":0,)") != std::string::npos &&
           state.find(R"("streams":{"in_flight":0,)") != std::string::npos;
  }

  testing::StaticOwners owners;
  FakeShelf one{"one"};
  FakeShelf two{"two"};
  const rpc::RouteTable routes = *rpc::RouteTable::FromDescriptorSet(testing::DescriptorSetOf(
      PutRequest::descriptor()->file(), bulk::v1::RunCommandsRequest::descriptor()->file()));
  const TrustMetadata authenticator;
  telemetry::Metrics metrics;
  std::unique_ptr<Gateway> gateway;
  rpc::Server server{{.message_bytes_max = 32 << 20, .descriptors = &routes.pool()}, metrics};
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<ShelfService::Stub> stub;
};

}  // namespace omo::gateway
