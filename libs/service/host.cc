#include "libs/service/host.h"

#include <absl/flags/flag.h>

#include <iostream>
#include <utility>

#include "libs/journal/kafka/kafka_journal.h"
#include "libs/journal/kafka/kafka_membership.h"
#include "libs/journal/kafka/kafka_owners.h"
#include "libs/journal/kafka/kafka_topics.h"
#include "libs/service/shard_metrics.h"
#include "libs/service/shard_service.h"
#include "libs/service/ticker.h"
#include "libs/telemetry/flags.h"
#include "libs/telemetry/log_line.h"
#include "libs/telemetry/metrics.h"

ABSL_FLAG(std::string, instance, "", "the instance's static id, e.g. inventory-0; required");
ABSL_FLAG(std::string, bootstrap, "127.0.0.1:7692", "Kafka's host:port[,host:port...]");
ABSL_FLAG(std::string, listen, "127.0.0.1:7610", "host:port of the gRPC server");
ABSL_FLAG(std::string, admin, "127.0.0.1:7611", "host:port of the operators' HTTP");
ABSL_FLAG(std::string, data, "", "folder of the shards' copies, may be deleted; required");
ABSL_FLAG(std::int32_t, shards, 16, "partitions of the journal, fixed for life");
ABSL_FLAG(int, threads, 1, "loop threads, 1 to 64");
ABSL_FLAG(int, session_timeout_ms, 6'000, "how long a dead owner goes unnoticed by its group");
ABSL_FLAG(int, stop_patience_ms, 5'000, "how long a stop waits for the hand-over");
ABSL_FLAG(bool, allow_unreplicated, false, "own topics with one replica: for one broker");
ABSL_FLAG(bool, check_config, false, "check the settings and the topics, and end");

namespace omo::service {
namespace {

constexpr int kBadSettings = 2;
constexpr char kOwnersTopic[] = "omo.owners";

// The first setting that is wrong, in words; empty: none.
std::string BadSetting(const HostOptions& options) {
  if (options.instance.empty()) return "--instance: must be given";
  if (options.data.empty()) return "--data: must be given";
  if (options.shards < 1 || options.shards > 4'096) return "--shards: must lie in 1 to 4096";
  if (options.threads < 1 || options.threads > 64) return "--threads: must lie in 1 to 64";
  if (options.session_timeout_ms < 1'000) return "--session_timeout_ms: must be 1000 at least";
  return "";
}

journal::KafkaConnection Connection(const HostOptions& options) {
  return {.bootstrap = options.bootstrap, .client_id = options.instance};
}

std::string JournalTopic(const HostOptions& options) {
  return "omo." + options.service + ".journal.v1";
}

// Refuses to own shards of a topic that may lose events (design.md 2.8).
bool TopicsAreSafe(const HostOptions& options) {
  const std::vector<std::pair<std::string, journal::TopicUse>> topics = {
      {JournalTopic(options), journal::TopicUse::kJournal},
      {"omo." + options.service + ".members", journal::TopicUse::kMembers},
      {kOwnersTopic, journal::TopicUse::kOwners}};
  bool safe = true;
  for (const auto& [topic, use] : topics) {
    journal::TopicExpectations expected{.use = use,
                                        .partitions = topic == kOwnersTopic ? 1 : options.shards,
                                        .allow_unreplicated = options.allow_unreplicated};
    const auto faults = journal::CheckTopic(Connection(options), topic, expected);
    if (!faults.ok()) {
      telemetry::Log(telemetry::Level::kError, "topic cannot be checked",
                     {{"topic", topic}, {"why", std::string(faults.status().message())}});
      safe = false;
      continue;
    }
    for (const std::string& fault : *faults) {
      telemetry::Log(telemetry::Level::kError, "topic may lose events",
                     {{"topic", topic}, {"fault", fault}});
      safe = false;
    }
  }
  return safe;
}

shard::RuntimeOptions MakeRuntimeOptions(const HostOptions& options) {
  shard::RuntimeOptions runtime;
  runtime.service = options.service;
  runtime.schema = options.schema;
  runtime.shards = options.shards;
  runtime.threads = options.threads;
  runtime.data = options.data;
  runtime.claimer = {
      .instance = options.instance, .address = options.listen, .group = "omo." + options.service};
  return runtime;
}

}  // namespace

HostOptions ReadHostOptions(int argc, char** argv, HostOptions options) {
  if (!telemetry::ReadFlags(argc, argv, "OMO Suite: the " + options.service + " service")) {
    std::exit(kBadSettings);
  }
  options.instance = absl::GetFlag(FLAGS_instance);
  options.bootstrap = absl::GetFlag(FLAGS_bootstrap);
  options.listen = absl::GetFlag(FLAGS_listen);
  options.admin = absl::GetFlag(FLAGS_admin);
  options.data = absl::GetFlag(FLAGS_data);
  options.shards = absl::GetFlag(FLAGS_shards);
  options.threads = absl::GetFlag(FLAGS_threads);
  options.session_timeout_ms = absl::GetFlag(FLAGS_session_timeout_ms);
  options.stop_patience_ms = absl::GetFlag(FLAGS_stop_patience_ms);
  options.allow_unreplicated = absl::GetFlag(FLAGS_allow_unreplicated);
  options.check_config = absl::GetFlag(FLAGS_check_config);
  return options;
}

int Host::Run(const HostOptions& options, MakeModel make_model, const AddServices& add_services) {
  rpc::StopSignal stop;
  telemetry::SetLogService(options.service);
  if (const std::string wrong = BadSetting(options); !wrong.empty()) {
    std::cerr << wrong << "\n";
    return kBadSettings;
  }
  if (!TopicsAreSafe(options)) return kBadSettings;
  if (options.check_config) return 0;

  auto directory = journal::KafkaOwnerDirectory::Open(
      {.connection = Connection(options), .instance = options.instance});
  if (!directory.ok()) {
    std::cerr << directory.status() << "\n";
    return kBadSettings;
  }
  shard::Runtime runtime(MakeRuntimeOptions(options),
                         {.make_journal = [&options](journal::Wakeup& wakeup)
                              -> absl::StatusOr<std::unique_ptr<journal::Journal>> {
                            return journal::KafkaJournal::Open(
                                {.connection = Connection(options),
                                 .topic = JournalTopic(options),
                                 .source = "/omo/" + options.service},
                                wakeup);
                          },
                          .make_model = std::move(make_model),
                          .directory = **directory,
                          .ask_hand_over = AskHandOver});

  telemetry::Metrics metrics;
  rpc::Server server({.listen = options.listen, .admin_listen = options.admin}, metrics);
  ShardService shard_service(options.instance, runtime);
  server.Add(journal::v1::ShardService::service_full_name(), &shard_service);
  AddShardMetrics(
      options.service, options.data, [&runtime] { return runtime.Status(false); }, metrics);
  HostParts parts{.runtime = runtime, .server = server, .metrics = metrics};
  add_services(parts);
  server.AddPage("/shards", [&] { return ShardsAsJson(options.instance, runtime); });
  server.SetReadyCheck([&runtime] { return runtime.Ready(); });

  if (absl::Status started = runtime.Start(); !started.ok()) {
    std::cerr << started << "\n";
    return 1;
  }
  Ticker ticker(std::move(parts.tick));
  if (absl::Status started = server.Start(); !started.ok()) {
    std::cerr << started << "\n";
    return kBadSettings;
  }
  auto membership = journal::KafkaMembership::Join(
      {.connection = Connection(options),
       .topic = "omo." + options.service + ".members",
       .group = "omo." + options.service,
       .instance = options.instance,
       .session_timeout = Duration{options.session_timeout_ms}},
      [&runtime](const journal::Assignment& assignment) { runtime.Assign(assignment); });
  if (!membership.ok()) {
    std::cerr << membership.status() << "\n";
    return kBadSettings;
  }
  server.SetServing(true);
  telemetry::Log(telemetry::Level::kInfo, "serving", {{"address", options.listen}});
  stop.Wait();
  telemetry::Log(telemetry::Level::kInfo, "stopping");
  ticker.Stop();
  (*membership)->Leave();
  runtime.Stop(Duration{options.stop_patience_ms});
  server.Stop(Duration{1'000});
  return 0;
}

}  // namespace omo::service
