#include "libs/journal/kafka_fetcher.h"

#include <array>
#include <set>
#include <string>
#include <utility>

#include "libs/journal/kafka_record.h"

namespace omo::journal {
namespace {

constexpr std::chrono::seconds kGiveUpAfter{10};
constexpr int kLookMillis = 5;
// Records up to so far ahead are read over rather than sought.
constexpr Offset kReadOver = 200;

KafkaSettings SettingsOf() {
  return {
      {"enable.auto.commit", "false"},      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},       {"isolation.level", "read_uncommitted"},
      {"enable.partition.eof", "true"},     {"check.crcs", "true"},
      {"fetch.wait.max.ms", "5"},           {"fetch.error.backoff.ms", "50"},
      {"fetch.message.max.bytes", "65536"}, {"queued.min.messages", "1"},
  };
}

}  // namespace

KafkaFetcher::Client::~Client() {
  queue.reset();
  topic.reset();
}

KafkaFetcher::KafkaFetcher(const KafkaJournalOptions& options, Wakeup& wakeup)
    : options_(options), wakeup_(wakeup), thread_([this] { Run(); }) {}

KafkaFetcher::~KafkaFetcher() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  asked_.notify_one();
  thread_.join();
}

void KafkaFetcher::Fetch(ShardId shard, Offset offset) {
  {
    const std::lock_guard lock(mutex_);
    requests_.emplace_back(shard, offset);
  }
  asked_.notify_one();
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

absl::StatusOr<std::unique_ptr<KafkaFetcher::Client>> KafkaFetcher::StartClient() const {
  const KafkaSettings settings = SettingsOf();
  auto conf = MakeKafkaConf(options_.connection, {&settings, &options_.reader_settings});
  if (!conf.ok()) return conf.status();
  auto handle = StartKafkaClient(RD_KAFKA_CONSUMER, options_.connection, *std::move(conf));
  if (!handle.ok()) return handle.status();
  auto client = std::make_unique<Client>();
  client->handle = *std::move(handle);
  client->topic.reset(rd_kafka_topic_new(client->handle.get(), options_.topic.c_str(), nullptr));
  client->queue.reset(rd_kafka_queue_new(client->handle.get()));
  return client;
}

bool KafkaFetcher::TakeRequests() {
  std::unique_lock lock(mutex_);
  bool idle = true;
  for (const auto& [shard, queue] : shards_) idle = idle && queue.wanted.empty();
  if (idle) asked_.wait(lock, [this] { return ending_ || !requests_.empty(); });
  const Clock::time_point deadline = Clock::now() + kGiveUpAfter;
  for (const auto& [shard, offset] : requests_) shards_[shard].wanted.emplace(offset, deadline);
  requests_.clear();
  return !ending_;
}

void KafkaFetcher::Stop(ShardId shard, ShardQueue& queue) {
  if (queue.reading_at != kNoOffset) rd_kafka_consume_stop(client_->topic.get(), shard);
  queue.reading_at = kNoOffset;
}

void KafkaFetcher::Steer(ShardId shard, ShardQueue& queue) {
  if (queue.wanted.empty()) {
    Stop(shard, queue);
    return;
  }
  const Offset first = queue.wanted.begin()->first;
  const bool on_the_way = queue.reading_at != kNoOffset && first >= queue.reading_at &&
                          first - queue.reading_at <= kReadOver;
  if (on_the_way) return;
  Stop(shard, queue);
  if (rd_kafka_consume_start_queue(client_->topic.get(), shard, first, client_->queue.get()) == 0) {
    queue.reading_at = first;
    return;
  }
  AnswerAll(shard, queue, first, KafkaStatus(rd_kafka_last_error(), "fetch"), {});
}

void KafkaFetcher::AnswerAll(ShardId shard, ShardQueue& queue, Offset offset,
                             const absl::Status& status, const Record& record) {
  const std::size_t times = queue.wanted.erase(offset);
  if (times == 0) return;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < times; ++i) answers_.push_back({shard, offset, status, record});
  }
  answered_ = true;
  wakeup_.Notify();
}

void KafkaFetcher::Take(const rd_kafka_message_t& message) {
  const ShardId shard = message.partition;
  ShardQueue& queue = shards_[shard];
  if (queue.wanted.empty() || queue.reading_at == kNoOffset) return;
  const Offset first = queue.wanted.begin()->first;
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    queue.reading_at = message.offset + 1;
    if (message.offset == first) {
      AnswerAll(shard, queue, first, absl::OkStatus(), ReadRecord(message));
    } else if (message.offset > first) {
      AnswerAll(shard, queue, first, absl::NotFoundError("fetch: the log skips this offset"), {});
    }
  } else if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    if (message.offset <= first) {
      AnswerAll(shard, queue, first, absl::OutOfRangeError("fetch: behind the log's end"), {});
    }
  } else if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET && message.offset == first) {
    // librdkafka has stopped fetching: the next one must be started anew.
    Stop(shard, queue);
    AnswerAll(shard, queue, first, absl::OutOfRangeError("fetch: not in the log"), {});
  }
}

void KafkaFetcher::Expire() {
  const Clock::time_point now = Clock::now();
  for (auto& [shard, queue] : shards_) {
    std::set<Offset> expired;
    for (const auto& [offset, deadline] : queue.wanted) {
      if (deadline <= now) expired.insert(offset);
    }
    for (const Offset offset : expired) {
      AnswerAll(shard, queue, offset, absl::UnavailableError("fetch: Kafka does not answer"), {});
    }
  }
}

void KafkaFetcher::Refuse(const absl::Status& status) {
  for (auto& [shard, queue] : shards_) {
    while (!queue.wanted.empty()) {
      AnswerAll(shard, queue, queue.wanted.begin()->first, status, {});
    }
  }
}

void KafkaFetcher::Run() {
  std::array<rd_kafka_message_t*, 64> batch;
  while (TakeRequests()) {
    if (client_ == nullptr) {
      auto client = StartClient();
      if (!client.ok()) {
        Refuse(client.status());
        continue;
      }
      client_ = *std::move(client);
    }
    for (auto& [shard, queue] : shards_) Steer(shard, queue);
    const ssize_t taken =
        rd_kafka_consume_batch_queue(client_->queue.get(), kLookMillis, batch.data(), batch.size());
    for (ssize_t i = 0; i < taken; ++i) {
      const KafkaOwned<rd_kafka_message_t> message(batch[static_cast<std::size_t>(i)]);
      Take(*message);
    }
    for (auto& [shard, queue] : shards_) Steer(shard, queue);
    Expire();
  }
  for (auto& [shard, queue] : shards_) Stop(shard, queue);
  client_.reset();
}

}  // namespace omo::journal
