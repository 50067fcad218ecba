#include "libs/journal/kafka/kafka_owners.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "omo/journal/v1/owner.pb.h"

namespace omo::journal {
namespace {

constexpr int kMetadataMillis = 1'000;
constexpr std::chrono::seconds kLastWords{1};
constexpr Duration kSleep{1'000};
// Not a service's name; under it each instance keeps one record whose time stamp it looks at.
constexpr std::string_view kClock = "clock";

KafkaSettings ProducerSettings() {
  // One request at a time keeps the order; an idempotent producer would have to be replaced when it
  // turns fatal.
  return {{"enable.idempotence", "false"},
          {"max.in.flight.requests.per.connection", "1"},
          {"acks", "all"},
          {"linger.ms", "0"},
          {"partitioner", "murmur2_random"},
          {"message.timeout.ms", "10000"}};
}

KafkaSettings ConsumerSettings() {
  return {{"enable.auto.commit", "false"},   {"enable.auto.offset.store", "false"},
          {"auto.offset.reset", "earliest"}, {"enable.partition.eof", "true"},
          {"fetch.wait.max.ms", "500"},      {"fetch.error.backoff.ms", "100"}};
}

std::int64_t NowMillis() {
  return ToMillis(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
}

std::string KeyOf(std::string_view service, ShardId shard) {
  return std::string(service) + "/" + std::to_string(shard);
}

// Nothing for a record that is no owner's: a probe, a tombstone, somebody else's.
std::optional<Owner> ReadOwner(std::string_view key, std::string_view value) {
  const std::size_t slash = key.rfind('/');
  if (slash == std::string_view::npos || slash == 0 || value.empty()) return std::nullopt;
  Owner owner;
  owner.service = key.substr(0, slash);
  const std::string_view shard = key.substr(slash + 1);
  const auto [end, error] = std::from_chars(shard.data(), shard.data() + shard.size(), owner.shard);
  if (error != std::errc() || end != shard.data() + shard.size()) return std::nullopt;
  v1::Owner entry;
  if (owner.service == kClock ||
      !entry.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return std::nullopt;
  }
  owner.log_id = entry.log_id();
  owner.term = entry.term();
  owner.instance = entry.instance();
  owner.address = entry.address();
  return owner;
}

}  // namespace

KafkaOwnerDirectory::KafkaOwnerDirectory(KafkaOwnersOptions options)
    : options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<KafkaOwnerDirectory>> KafkaOwnerDirectory::Open(
    KafkaOwnersOptions options) {
  std::unique_ptr<KafkaOwnerDirectory> directory(new KafkaOwnerDirectory(std::move(options)));
  if (absl::Status status = directory->StartProducer(); !status.ok()) return status;
  if (absl::Status status = directory->StartConsumer(); !status.ok()) return status;
  directory->thread_ = std::thread([raw = directory.get()] { raw->Run(); });
  return directory;
}

absl::Status KafkaOwnerDirectory::StartProducer() {
  const KafkaSettings settings = ProducerSettings();
  auto conf = MakeKafkaConf(options_.connection, {&settings, &options_.settings});
  if (!conf.ok()) return conf.status();
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  auto client = StartKafkaClient(RD_KAFKA_PRODUCER, options_.connection, *std::move(conf));
  if (!client.ok()) return client.status();
  producer_ = *std::move(client);
  produced_topic_.reset(rd_kafka_topic_new(producer_.get(), options_.topic.c_str(), nullptr));
  reports_.reset(rd_kafka_queue_get_main(producer_.get()));
  constexpr std::uint64_t kRing = 1;
  rd_kafka_queue_io_event_enable(reports_.get(), wakeup_.fd(), &kRing, sizeof kRing);
  return absl::OkStatus();
}

absl::Status KafkaOwnerDirectory::StartConsumer() {
  const KafkaSettings settings = ConsumerSettings();
  auto conf = MakeKafkaConf(options_.connection, {&settings, &options_.settings});
  if (!conf.ok()) return conf.status();
  auto client = StartKafkaClient(RD_KAFKA_CONSUMER, options_.connection, *std::move(conf));
  if (!client.ok()) return client.status();
  consumer_ = *std::move(client);
  topic_.reset(rd_kafka_topic_new(consumer_.get(), options_.topic.c_str(), nullptr));
  records_.reset(rd_kafka_queue_new(consumer_.get()));
  constexpr std::uint64_t kRing = 1;
  rd_kafka_queue_io_event_enable(records_.get(), wakeup_.fd(), &kRing, sizeof kRing);
  return absl::OkStatus();
}

KafkaOwnerDirectory::~KafkaOwnerDirectory() {
  ending_ = true;
  wakeup_.Notify();
  if (thread_.joinable()) thread_.join();
}

void KafkaOwnerDirectory::Publish(const Owner& owner) {
  v1::Owner entry;
  entry.set_log_id(owner.log_id);
  entry.set_term(owner.term);
  entry.set_instance(owner.instance);
  entry.set_address(owner.address);
  Send(KeyOf(owner.service, owner.shard), entry.SerializeAsString());
}

void KafkaOwnerDirectory::Send(const std::string& key, const std::string& value) {
  std::array<rd_kafka_vu_t, 4> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_RKT;
  parts[0].u.rkt = produced_topic_.get();
  parts[1].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[1].u.i = RD_KAFKA_MSG_F_COPY;
  parts[2].vtype = RD_KAFKA_VTYPE_KEY;
  parts[2].u.mem = {const_cast<char*>(key.data()), key.size()};
  parts[3].vtype = RD_KAFKA_VTYPE_VALUE;
  parts[3].u.mem = {const_cast<char*>(value.data()), value.size()};
  const KafkaOwned<rd_kafka_error_t> full(
      rd_kafka_produceva(producer_.get(), parts.data(), parts.size()));
}

std::optional<Owner> KafkaOwnerDirectory::Find(const std::string& service, ShardId shard) const {
  const std::lock_guard lock(mutex_);
  return table_.Find(service, shard);
}

std::vector<Owner> KafkaOwnerDirectory::List(const std::string& service) const {
  const std::lock_guard lock(mutex_);
  return table_.List(service);
}

void KafkaOwnerDirectory::Listen(std::function<void(const Owner&)> listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(std::move(listener));
}

std::optional<Duration> KafkaOwnerDirectory::clock_skew() const {
  const std::lock_guard lock(mutex_);
  return clock_skew_;
}

void KafkaOwnerDirectory::FollowPartitions() {
  const rd_kafka_metadata_t* answer = nullptr;
  if (rd_kafka_metadata(consumer_.get(), 0, topic_.get(), &answer, kMetadataMillis) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return;
  }
  partitions_ = answer->topic_cnt == 1 ? answer->topics[0].partition_cnt : 0;
  rd_kafka_metadata_destroy(answer);
  for (std::int32_t i = 0; i < partitions_; ++i) {
    rd_kafka_consume_start_queue(topic_.get(), i, RD_KAFKA_OFFSET_BEGINNING, records_.get());
  }
}

void KafkaOwnerDirectory::TakeReport(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t stamped = rd_kafka_message_timestamp(&message, &kind);
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR || kind != RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME) {
    return;
  }
  const std::int64_t acknowledged = NowMillis();
  const std::int64_t sent = acknowledged - rd_kafka_message_latency(&message) / 1'000;
  std::int64_t skew = 0;
  if (stamped < sent) skew = stamped - sent;
  if (stamped > acknowledged) skew = stamped - acknowledged;
  const std::lock_guard lock(mutex_);
  clock_skew_ = Duration{skew};
}

void KafkaOwnerDirectory::TakeReports() {
  while (const KafkaOwned<rd_kafka_event_t> event{rd_kafka_queue_poll(reports_.get(), 0)}) {
    if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_DR) continue;
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get())) {
      TakeReport(*message);
    }
  }
}

