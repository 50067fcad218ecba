// Who is calling: the seam where sign-in comes in (tokens, device certificates, signatures).
#pragma once

#include <grpcpp/support/status.h>
#include <grpcpp/support/string_ref.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libs/rpc/route.h"

namespace omo::gateway {

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// What the gateway tells the owners about the caller, as call metadata (libs/rpc/call_context.h).
struct Identity {
  std::string role;  // Empty: not said.
  std::vector<std::pair<std::string, std::string>> metadata;
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // Fills `identity` from a call's metadata. Not OK ends the call: UNAUTHENTICATED or
  // INVALID_ARGUMENT. Thread-safe; must not block.
  virtual grpc::Status Authenticate(const Metadata& metadata, Identity& identity) const = 0;
};

// Believes what the metadata say, for development on loopback: the omo-* keys, traceparent and
// tracestate are handed on as they came, all else is dropped. A role that is not said may do all.
class TrustMetadata final : public Authenticator {
 public:
  grpc::Status Authenticate(const Metadata& metadata, Identity& identity) const override;
};

// OK, or PERMISSION_DENIED ROLE_NOT_ALLOWED when the route names roles and this one is not among
// them.
grpc::Status Authorize(const rpc::Route& route, const Identity& identity);

}  // namespace omo::gateway
