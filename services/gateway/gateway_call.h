// What every call through the gateway has, whatever its route: where it goes, for whom, until when.
#pragma once

#include <google/protobuf/dynamic_message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "libs/core/types.h"
#include "libs/rpc/route.h"
#include "libs/rpc/shard_client.h"
#include "libs/telemetry/metrics.h"
#include "services/gateway/admission.h"

namespace omo::gateway {

struct GatewayLimits {
  std::int64_t calls_max = 10'000;  // In flight at once, each weighed by its method's cost.
  std::int64_t streams_max = 1'000;
  std::int64_t bulk_calls_max = 4'096;        // Unanswered in one bulk stream.
  std::int64_t all_bulk_calls_max = 100'000;  // Unanswered in all of them.
  std::int64_t message_bytes_max = 4 << 20;
  Duration deadline_default{10'000};  // For calls that state none.
  Duration deadline_max{60'000};      // Of calls that are not streams.
};

// What all calls share. Thread-safe.
struct GatewayShared {
  GatewayShared(const GatewayLimits& gateway_limits, telemetry::Metrics& metrics,
                const google::protobuf::DescriptorPool& pool);
  // Counts a call that ended.
  void NoteEnd(grpc::StatusCode code, std::chrono::steady_clock::time_point began);

  const GatewayLimits limits;
  Admission calls;
  Admission streams;
  Admission bulk_calls;
  google::protobuf::DynamicMessageFactory messages;
  std::array<telemetry::Counter*, 17> ended;  // By gRPC code.
  telemetry::Histogram seconds;
};

// Until when a call with the deadline `asked` is worked on.
std::chrono::system_clock::time_point CallDeadline(const GatewayLimits& limits,
                                                   std::chrono::system_clock::time_point asked);

// A method with the client that leads to its shards (null with ROUTE_KIND_BULK).
struct Target {
  const rpc::Route* route = nullptr;
  rpc::ShardClient* client = nullptr;
};

// One admitted call; gives its units back at its end.
struct GatewayCall {
  GatewayCall(GatewayShared& gateway_shared, const Target& to, Admission& in, std::int64_t units)
      : shared(gateway_shared), target(to), admission(in), cost(units) {}
  ~GatewayCall() { admission.Leave(cost); }
  GatewayCall(const GatewayCall&) = delete;
  GatewayCall& operator=(const GatewayCall&) = delete;

  GatewayShared& shared;
  const Target target;
  Admission& admission;
  const std::int64_t cost;
  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  std::vector<std::pair<std::string, std::string>> metadata;
  std::chrono::system_clock::time_point deadline;
};

// INVALID_ARGUMENT MESSAGE_TOO_LARGE for a message above the limit.
grpc::Status CheckSize(const GatewayShared& shared, const grpc::ByteBuffer& message);

// Owners answer bytes that they cannot parse with a bare code. Such a status becomes
// INVALID_ARGUMENT MALFORMED if the request indeed is no message of its type; any other stays.
grpc::Status ExplainBareError(GatewayCall& call, const grpc::Status& status,
                              const grpc::ByteBuffer& request);

}  // namespace omo::gateway