void KafkaOwnerDirectory::TakeRecord(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    at_end_.insert(message.partition);
    caught_up_ = caught_up_ || static_cast<std::int32_t>(at_end_.size()) == partitions_;
  }
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const auto owner = ReadOwner({static_cast<const char*>(message.key), message.key_len},
                               {static_cast<const char*>(message.payload), message.len});
  if (!owner) return;
  std::vector<std::function<void(const Owner&)>> listeners;
  std::optional<Owner> overtaken;
  {
    const std::lock_guard lock(mutex_);
    if (table_.Apply(*owner)) {
      listeners = listeners_;
    } else {
      overtaken = table_.Find(owner->service, owner->shard);
    }
  }
  // A lower term behind ours is what a compacted topic would keep (protocol.md 2.7).
  const bool lower = overtaken && overtaken->instance == options_.instance &&
                     overtaken->log_id == owner->log_id && owner->term < overtaken->term;
  if (lower) Publish(*overtaken);
  for (const auto& listener : listeners) listener(*owner);
}

bool KafkaOwnerDirectory::TakeRecords() {
  std::array<rd_kafka_message_t*, 256> batch;
  const ssize_t taken = rd_kafka_consume_batch_queue(records_.get(), 0, batch.data(), batch.size());
  for (ssize_t i = 0; i < taken; ++i) {
    const KafkaOwned<rd_kafka_message_t> message(batch[static_cast<std::size_t>(i)]);
    TakeRecord(*message);
  }
  return taken > 0;
}

void KafkaOwnerDirectory::Probe() {
  const Clock::time_point now = Clock::now();
  if (options_.instance.empty() || now < probe_at_) return;
  probe_at_ = now + options_.clock_interval;
  Send(std::string(kClock) + "/" + options_.instance, std::string());
}

void KafkaOwnerDirectory::Run() {
  LearnLeaders(producer_.get(), produced_topic_.get());  // The clock is asked for soon.
  while (!ending_) {
    if (partitions_ == 0) FollowPartitions();
    Probe();
    TakeReports();
    if (!TakeRecords()) wakeup_.Wait(std::min(kSleep, options_.clock_interval));
  }
  const Clock::time_point deadline = Clock::now() + kLastWords;
  while (rd_kafka_outq_len(producer_.get()) > 0 && Clock::now() < deadline) {
    wakeup_.Wait(Duration{10});
    TakeReports();
  }
  for (std::int32_t i = 0; i < partitions_; ++i) rd_kafka_consume_stop(topic_.get(), i);
}

}  // namespace omo::journal
