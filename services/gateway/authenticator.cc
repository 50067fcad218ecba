#include "services/gateway/authenticator.h"

#include <algorithm>
#include <string_view>

#include "libs/rpc/call_context.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/require.h"

namespace omo::gateway {

grpc::Status TrustMetadata::Authenticate(const Metadata& metadata, Identity& identity) const {
  rpc::FieldErrors errors;
  identity.metadata.reserve(4);
  for (const auto& [key_ref, value_ref] : metadata) {
    const std::string_view key(key_ref.data(), key_ref.size());
    const std::string_view value(value_ref.data(), value_ref.size());
    // Which shard is asked is ours to say, never the caller's.
    const bool ours = key.starts_with("omo-") && key != rpc::kShardKey;
    if (!ours && key != rpc::kTraceKey && key != "tracestate") continue;
    if (ours) errors.RequirePrintable(key, value, rpc::kContextBytesMax);
    if (key == "omo-role") identity.role = value;
    identity.metadata.emplace_back(key, value);
  }
  return errors.Status();
}

grpc::Status Authorize(const rpc::Route& route, const Identity& identity) {
  if (route.roles.empty() || identity.role.empty()) return grpc::Status::OK;
  const bool allowed =
      std::find(route.roles.begin(), route.roles.end(), identity.role) != route.roles.end();
  if (allowed) return grpc::Status::OK;
  const std::vector<Detail> details{{"role", identity.role}, {"method", route.method}};
  return rpc::Fault("ROLE_NOT_ALLOWED", "the role may not call the method", details);
}

}  // namespace omo::gateway
