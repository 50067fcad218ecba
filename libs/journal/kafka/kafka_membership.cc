#include "libs/journal/kafka/kafka_membership.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace omo::journal {
namespace {

constexpr std::string_view kMagic = "CGMDv2:";

// A death is heard of with the next heartbeat: the others' shards wait for that long.
std::int64_t HeartbeatMillis(const KafkaMembershipOptions& options) {
  return std::clamp<std::int64_t>(options.session_timeout.count() / 20, 50, 250);
}

KafkaSettings SettingsOf(const KafkaMembershipOptions& options) {
  const std::int64_t session = options.session_timeout.count();
  KafkaSettings settings{
      {"group.id", options.group},
      {"partition.assignment.strategy", "range"},
      {"session.timeout.ms", std::to_string(session)},
      {"heartbeat.interval.ms", std::to_string(HeartbeatMillis(options))},
      {"max.poll.interval.ms", std::to_string(std::max<std::int64_t>(session, 60'000))},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "latest"},
  };
  if (!options.instance.empty()) settings["group.instance.id"] = options.instance;
  return settings;
}

absl::StatusOr<std::int32_t> GenerationOf(const rd_kafka_consumer_group_metadata_t* metadata) {
  void* bytes = nullptr;
  std::size_t size = 0;
  const KafkaOwned<rd_kafka_error_t> error(
      rd_kafka_consumer_group_metadata_write(metadata, &bytes, &size));
  if (error != nullptr) return absl::FailedPreconditionError(rd_kafka_error_string(error.get()));
  auto generation = DecodeGeneration({static_cast<const char*>(bytes), size});
  rd_kafka_mem_free(nullptr, bytes);
  return generation;
}

// Whether this librdkafka writes a generation where we look for it.
absl::Status TryGenerations() {
  constexpr std::int32_t kTried = 0x12345678;
  rd_kafka_consumer_group_metadata_t* metadata =
      rd_kafka_consumer_group_metadata_new_with_genid("group", kTried, "member", nullptr);
  const auto read = GenerationOf(metadata);
  rd_kafka_consumer_group_metadata_destroy(metadata);
  if (!read.ok()) return read.status();
  if (*read == kTried) return absl::OkStatus();
  return absl::FailedPreconditionError("librdkafka writes the group's generation elsewhere");
}

}  // namespace

absl::StatusOr<std::int32_t> DecodeGeneration(std::string_view written) {
  std::int32_t generation = 0;
  if (!written.starts_with(kMagic) || written.size() < kMagic.size() + sizeof generation) {
    return absl::FailedPreconditionError("librdkafka writes the group's metadata in another form");
  }
  std::memcpy(&generation, written.data() + kMagic.size(), sizeof generation);
  return generation;
}

KafkaMembership::KafkaMembership(KafkaMembershipOptions options,
                                 std::function<void(const Assignment&)> on_assignment)
    : options_(std::move(options)), on_assignment_(std::move(on_assignment)) {}

absl::StatusOr<std::unique_ptr<KafkaMembership>> KafkaMembership::Join(
    KafkaMembershipOptions options, std::function<void(const Assignment&)> on_assignment) {
  if (absl::Status status = TryGenerations(); !status.ok()) return status;
  std::unique_ptr<KafkaMembership> membership(
      new KafkaMembership(std::move(options), std::move(on_assignment)));
  const KafkaMembershipOptions& kept = membership->options_;
  const KafkaSettings settings = SettingsOf(kept);
  auto conf = MakeKafkaConf(kept.connection, {&settings, &kept.settings});
  if (!conf.ok()) return conf.status();
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR);
  auto client = StartKafkaClient(RD_KAFKA_CONSUMER, kept.connection, *std::move(conf));
  if (!client.ok()) return client.status();
  membership->client_ = *std::move(client);
  rd_kafka_t* handle = membership->client_.get();
  rd_kafka_poll_set_consumer(handle);
  membership->queue_.reset(rd_kafka_queue_get_consumer(handle));
  const KafkaOwned<rd_kafka_topic_partition_list_t> topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), kept.topic.c_str(), RD_KAFKA_PARTITION_UA);
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(handle, topics.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaStatus(error, "subscribe " + kept.topic);
  membership->thread_ = std::thread([raw = membership.get()] { raw->Run(); });
  return membership;
}

KafkaMembership::~KafkaMembership() {
  ending_ = true;
  if (queue_ != nullptr) rd_kafka_queue_yield(queue_.get());
  if (thread_.joinable()) thread_.join();
  queue_.reset();
}

void KafkaMembership::Leave() {
  leaving_ = true;
  rd_kafka_queue_yield(queue_.get());
}

void KafkaMembership::TellNothingAssigned() {
  on_assignment_({.group = options_.group, .generation = generation_, .shards = {}});
}

void KafkaMembership::TakeRebalance(rd_kafka_event_t& event) {
  if (rd_kafka_event_error(&event) != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    rd_kafka_assign(client_.get(), nullptr);
    return;
  }
  rd_kafka_topic_partition_list_t* partitions = rd_kafka_event_topic_partition_list(&event);
  Assignment assignment{.group = options_.group, .generation = 0, .shards = {}};
  for (int i = 0; i < partitions->cnt; ++i) {
    assignment.shards.push_back(partitions->elems[i].partition);
    partitions->elems[i].offset = RD_KAFKA_OFFSET_END;  // Nothing was ever committed.
  }
  std::sort(assignment.shards.begin(), assignment.shards.end());
  rd_kafka_assign(client_.get(), partitions);
  rd_kafka_consumer_group_metadata_t* metadata = rd_kafka_consumer_group_metadata(client_.get());
  const auto generation = GenerationOf(metadata);
  rd_kafka_consumer_group_metadata_destroy(metadata);
  if (generation.ok()) generation_ = *generation;
  assignment.generation = generation_;
  if (unsubscribed_) return;  // It crossed our leave.
  on_assignment_(assignment);
}

void KafkaMembership::Take(rd_kafka_event_t& event) {
  if (rd_kafka_event_type(&event) == RD_KAFKA_EVENT_REBALANCE) return TakeRebalance(event);
  if (!IsFatal(client_.get()) || fenced_.exchange(true)) return;
  rd_kafka_assign(client_.get(), nullptr);
  TellNothingAssigned();
}

// Any question to librdkafka's main thread wakes it. By itself it looks once a second, however
// short the interval, whether a heartbeat is due.
void KafkaMembership::WakeForHeartbeat() {
  rd_kafka_mem_free(client_.get(), rd_kafka_memberid(client_.get()));
}

void KafkaMembership::Run() {
  const int look = static_cast<int>(HeartbeatMillis(options_)) + 1;  // Then one is due.
  while (!ending_) {
    if (leaving_ && !unsubscribed_) {
      unsubscribed_ = true;
      rd_kafka_unsubscribe(client_.get());
      TellNothingAssigned();
    }
    const KafkaOwned<rd_kafka_event_t> event(rd_kafka_queue_poll(queue_.get(), look));
    if (event != nullptr) Take(*event);
    WakeForHeartbeat();
  }
  rd_kafka_consumer_close(client_.get());
}

}  // namespace omo::journal
