#include "libs/service/host.h"

#include <absl/flags/flag.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "libs/journal/kafka/kafka_journal.h"
#include "libs/journal/kafka/kafka_membership.h"
#include "libs/journal/kafka/kafka_owners.h"
#include "libs/journal/kafka/kafka_topics.h"
#include "libs/service/checkpoint_copy.h"
#include "libs/service/hand_over.h"
#include "libs/service/own_check.h"
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
ABSL_FLAG(int, bulk_calls_max, 4'096,
          "unanswered commands of a bulk stream, beyond which it waits");
ABSL_FLAG(int, topic_check_seconds, 60, "how often the topics' settings are checked, 1 to 3600");
ABSL_FLAG(std::int32_t, feature_level, -1,
          "act as an older release: own no shard with a newer feature; -1: this release's own");
ABSL_FLAG(bool, allow_unreplicated, false, "own topics with one replica: for one broker");
ABSL_FLAG(bool, copy_from_peers, true, "take a peer's rows where there are none here, or old ones");
ABSL_FLAG(std::int64_t, copy_records_min, 50'000, "how far ahead a peer's rows are worth copying");
ABSL_FLAG(std::int64_t, rebuild_mb, 512, "rows in memory while shards are read from offset 0");
ABSL_FLAG(bool, check_config, false, "check the settings and the topics, and end");

namespace omo::service {
namespace {

constexpr int kBadSettings = 2;
constexpr char kOwnersTopic[] = "omo.owners";
constexpr Duration kTopicPatience{5'000};

// The first setting that is wrong, in words; empty: none.
std::string BadSetting(const HostOptions& options) {
  if (options.instance.empty()) return "--instance: must be given";
  if (options.data.empty()) return "--data: must be given";
  if (options.shards < 1 || options.shards > 4'096) return "--shards: must lie in 1 to 4096";
  if (options.threads < 1 || options.threads > 64) return "--threads: must lie in 1 to 64";
  if (options.bulk.calls_max < 1 || options.bulk.calls_max > 65'536) {
    return "--bulk_calls_max: must lie in 1 to 65536";
  }
  if (options.copy_records_min < 0) return "--copy_records_min: must not be negative";
  if (options.rebuild_mb < 1) return "--rebuild_mb: must be 1 at least";
  if (options.session_timeout_ms < 1'000) return "--session_timeout_ms: must be 1000 at least";
  if (options.topic_check_seconds < 1 || options.topic_check_seconds > 3'600) {
    return "--topic_check_seconds: must lie in 1 to 3600";
  }
  return "";
}

journal::KafkaConnection Connection(const HostOptions& options) {
  return {.bootstrap = options.bootstrap, .client_id = options.instance};
}

std::string JournalTopic(const HostOptions& options) {
  return "omo." + options.service + ".journal.v1";
}

// What is wrong with the topics, asked of Kafka: shards of one that may lose events must not be
// owned (design.md 2.8). Not ok: Kafka did not answer, or there is no such topic.
absl::StatusOr<Faults> TopicFaults(const HostOptions& options) {
  const std::vector<std::pair<std::string, journal::TopicUse>> topics = {
      {JournalTopic(options), journal::TopicUse::kJournal},
      {"omo." + options.service + ".members", journal::TopicUse::kMembers},
      {kOwnersTopic, journal::TopicUse::kOwners}};
  Faults all;
  for (const auto& [topic, use] : topics) {
    journal::TopicExpectations expected{.use = use,
                                        .partitions = topic == kOwnersTopic ? 1 : options.shards,
                                        .allow_unreplicated = options.allow_unreplicated,
                                        .timeout = kTopicPatience};
    const auto faults = journal::CheckTopic(Connection(options), topic, expected);
    if (absl::IsNotFound(faults.status())) {
      all.emplace_back(faults.status().message());
      continue;
    }
    if (!faults.ok()) return faults.status();
    for (const std::string& fault : *faults) all.push_back(absl::StrCat(topic, ": ", fault));
  }
  return all;
}

bool TopicsAreSafe(const HostOptions& options) {
  const auto faults = TopicFaults(options);
  if (!faults.ok()) {
    telemetry::Log(telemetry::Level::kError, "the topics cannot be checked",
                   {{"why", std::string(faults.status().message())}});
    return false;
  }
  for (const std::string& fault : *faults) {
    telemetry::Log(telemetry::Level::kError, "a topic may lose events", {{"fault", fault}});
  }
  return faults->empty();
}

shard::RuntimeOptions MakeRuntimeOptions(const HostOptions& options) {
  shard::RuntimeOptions runtime;
  runtime.service = options.service;
  runtime.schema = options.schema;
  runtime.shards = options.shards;
  runtime.threads = options.threads;
  runtime.data = options.data;
  runtime.rebuild_bytes = options.rebuild_mb << 20;
  runtime.copy_records_min = options.copy_records_min;
  runtime.claimer = {.instance = options.instance,
                     .address = options.listen,
                     .group = "omo." + options.service,
                     .feature_level = options.feature_level};
  return runtime;
}

// Null where the settings say so. `directory` outlives it.
shard::Runtime::Parts::CopyFromPeer CopyFromPeers(const HostOptions& options,
                                                  const journal::KafkaOwnerDirectory& directory) {
  if (!options.copy_from_peers) return nullptr;
  auto peers = std::make_shared<PeerCopies>(
      PeerCopies::Options{.service = options.service,
                          .schema = options.schema,
                          .address = options.listen,
                          .directory_ready = [&directory] { return directory.caught_up(); }},
      directory);
  return [peers](const shard::CopyWanted& wanted, const std::atomic<bool>& cancelled) {
    return peers->Copy(wanted, cancelled);
  };
}

// This instance's seat in its group: taken while it is fit to own, left otherwise. Thread-safe.
class Seat {
 public:
  Seat(const HostOptions& options, std::function<void(const journal::Assignment&)> on_assignment)
      : options_(options), on_assignment_(std::move(on_assignment)) {}

  void Take() {
    const std::lock_guard lock(mutex_);
    membership_.reset();  // Of before: two under one static id put each other out.
    auto joined =
        journal::KafkaMembership::Join({.connection = Connection(options_),
                                        .topic = "omo." + options_.service + ".members",
                                        .group = "omo." + options_.service,
                                        .instance = options_.instance,
                                        .session_timeout = Duration{options_.session_timeout_ms}},
                                       on_assignment_);
    if (joined.ok()) {
      membership_ = *std::move(joined);
    } else {
      telemetry::Log(telemetry::Level::kError, "cannot join the group: owns nothing",
                     {{"why", std::string(joined.status().message())}});
    }
  }
  // Another process has sat down under this instance's id: that stays until a person looks.
  Faults WhoElse() {
    const std::lock_guard lock(mutex_);
    if (membership_ == nullptr || !membership_->fenced()) return {};
    return {"another process runs as " + options_.instance};
  }
  void Leave() {
    const std::lock_guard lock(mutex_);
    if (membership_ != nullptr) membership_->Leave();
  }

 private:
  const HostOptions& options_;
  const std::function<void(const journal::Assignment&)> on_assignment_;
  std::mutex mutex_;
  std::unique_ptr<journal::KafkaMembership> membership_;
};

std::vector<OwnCheck::Question> Questions(const HostOptions& options,
                                          const journal::KafkaOwnerDirectory& directory, Seat& seat,
                                          telemetry::Gauge skew_seconds) {
  const auto clock = [&directory, skew_seconds]() mutable {
    const std::optional<Duration> skew = directory.clock_skew();
    if (skew) skew_seconds.Set(static_cast<double>(skew->count()) / 1'000);
    return ClockFaults(skew);
  };
  return {{.name = "clock", .every = Duration{1'000}, .again = Duration{20}, .ask = clock},
          {.name = "topics",
           .every = std::chrono::seconds{options.topic_check_seconds},
           .again = Duration{1'000},
           .passed = true,
           .ask = [&options] { return TopicFaults(options); }},
          {.name = "seat", .every = Duration{1'000}, .again = Duration{1'000}, .ask = [&seat] {
             return seat.WhoElse();
           }}};
}

std::string AsJson(const Faults& faults) { return nlohmann::json(faults).dump(); }

// From the first record read to the last shard handed over.
int Serve(const HostOptions& options, const journal::KafkaOwnerDirectory& directory,
          HostParts& parts, rpc::StopSignal& stop) {
  shard::Runtime& runtime = parts.runtime;
  rpc::Server& server = parts.server;
  std::atomic<OwnCheck*> own_check = nullptr;
  const auto faults = [&own_check] {
    const OwnCheck* check = own_check;
    return check == nullptr ? Faults{"starting"} : check->faults();
  };
  server.AddPage("/shards", [&] { return ShardsAsJson(options.instance, runtime); });
  server.AddPage("/own_faults", [faults] { return AsJson(faults()); });
  server.SetReadyCheck([&runtime, faults] { return faults().empty() && runtime.Ready(); });
  if (absl::Status started = runtime.Start(); !started.ok()) {
    std::cerr << started << "\n";
    return 1;
  }
  Ticker ticker(std::move(parts.tick));
  if (absl::Status started = server.Start(); !started.ok()) {
    std::cerr << started << "\n";
    return kBadSettings;
  }
  std::unique_ptr<OwnCheck> check;  // Ends after the seat, whose news it is told.
  Seat seat(options, [&](const journal::Assignment& assignment) {
    runtime.Assign(assignment);
    OwnCheck* asked = own_check;
    if (asked != nullptr && !assignment.shards.empty()) asked->AskSoon();  // Before a claim.
  });
  const std::string prefix = "omo_" + options.service;
  check = std::make_unique<OwnCheck>(
      Questions(options, directory, seat, AddClockSkew(prefix, parts.metrics)),
      [&](bool fit) {
        if (fit) {
          runtime.MayOwnAgain();
          return seat.Take();
        }
        seat.Leave();
        runtime.GiveUpAll();
      },
      prefix, parts.metrics);
  own_check = check.get();
  server.SetServing(true);
  telemetry::Log(telemetry::Level::kInfo, "serving", {{"address", options.listen}});
  stop.Wait();
  telemetry::Log(telemetry::Level::kInfo, "stopping");
  ticker.Stop();
  check->Stop();
  seat.Leave();
  runtime.Stop(Duration{options.stop_patience_ms});
  if (parts.end_streams) parts.end_streams();
  server.Stop(Duration{1'000});
  own_check = nullptr;
  return 0;
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
  options.bulk.calls_max = static_cast<std::size_t>(absl::GetFlag(FLAGS_bulk_calls_max));
  options.topic_check_seconds = absl::GetFlag(FLAGS_topic_check_seconds);
  const std::int32_t held_back = absl::GetFlag(FLAGS_feature_level);
  if (held_back >= 0) options.feature_level = std::min(options.feature_level, held_back);
  options.allow_unreplicated = absl::GetFlag(FLAGS_allow_unreplicated);
  options.copy_from_peers = absl::GetFlag(FLAGS_copy_from_peers);
  options.copy_records_min = absl::GetFlag(FLAGS_copy_records_min);
  options.rebuild_mb = absl::GetFlag(FLAGS_rebuild_mb);
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
  shard::Runtime* asked_for = nullptr;
  HandOverAsker asker([&asked_for](ShardId shard) { asked_for->OwnerUnreachable(shard); });
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
                          .ask_hand_over = [&asker](const auto&... what) { asker.Ask(what...); },
                          .copy_from_peer = CopyFromPeers(options, **directory)});
  asked_for = &runtime;

  telemetry::Metrics metrics;
  rpc::Server server({.listen = options.listen, .admin_listen = options.admin}, metrics);
  ShardService shard_service(options.instance, runtime,
                             std::filesystem::path(options.data) / "outgoing");
  server.Add(journal::v1::ShardService::service_full_name(), &shard_service);
  AddShardMetrics(
      options.service, options.data, [&runtime] { return runtime.Status(false); }, metrics);
  HostParts parts{.runtime = runtime, .server = server, .metrics = metrics};
  add_services(parts);
  const int code = Serve(options, **directory, parts, stop);
  asker.Stop();
  return code;
}

}  // namespace omo::service
