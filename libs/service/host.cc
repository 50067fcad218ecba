#include "libs/service/host.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <utility>

#include "libs/journal/kafka_journal.h"
#include "libs/journal/kafka_membership.h"
#include "libs/journal/kafka_owners.h"
#include "libs/journal/kafka_topics.h"
#include "libs/service/shard_service.h"
#include "libs/telemetry/log_line.h"
#include "libs/telemetry/metrics.h"

namespace omo::service {
namespace {

constexpr int kBadSettings = 2;

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
      {"omo.owners", journal::TopicUse::kOwners}};
  bool safe = true;
  for (const auto& [topic, use] : topics) {
    journal::TopicExpectations expected{
        .use = use, .partitions = options.shards, .allow_unreplicated = options.allow_unreplicated};
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
  CLI::App app{"OMO Suite: the " + options.service + " service"};
  const auto add = [&app](const std::string& name, auto& value, const std::string& words) {
    std::string variable = "OMO_" + name;
    for (char& c : variable) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
    app.add_option("--" + name, value, words)->envname(variable)->capture_default_str();
  };
  add("instance", options.instance, "static id of this instance");
  add("bootstrap", options.bootstrap, "Kafka brokers, host:port[,host:port]");
  add("listen", options.listen, "address of the gRPC server");
  add("admin", options.admin, "address of the operators' HTTP port");
  add("data", options.data, "folder of the shards' copies; may be deleted");
  add("shards", options.shards, "partitions of the journal, fixed for life");
  add("threads", options.threads, "loop threads");
  add("session-timeout-ms", options.session_timeout_ms, "how long a dead owner goes unnoticed");
  add("stop-patience-ms", options.stop_patience_ms, "how long a stop waits for the hand-over");
  app.add_flag("--allow-unreplicated", options.allow_unreplicated,
               "own shards of topics with one replica: for a shop on one broker")
      ->envname("OMO_ALLOW_UNREPLICATED");
  app.add_flag("--check-config", options.check_config, "check settings and topics, and end");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // CLI11's way to say --help, too.
    std::exit(app.exit(error));
  }
  return options;
}

int Host::Run(const HostOptions& options, MakeModel make_model, const AddServices& add_services) {
  rpc::StopSignal stop;
  telemetry::SetLogService(options.service);
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
  add_services(runtime, server);
  server.AddPage("/shards", [&runtime] { return ShardsAsJson(runtime); });
  server.SetReadyCheck([&runtime] { return runtime.Ready(); });

  if (absl::Status started = runtime.Start(); !started.ok()) {
    std::cerr << started << "\n";
    return 1;
  }
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
  (*membership)->Leave();
  runtime.Stop(Duration{options.stop_patience_ms});
  server.Stop(Duration{1'000});
  return 0;
}

}  // namespace omo::service
