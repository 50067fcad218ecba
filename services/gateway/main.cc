// The gateway's process: reads the routes, tails who owns what, serves until it is told to stop.
#include <string>

#include "libs/journal/kafka/kafka_owners.h"
#include "libs/rpc/server.h"
#include "libs/telemetry/flags.h"
#include "libs/telemetry/log_line.h"
#include "services/gateway/config.h"
#include "services/gateway/gateway.h"

namespace omo::gateway {
namespace {

using telemetry::Level;
using telemetry::Log;

constexpr Duration kStopGrace{5'000};
// gRPC ends a call without a word when a message passes its own limit: ours, with one, comes first.
constexpr int kHardLimitFactor = 4;

int Fail(const absl::Status& status) {
  Log(Level::kError, "the gateway cannot start", {{"reason", status.ToString()}});
  return 1;
}

int Serve(const Config& config, rpc::StopSignal& stop) {
  auto routes = rpc::RouteTable::FromFile(config.descriptors);
  if (!routes.ok()) return Fail(routes.status());
  const int hard_limit = static_cast<int>(config.limits.message_bytes_max) * kHardLimitFactor;
  telemetry::Metrics metrics;
  const TrustMetadata authenticator;
  auto owners = journal::KafkaOwnerDirectory::Open(
      {.connection = {.bootstrap = config.bootstrap, .client_id = "omo-gateway"}});
  if (!owners.ok()) return Fail(owners.status());
  const auto channels = std::make_shared<rpc::ChannelPool>(
      rpc::ChannelOptions{.connections = config.connections, .message_bytes_max = hard_limit});
  auto gateway = Gateway::Make(*routes, config.shards, config.limits, **owners, channels,
                               authenticator, metrics);
  if (!gateway.ok()) return Fail(gateway.status());
  if (config.check_only) return 0;

  rpc::Server server({.listen = config.listen,
                      .admin_listen = config.admin,
                      .message_bytes_max = hard_limit,
                      .descriptors = &routes->pool()},
                     metrics);
  server.AddGeneric(gateway->get(), routes->GrpcServices());
  server.AddPage("/statez", [&] { return (*gateway)->StateAsJson(); });
  server.SetReadyCheck([&] { return (*owners)->caught_up(); });
  const absl::Status started = server.Start();
  if (!started.ok()) return Fail(started);
  server.SetServing(true);
  Log(Level::kInfo, "the gateway serves",
      {{"port", server.port()},
       {"admin_port", server.admin_port()},
       {"methods", routes->All().size()}});
  stop.Wait();
  Log(Level::kInfo, "the gateway stops");
  server.Stop(kStopGrace);
  return 0;
}

}  // namespace
}  // namespace omo::gateway

int main(int argc, char** argv) {
  omo::rpc::StopSignal stop;
  omo::telemetry::SetLogService("gateway");
  if (!omo::telemetry::ReadFlags(argc, argv, "The channels' one gRPC endpoint.")) return 2;
  const auto config = omo::gateway::ReadConfig();
  if (!config.ok()) return omo::gateway::Fail(config.status());
  return omo::gateway::Serve(*config, stop);
}
