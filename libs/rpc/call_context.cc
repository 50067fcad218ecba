#include "libs/rpc/call_context.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <charconv>
#include <functional>

#include "libs/rpc/errors.h"
#include "libs/rpc/require.h"

namespace omo::rpc {
namespace {

using omo::type::v1::Context;

struct ContextKey {
  std::string_view key;
  std::string* (Context::*mutable_value)();
  const std::string& (Context::*value)() const;
};

constexpr std::string_view kOwnCallers = "omo:";  // E.g. a shard's timers.

constexpr std::array kContextKeys = {
    ContextKey{"omo-actor", &Context::mutable_actor, &Context::actor},
    ContextKey{"omo-role", &Context::mutable_role, &Context::role},
    ContextKey{"omo-channel", &Context::mutable_channel, &Context::channel},
    ContextKey{"omo-store", &Context::mutable_store, &Context::store},
    ContextKey{"omo-device", &Context::mutable_device, &Context::device},
    ContextKey{"omo-guide", &Context::mutable_guide, &Context::guide},
    ContextKey{"omo-campaign", &Context::mutable_campaign, &Context::campaign},
    ContextKey{"omo-reference", &Context::mutable_reference, &Context::reference},
    ContextKey{"omo-cause", &Context::mutable_cause, &Context::cause},
};

void ReadText(std::string_view key, std::string_view value, std::string& out, FieldErrors& errors) {
  if (!out.empty()) errors.Add(key, "REPEATED", "given more than once");
  errors.RequirePrintable(key, value, kContextBytesMax);
  out = value;
}

void ReadShard(std::string_view value, CallContext& context, FieldErrors& errors) {
  ShardId shard = -1;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), shard);
  if (error != std::errc{} || end != value.data() + value.size() || shard < 0) {
    errors.Add(kShardKey, "OUT_OF_RANGE", "not a shard number");
    return;
  }
  context.shard = shard;
}

void ReadContextKey(std::string_view key, std::string_view value, CallContext& context,
                    FieldErrors& errors) {
  for (const ContextKey& known : kContextKeys) {
    if (known.key != key) continue;
    ReadText(key, value, *(context.context.*known.mutable_value)(), errors);
    return;
  }
}

bool IsLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsAllZero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

grpc::Status ReadCallContext(const grpc::ServerContextBase& call, CallContext& context) {
  return ReadCallContext(call.client_metadata(), call.deadline(), context);
}

grpc::Status ReadCallContext(const Metadata& metadata,
                             std::chrono::system_clock::time_point deadline, CallContext& context) {
  FieldErrors errors;
  for (const auto& [key_ref, value_ref] : metadata) {
    const std::string_view key(key_ref.data(), key_ref.size());
    const std::string_view value(value_ref.data(), value_ref.size());
    if (key == kTraceKey) {
      // A broken trace is begun anew, as W3C says: it is never a reason to refuse a call.
      if (IsTraceparent(value)) context.traceparent = value;
    } else if (!key.starts_with("omo-")) {
      continue;
    } else if (key == kCallerKey) {
      ReadText(key, value, context.caller, errors);
    } else if (key == kShardKey) {
      ReadShard(value, context, errors);
    } else {
      ReadContextKey(key, value, context, errors);
    }
  }
  // Years beyond 9999 stand for "no deadline", and would not fit into nanoseconds either.
  if (deadline < std::chrono::system_clock::time_point::max() - std::chrono::hours(1)) {
    context.deadline = std::chrono::time_point_cast<Duration>(deadline);
  }
  return errors.Status();
}

grpc::Status RequireCaller(const CallContext& context) {
  if (context.caller.empty()) {
    return InvalidArgument(kCallerKey, "REQUIRED", "a mutation names its caller");
  }
  if (context.caller.starts_with(kOwnCallers)) {
    return InvalidArgument(kCallerKey, "CALLER_RESERVED", "the suite's own callers are named so");
  }
  return grpc::Status::OK;
}

std::vector<std::pair<std::string, std::string>> ContextMetadata(const CallContext& context) {
  std::vector<std::pair<std::string, std::string>> metadata;
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) metadata.emplace_back(key, value);
  };
  add(kCallerKey, context.caller);
  for (const ContextKey& known : kContextKeys) add(known.key, (context.context.*known.value)());
  add(kTraceKey, context.traceparent);
  return metadata;
}

bool IsTraceparent(std::string_view text) {
  if (text.size() != 55 || !text.starts_with("00-") || text[35] != '-' || text[52] != '-') {
    return false;
  }
  const std::string_view trace = text.substr(3, 32);
  const std::string_view parent = text.substr(36, 16);
  return IsLowerHex(trace) && IsLowerHex(parent) && IsLowerHex(text.substr(53)) &&
         !IsAllZero(trace) && !IsAllZero(parent);
}

}  // namespace omo::rpc
