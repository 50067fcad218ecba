// One gRPC endpoint for all services: bytes in, bytes out. What a method needs to be routed stands
// in its .proto options, so no RPC has a line of code here.
#pragma once

#include <absl/status/statusor.h>
#include <grpcpp/generic/async_generic_service.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "libs/journal/ownership.h"
#include "libs/rpc/route.h"
#include "libs/rpc/shard_client.h"
#include "libs/telemetry/metrics.h"
#include "services/gateway/authenticator.h"
#include "services/gateway/gateway_call.h"

namespace omo::gateway {

// Takes every call of the server that it is added to (rpc::Server::AddGeneric). Thread-safe. All
// that it is made from must outlive it, and it must outlive the server's Stop.
class Gateway final : public grpc::CallbackGenericService {
 public:
  // `shard_counts`: journal partitions by service name, e.g. {"inventory", 16}. INVALID_ARGUMENT
  // names the methods whose service has none.
  static absl::StatusOr<std::unique_ptr<Gateway>> Make(
      const rpc::RouteTable& routes, const std::map<std::string, std::int32_t>& shard_counts,
      const GatewayLimits& limits, journal::OwnerDirectory& directory,
      const std::shared_ptr<rpc::ChannelPool>& channels, const Authenticator& authenticator,
      telemetry::Metrics& metrics);

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* call) override;

  // {"calls":{"in_flight":..},"services":{"inventory":["host:port", ..one a shard..]}}
  std::string StateAsJson() const;

 private:
  struct ByText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  Gateway(const rpc::RouteTable& routes, const GatewayLimits& limits,
          const Authenticator& authenticator, telemetry::Metrics& metrics);
  grpc::ServerGenericBidiReactor* Refuse(const grpc::Status& status);
  // By path; nullptr: no such method.
  const Target* Find(std::string_view method) const;

  const Authenticator& authenticator_;
  GatewayShared shared_;
  // Clients wait for their calls when they end, so they go before what calls use.
  std::map<std::string, std::unique_ptr<rpc::ShardClient>> clients_;
  std::unordered_map<std::string, Target, ByText, std::equal_to<>> targets_;
};

}  // namespace omo::gateway
