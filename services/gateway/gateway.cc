#include "services/gateway/gateway.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "libs/rpc/errors.h"
#include "services/gateway/bulk_reactor.h"
#include "services/gateway/fan_out_reactor.h"
#include "services/gateway/stream_reactor.h"
#include "services/gateway/unary_reactor.h"

namespace omo::gateway {
namespace {

constexpr Duration kRetryAfter{50};  // Some tens of calls' time: the next try may well get in.

grpc::ServerGenericBidiReactor* MakeReactor(std::unique_ptr<GatewayCall> call) {
  const rpc::Route& route = *call->target.route;
  if (route.streaming) return new StreamReactor(std::move(call));
  if (route.kind == type::v1::ROUTE_KIND_KEYS) return new KeysReactor(std::move(call));
  if (route.kind == type::v1::ROUTE_KIND_EVERY_SHARD) return new EveryShardReactor(std::move(call));
  return new ForwardReactor(std::move(call));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Make(
    const rpc::RouteTable& routes, const std::map<std::string, std::int32_t>& shard_counts,
    const GatewayLimits& limits, journal::OwnerDirectory& directory,
    const std::shared_ptr<rpc::ChannelPool>& channels, const Authenticator& authenticator,
    telemetry::Metrics& metrics) {
  std::unique_ptr<Gateway> gateway(new Gateway(routes, limits, authenticator, metrics));
  for (const auto& [service, shard_count] : shard_counts) {
    gateway->clients_[service] =
        std::make_unique<rpc::ShardClient>(service, shard_count, directory, channels);
  }
  std::string faults;
  for (const rpc::Route* route : routes.All()) {
    if (route->kind == type::v1::ROUTE_KIND_BULK) {
      gateway->targets_[route->method] = {route, nullptr};
      continue;
    }
    const auto client = gateway->clients_.find(route->service);
    if (client == gateway->clients_.end()) {
      faults += route->method + ": the shard count of " + route->service + " is not known; ";
    } else {
      gateway->targets_[route->method] = {route, client->second.get()};
    }
  }
  if (!faults.empty()) return absl::InvalidArgumentError(faults);
  return gateway;
}

Gateway::Gateway(const rpc::RouteTable& routes, const GatewayLimits& limits,
                 const Authenticator& authenticator, telemetry::Metrics& metrics)
    : authenticator_(authenticator), shared_(limits, metrics, routes.pool()) {}

grpc::ServerGenericBidiReactor* Gateway::Refuse(const grpc::Status& status) {
  shared_.NoteEnd(status.error_code(), std::chrono::steady_clock::now());
  return new RefusedReactor(status);
}

const Target* Gateway::Find(std::string_view method) const {
  const auto found = targets_.find(method);
  return found == targets_.end() ? nullptr : &found->second;
}

grpc::ServerGenericBidiReactor* Gateway::CreateReactor(grpc::GenericCallbackServerContext* call) {
  const Target* found = Find(call->method());
  if (found == nullptr) {
    return Refuse(rpc::Fault("UNKNOWN_METHOD", "no such method: " + call->method()));
  }
  const Target& target = *found;
  const bool streaming = target.route->streaming;
  Admission& admission = streaming ? shared_.streams : shared_.calls;
  const std::int64_t cost = streaming ? 1 : target.route->cost;
  if (!admission.Enter(cost)) {
    return Refuse(rpc::Overloaded(streaming ? "streams" : "calls in flight", kRetryAfter));
  }
  auto admitted = std::make_unique<GatewayCall>(shared_, target, admission, cost);
  Identity identity;
  grpc::Status status = authenticator_.Authenticate(call->client_metadata(), identity);
  if (status.ok()) status = Authorize(*target.route, identity);
  if (!status.ok()) return Refuse(status);
  admitted->metadata = std::move(identity.metadata);
  admitted->deadline =
      streaming ? call->deadline() : CallDeadline(shared_.limits, call->deadline());
  if (target.route->kind == type::v1::ROUTE_KIND_BULK) {
    return new BulkReactor(std::move(admitted), std::move(identity.role),
                           [this](std::string_view method) { return Find(method); });
  }
  return MakeReactor(std::move(admitted));
}

std::string Gateway::StateAsJson() const {
  nlohmann::ordered_json state;
  state["calls"] = {{"in_flight", shared_.calls.in_flight()}, {"most", shared_.calls.most()}};
  state["streams"] = {{"in_flight", shared_.streams.in_flight()}, {"most", shared_.streams.most()}};
  state["bulk_calls"] = {{"in_flight", shared_.bulk_calls.in_flight()},
                         {"most", shared_.bulk_calls.most()}};
  for (const auto& [service, client] : clients_) {
    auto& shards = state["services"][service] = nlohmann::ordered_json::array();
    for (ShardId shard = 0; shard < client->shard_count(); ++shard) {
      const rpc::Endpoint* owner = client->owners().Find(shard);
      shards.push_back(owner == nullptr ? "" : owner->address());
    }
  }
  return state.dump();
}

}  // namespace omo::gateway
