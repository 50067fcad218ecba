#include "services/gateway/gateway_call.h"

#include <algorithm>
#include <memory>

#include "libs/rpc/errors.h"
#include "libs/rpc/wire.h"

namespace omo::gateway {
namespace {

constexpr std::array<const char*, 17> kCodeNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

}  // namespace

GatewayShared::GatewayShared(const GatewayLimits& gateway_limits, telemetry::Metrics& metrics,
                             const google::protobuf::DescriptorPool& pool)
    : limits(gateway_limits),
      calls(gateway_limits.calls_max),
      streams(gateway_limits.streams_max),
      bulk_calls(gateway_limits.all_bulk_calls_max),
      messages(&pool),
      seconds(metrics.AddHistogram("omo_gateway_call_seconds",
                                   "From a call's arrival to its answer; streams to their end.",
                                   telemetry::LatencyBounds())) {
  for (std::size_t code = 0; code < ended.size(); ++code) {
    ended[code] = &metrics.AddCounter("omo_gateway_calls_total", "Calls that ended, by gRPC code.",
                                      {{"code", kCodeNames[code]}});
  }
}

void GatewayShared::NoteEnd(grpc::StatusCode code, std::chrono::steady_clock::time_point began) {
  const auto number = static_cast<std::size_t>(code);
  ended[number < ended.size() ? number : static_cast<std::size_t>(grpc::UNKNOWN)]->Add();
  seconds.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
}

std::chrono::system_clock::time_point CallDeadline(const GatewayLimits& limits,
                                                   std::chrono::system_clock::time_point asked) {
  const auto now = std::chrono::system_clock::now();
  if (asked == std::chrono::system_clock::time_point::max()) return now + limits.deadline_default;
  return std::min(asked, now + limits.deadline_max);
}

grpc::Status CheckSize(const GatewayShared& shared, const grpc::ByteBuffer& message) {
  const auto bytes = static_cast<std::int64_t>(message.Length());
  if (bytes <= shared.limits.message_bytes_max) return grpc::Status::OK;
  const std::vector<Detail> details{{"bytes", std::to_string(bytes)},
                                    {"bytes_max", std::to_string(shared.limits.message_bytes_max)}};
  return rpc::Fault("MESSAGE_TOO_LARGE", "the message is larger than the gateway takes", details);
}

grpc::Status ExplainBareError(GatewayCall& call, const grpc::Status& status,
                              const grpc::ByteBuffer& request) {
  const bool bare = status.error_details().empty() && (status.error_code() == grpc::UNIMPLEMENTED ||
                                                       status.error_code() == grpc::INTERNAL);
  if (!bare) return status;
  const auto* type = call.target.route->descriptor->input_type();
  const std::unique_ptr<google::protobuf::Message> message(
      call.shared.messages.GetPrototype(type)->New());
  const rpc::FlatBytes bytes(request);
  if (message->ParseFromArray(bytes.view().data(), static_cast<int>(bytes.view().size()))) {
    return status;
  }
  return rpc::Fault("MALFORMED", "the request is not a " + type->full_name());
}

}  // namespace omo::gateway
