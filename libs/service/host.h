// What every sharded service's main does, in the order of the picture: settings, journal, shards,
// door, group. A service adds its model and its gRPC services, and that is all its main holds.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/journal/kafka_options.h"
#include "libs/rpc/server.h"
#include "libs/shard/runtime.h"

namespace omo::service {

// Every setting once; each is a flag and an OMO_… variable, e.g. --data and OMO_DATA.
struct HostOptions {
  std::string service;                       // E.g. "inventory".
  std::string schema;                        // Of its rows.
  std::string instance;                      // Static id, e.g. "inventory-0".
  std::string bootstrap = "127.0.0.1:7692";  // Kafka.
  std::string listen = "127.0.0.1:7610";     // gRPC.
  std::string admin = "127.0.0.1:7611";      // Operators' HTTP.
  std::string data = ".omo/inventory-0";     // The copies of the shards.
  std::int32_t shards = 16;                  // The journal's partitions.
  int threads = 1;                           // Loop threads.
  bool allow_unreplicated = false;           // A shop on one broker.
  int session_timeout_ms = 6'000;            // Of the group: how long a dead owner goes unnoticed.
  int stop_patience_ms = 5'000;              // For the hand-over on a stop.
  bool check_config = false;                 // Say what is wrong with the settings, and end.
};

// Reads flags over OMO_… variables over the defaults above. Ends the process on --help and on a
// setting that does not parse.
HostOptions ReadHostOptions(int argc, char** argv, HostOptions defaults);

class Host {
 public:
  using MakeModel = std::function<std::unique_ptr<shard::Model>(store::Store&)>;
  // Registers the service's gRPC services with the server, over the runtime.
  using AddServices = std::function<void(shard::Runtime&, rpc::Server&)>;

  // Runs until SIGINT or SIGTERM; the process's exit code. 2: a setting or a topic is wrong.
  static int Run(const HostOptions& options, MakeModel make_model, const AddServices& add_services);
};

}  // namespace omo::service
