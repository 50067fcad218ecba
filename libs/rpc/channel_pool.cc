#include "libs/rpc/channel_pool.h"

#include <grpcpp/grpcpp.h>

#include <chrono>

#include "libs/rpc/grpc_setup.h"

namespace omo::rpc {
namespace {

grpc::ChannelArguments Arguments(int message_bytes_max) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(message_bytes_max);
  arguments.SetMaxSendMessageSize(-1);
  // A restarted instance is found again within a fraction of a second.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  // A peer that vanished without a word is noticed, calls or not.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 2'000);
  // Retries are ours: only we know which are safe. No look-ups of service configs either.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  // A short way through the library: no compression, no idling, no statistics; deadlines stay.
  arguments.SetInt(GRPC_ARG_MINIMAL_STACK, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A channel, a connection.
  return arguments;
}

}  // namespace

Endpoint::Endpoint(std::string address, int connections, int message_bytes_max)
    : address_(std::move(address)) {
  for (int i = 0; i < connections; ++i) {
    stubs_.push_back(std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(
        address_, grpc::InsecureChannelCredentials(), Arguments(message_bytes_max))));
  }
}

ChannelPool::ChannelPool(ChannelOptions options) : options_(options) { SetUpGrpc(); }

Endpoint& ChannelPool::Get(std::string_view address) {
  const std::lock_guard lock(mutex_);
  const auto found = endpoints_.find(address);
  if (found != endpoints_.end()) return *found->second;
  auto endpoint = std::make_unique<Endpoint>(std::string(address), options_.connections,
                                             options_.message_bytes_max);
  return *endpoints_.emplace(address, std::move(endpoint)).first->second;
}

std::int64_t SteadyMillis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace omo::rpc
