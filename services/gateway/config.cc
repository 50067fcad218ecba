#include "services/gateway/config.h"

#include <absl/flags/flag.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

ABSL_FLAG(std::string, listen, "127.0.0.1:7600", "host:port of the gRPC endpoint");
ABSL_FLAG(std::string, admin, "127.0.0.1:7601", "host:port of the operators' HTTP; empty: none");
ABSL_FLAG(std::string, bootstrap, "127.0.0.1:7692", "Kafka's host:port[,host:port...]");
ABSL_FLAG(std::string, descriptors, OMO_DESCRIPTORS,
          "the descriptor set of all APIs, with imports (protoc --descriptor_set_out)");
ABSL_FLAG(std::string, shards, "inventory=16",
          "partitions of each service's journal: service=count[,service=count...]");
ABSL_FLAG(std::string, authenticator, "trust-metadata",
          "who the callers are; trust-metadata: whoever they say (development, loopback only)");
ABSL_FLAG(int, connections, 1, "connections to each instance, 1 to 16");
ABSL_FLAG(std::int64_t, calls_max, 10'000, "calls in flight, each weighed by its method's cost");
ABSL_FLAG(std::int64_t, streams_max, 1'000, "streams at once");
ABSL_FLAG(std::int64_t, bulk_calls_max, 4'096,
          "unanswered calls of a bulk stream, beyond which it is not read");
ABSL_FLAG(std::int64_t, all_bulk_calls_max, 100'000, "unanswered calls of all bulk streams");
ABSL_FLAG(std::int64_t, message_bytes_max, 4 << 20, "bytes of a message, 1 KiB to 64 MiB");
ABSL_FLAG(std::int64_t, deadline_default_ms, 10'000, "the deadline of a call that states none");
ABSL_FLAG(std::int64_t, deadline_max_ms, 60'000, "the longest deadline of a call, streams apart");
ABSL_FLAG(bool, check_config, false, "check the settings and end");

namespace omo::gateway {
namespace {

constexpr std::int32_t kShardsMax = 4'096;

absl::StatusOr<std::map<std::string, std::int32_t>> ReadShards(const std::string& text) {
  std::map<std::string, std::int32_t> shards;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::vector<std::string> pair = absl::StrSplit(part, '=');
    std::int32_t count = 0;
    const bool fits = pair.size() == 2 && !pair[0].empty() && absl::SimpleAtoi(pair[1], &count) &&
                      count > 0 && count <= kShardsMax;
    if (!fits) return absl::InvalidArgumentError("--shards: " + std::string(part));
    shards[pair[0]] = count;
  }
  return shards;
}

absl::Status CheckRange(const char* flag, std::int64_t value, std::int64_t least,
                        std::int64_t most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(std::string(flag) + ": must lie between " +
                                    std::to_string(least) + " and " + std::to_string(most));
}

absl::Status Check(const Config& config) {
  absl::Status status = CheckRange("--connections", config.connections, 1, 16);
  const auto check = [&](const char* flag, std::int64_t value, std::int64_t most) {
    status.Update(CheckRange(flag, value, 1, most));
  };
  check("--calls_max", config.limits.calls_max, 1'000'000);
  check("--streams_max", config.limits.streams_max, 100'000);
  check("--bulk_calls_max", config.limits.bulk_calls_max, 65'536);
  check("--all_bulk_calls_max", config.limits.all_bulk_calls_max, 10'000'000);
  check("--message_bytes_max", config.limits.message_bytes_max, 64 << 20);
  check("--deadline_default_ms", config.limits.deadline_default.count(), 3'600'000);
  check("--deadline_max_ms", config.limits.deadline_max.count(), 3'600'000);
  if (config.authenticator != "trust-metadata") {
    status.Update(absl::InvalidArgumentError("--authenticator: only trust-metadata exists"));
  }
  return status;
}

}  // namespace

absl::StatusOr<Config> ReadConfig() {
  Config config;
  config.listen = absl::GetFlag(FLAGS_listen);
  config.admin = absl::GetFlag(FLAGS_admin);
  config.bootstrap = absl::GetFlag(FLAGS_bootstrap);
  config.descriptors = absl::GetFlag(FLAGS_descriptors);
  config.authenticator = absl::GetFlag(FLAGS_authenticator);
  config.connections = absl::GetFlag(FLAGS_connections);
  config.limits.calls_max = absl::GetFlag(FLAGS_calls_max);
  config.limits.streams_max = absl::GetFlag(FLAGS_streams_max);
  config.limits.bulk_calls_max = absl::GetFlag(FLAGS_bulk_calls_max);
  config.limits.all_bulk_calls_max = absl::GetFlag(FLAGS_all_bulk_calls_max);
  config.limits.message_bytes_max = absl::GetFlag(FLAGS_message_bytes_max);
  config.limits.deadline_default = Duration{absl::GetFlag(FLAGS_deadline_default_ms)};
  config.limits.deadline_max = Duration{absl::GetFlag(FLAGS_deadline_max_ms)};
  config.check_only = absl::GetFlag(FLAGS_check_config);
  auto shards = ReadShards(absl::GetFlag(FLAGS_shards));
  if (!shards.ok()) return shards.status();
  config.shards = std::move(*shards);
  const absl::Status status = Check(config);
  if (!status.ok()) return status;
  return config;
}

}  // namespace omo::gateway
