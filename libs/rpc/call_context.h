// Who calls, through what and until when: read once from a call's metadata, kept with every event.
#pragma once

#include <grpcpp/support/status.h>
#include <grpcpp/support/string_ref.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/core/types.h"
#include "omo/type/v1/context.pb.h"

namespace grpc {
class ServerContextBase;
}

namespace omo::rpc {

// Metadata keys. All but the shard are set by the gateway from the signed-in identity and the
// channel's own words; the shard is set by it alone, on calls that ask every shard.
inline constexpr std::string_view kCallerKey = "omo-caller";
inline constexpr std::string_view kShardKey = "omo-shard";
inline constexpr std::string_view kTraceKey = "traceparent";
inline constexpr std::size_t kContextBytesMax = 128;  // Of each value.

struct CallContext {
  std::string caller;  // With the command id it names the command; empty: not said.
  omo::type::v1::Context context;
  std::string traceparent;       // W3C; empty when absent or not well formed.
  std::optional<Time> deadline;  // Absolute, the caller's.
  std::optional<ShardId> shard;  // The one asked, with ROUTE_KIND_EVERY_SHARD.
};

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// Reads a call's metadata and deadline. OK, or INVALID_ARGUMENT naming every wrong key (too long,
// not printable ASCII, more than one value). Unknown keys are left alone.
grpc::Status ReadCallContext(const grpc::ServerContextBase& call, CallContext& context);
grpc::Status ReadCallContext(const Metadata& metadata,
                             std::chrono::system_clock::time_point deadline, CallContext& context);

// OK when the caller is known and is not one of the suite's own, which begin with `omo:`; every
// mutation asks this.
grpc::Status RequireCaller(const CallContext& context);

// The metadata that hand a context on to another service (not the deadline, not the shard).
std::vector<std::pair<std::string, std::string>> ContextMetadata(const CallContext& context);

// Whether `text` is a W3C traceparent of version 00 with ids that are not all zero.
bool IsTraceparent(std::string_view text);

}  // namespace omo::rpc
