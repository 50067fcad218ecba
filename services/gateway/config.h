// Every setting of the gateway, once.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <string>

#include "services/gateway/gateway_call.h"

namespace omo::gateway {

struct Config {
  std::string listen;
  std::string admin;
  std::string bootstrap;
  std::string descriptors;
  std::map<std::string, std::int32_t> shards;
  std::string authenticator;
  int connections = 0;
  GatewayLimits limits;
  bool check_only = false;
};

// The settings after ReadFlags, checked. INVALID_ARGUMENT names the flag that cannot be.
absl::StatusOr<Config> ReadConfig();

}  // namespace omo::gateway
