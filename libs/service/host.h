// What every sharded service's main does, in the order of the picture: settings, journal, shards,
// door, group. A service adds its model and its gRPC services, and that is all its main holds.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/rpc/bulk_stream.h"
#include "libs/rpc/server.h"
#include "libs/shard/runtime.h"
#include "libs/telemetry/metrics.h"

namespace omo::service {

// Every setting once; each but the first two is a flag and an OMO_… variable (host.cc names them).
struct HostOptions {
  std::string service;   // E.g. "inventory".
  std::string schema;    // Of its rows.
  std::string instance;  // Static id, e.g. "inventory-0".
  std::string bootstrap;
  std::string listen;
  std::string admin;
  std::string data;
  std::int32_t shards = 0;
  int threads = 1;
  int session_timeout_ms = 0;
  int stop_patience_ms = 0;
  rpc::BulkLimits bulk;  // Of a bulk stream of commands.
  int topic_check_seconds = 60;
  // The newest feature that this release can evolve (protocol.md 3.8); main's number is the
  // default.
  std::int32_t feature_level = 0;
  bool allow_unreplicated = false;
  bool copy_from_peers = true;
  std::int64_t copy_records_min = 0;
  std::int64_t rebuild_mb = 0;
  bool check_config = false;
};

// Reads flags over OMO_… variables into `options`. Ends the process on --help and on a setting that
// does not parse.
HostOptions ReadHostOptions(int argc, char** argv, HostOptions options);

// What a service adds its own to, before anything runs.
struct HostParts {
  shard::Runtime& runtime;
  rpc::Server& server;  // For the service's gRPC services.
  telemetry::Metrics& metrics;
  // Called ten times a second on a thread of its own, from the start of the shards up to their
  // stop.
  std::function<void()> tick{};
  // Ends streams that nobody else ends: called when the shards have stopped and before the server
  // waits for its calls.
  std::function<void()> end_streams{};
};

class Host {
 public:
  using MakeModel = std::function<std::unique_ptr<shard::Model>(store::Store&)>;
  using AddServices = std::function<void(HostParts&)>;

  // Runs until SIGINT or SIGTERM; the process's exit code. 2: a setting or a topic is wrong.
  static int Run(const HostOptions& options, MakeModel make_model, const AddServices& add_services);
};

}  // namespace omo::service
