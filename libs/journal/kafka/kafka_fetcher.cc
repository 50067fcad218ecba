#include "libs/journal/kafka/kafka_fetcher.h"

#include <array>
#include <set>
#include <string>

#include "libs/journal/kafka/kafka_record.h"

namespace omo::journal {
namespace {

constexpr std::chrono::seconds kGiveUpAfter{10};
constexpr Duration kBusyLook{5};
constexpr Duration kIdleLook{10'000};

KafkaSettings Settings() {
  return {
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"isolation.level", "read_uncommitted"},
      {"enable.partition.eof", "true"},
      {"check.crcs", "true"},
      {"fetch.wait.max.ms", "5"},
      {"fetch.error.backoff.ms", "50"},
      {"fetch.message.max.bytes", "65536"},
      // About one answer of Kafka's a read. Not fewer: librdkafka's own marks count too, and a full
      // queue makes it sleep for a second.
      {"queued.min.messages", "100"},
  };
}

}  // namespace

KafkaFetcher::KafkaFetcher(const KafkaJournalOptions& options, Wakeup& wakeup)
    : options_(options), wakeup_(wakeup), thread_([this] { Run(); }) {}

KafkaFetcher::~KafkaFetcher() {
  ending_ = true;
  work_.Notify();
  thread_.join();
}

void KafkaFetcher::Fetch(ShardId shard, Offset offset) {
  {
    const std::lock_guard lock(mutex_);
    requests_.emplace_back(shard, offset);
  }
  work_.Notify();
}

int KafkaFetcher::Poll(JournalSink& sink) {
  if (!answered_.exchange(false)) return 0;
  std::vector<Answer> answers;
  {
    const std::lock_guard lock(mutex_);
    answers.swap(answers_);
  }
  for (Answer& answer : answers) {
    sink.OnFetched(answer.shard, answer.offset, std::move(answer.status), std::move(answer.record));
  }
  return static_cast<int>(answers.size());
}

absl::Status KafkaFetcher::StartClient() {
  const KafkaSettings settings = Settings();
  auto conf = MakeKafkaConf(options_.connection, {&settings, &options_.reader_settings});
  if (!conf.ok()) return conf.status();
  auto handle = StartKafkaClient(RD_KAFKA_CONSUMER, options_.connection, *std::move(conf));
  if (!handle.ok()) return handle.status();
  KafkaOwned<rd_kafka_topic_t> topic(
      rd_kafka_topic_new(handle->get(), options_.topic.c_str(), nullptr));
  if (topic == nullptr) return KafkaStatus(rd_kafka_last_error(), "topic " + options_.topic);
  LearnLeaders(handle->get(), topic.get());
  client_.handle = *std::move(handle);
  client_.topic = std::move(topic);
  return absl::OkStatus();
}

bool KafkaFetcher::TakeRequests() {
  const Clock::time_point deadline = Clock::now() + kGiveUpAfter;
  const std::lock_guard lock(mutex_);
  for (const auto& [shard, offset] : requests_) shards_[shard].wanted.emplace(offset, deadline);
  requests_.clear();
  return !ending_;
}

void KafkaFetcher::Begin(ShardId shard, ShardReads& reads) {
  const Offset first = reads.wanted.begin()->first;
  reads.at = first;
  reads.wake_at = Clock::now() + kBusyLook;
  reads.queue.reset(rd_kafka_queue_new(client_.handle.get()));
  constexpr std::uint64_t kRing = 1;
  rd_kafka_queue_io_event_enable(reads.queue.get(), work_.fd(), &kRing, sizeof kRing);
  if (first >= 0 &&
      rd_kafka_consume_start_queue(client_.topic.get(), shard, first, reads.queue.get()) == 0) {
    return;
  }
  reads.queue.reset();
  AnswerAll(shard, reads, first, absl::OutOfRangeError("fetch: no such shard or offset"), {});
}

void KafkaFetcher::End(ShardId shard, ShardReads& reads) {
  if (reads.queue == nullptr) return;
  rd_kafka_consume_stop(client_.topic.get(), shard);
  rd_kafka_queue_io_event_enable(reads.queue.get(), -1, nullptr, 0);
  reads.queue.reset();
}

void KafkaFetcher::AnswerAll(ShardId shard, ShardReads& reads, Offset offset,
                             const absl::Status& status, const Record& record) {
  const std::size_t times = reads.wanted.erase(offset);
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < times; ++i) answers_.push_back({shard, offset, status, record});
  }
  answered_ = true;
  wakeup_.Notify();
}

// True when the running read has brought all it can.
bool KafkaFetcher::Take(ShardId shard, ShardReads& reads, const rd_kafka_message_t& message) {
  if (reads.wanted.empty()) return true;
  const Offset first = reads.wanted.begin()->first;
  const bool behind = first < reads.at;  // Asked for when the read had passed it: anew from there.
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) reads.at = message.offset + 1;
  if (behind) return true;
  switch (message.err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      if (message.offset == first) {
        AnswerAll(shard, reads, first, absl::OkStatus(), ReadRecord(message));
      } else if (message.offset > first) {
        AnswerAll(shard, reads, first, absl::NotFoundError("fetch: the log skips it"), {});
      }
      return true;
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      if (message.offset <= first) {
        AnswerAll(shard, reads, first, absl::OutOfRangeError("fetch: not in the log yet"), {});
      }
      return true;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      AnswerAll(shard, reads, first, absl::OutOfRangeError("fetch: not in the log"), {});
      return true;
    default:
      return false;  // librdkafka goes on trying.
  }
}

void KafkaFetcher::Read(ShardId shard, ShardReads& reads) {
  if (reads.queue != nullptr) {
    std::array<rd_kafka_message_t*, 64> batch;
    bool brought = false;
    ssize_t taken = 0;
    do {
      taken = rd_kafka_consume_batch_queue(reads.queue.get(), 0, batch.data(), batch.size());
      for (ssize_t i = 0; i < taken; ++i) {
        const KafkaOwned<rd_kafka_message_t> message(batch[static_cast<std::size_t>(i)]);
        brought = Take(shard, reads, *message) || brought;
      }
    } while (taken > 0);
    if (brought || reads.wanted.empty()) {
      End(shard, reads);
    } else if (Clock::now() >= reads.wake_at) {
      WakeFetching(client_.handle.get(), options_.topic, shard);
      reads.wake_at = Clock::now() + kBusyLook;
    }
  }
  while (reads.queue == nullptr && !reads.wanted.empty()) Begin(shard, reads);
}

void KafkaFetcher::Expire(ShardId shard, ShardReads& reads) {
  const Clock::time_point now = Clock::now();
  std::set<Offset> expired;
  for (const auto& [offset, deadline] : reads.wanted) {
    if (deadline <= now) expired.insert(offset);
  }
  for (const Offset offset : expired) {
    AnswerAll(shard, reads, offset, absl::UnavailableError("fetch: Kafka does not answer"), {});
  }
}

void KafkaFetcher::Run() {
  while (TakeRequests()) {
    const absl::Status started = client_.handle == nullptr ? StartClient() : absl::OkStatus();
    bool busy = false;
    for (auto& [shard, reads] : shards_) {
      while (!started.ok() && !reads.wanted.empty()) {
        AnswerAll(shard, reads, reads.wanted.begin()->first, started, {});
      }
      Expire(shard, reads);
      if (started.ok()) Read(shard, reads);
      busy = busy || !reads.wanted.empty();
    }
    work_.Wait(busy ? kBusyLook : kIdleLook);
  }
  for (auto& [shard, reads] : shards_) End(shard, reads);
}

}  // namespace omo::journal
