#include "libs/journal/kafka/kafka_reader.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "libs/journal/kafka/kafka_record.h"

namespace omo::journal {
namespace {

constexpr std::size_t kBatch = 512;
// A log that still skips the expected offset after so many tries does not hold it: a transaction's
// marker or compaction took its place.
constexpr int kMostRestarts = 3;
constexpr std::chrono::milliseconds kRetryDelay{500};
constexpr std::chrono::milliseconds kWakeInterval{10};

KafkaSettings SettingsOf(const KafkaJournalOptions& options) {
  return {
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"isolation.level", "read_uncommitted"},
      {"enable.partition.eof", "true"},
      {"check.crcs", "true"},
      {"fetch.wait.max.ms", "10"},  // How long a newly followed shard may wait for the others.
      {"fetch.error.backoff.ms", "100"},
      {"fetch.message.max.bytes", "1048576"},
      {"queued.min.messages", "10000000"},  // Only bytes limit what is read ahead.
      {"queued.max.messages.kbytes",
       std::to_string(std::max(options.read_ahead_bytes >> 10, std::int64_t{1}))},
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaReader>> KafkaReader::Start(const KafkaJournalOptions& options,
                                                                Wakeup& wakeup) {
  const KafkaSettings settings = SettingsOf(options);
  auto conf = MakeKafkaConf(options.connection, {&settings, &options.reader_settings});
  if (!conf.ok()) return conf.status();
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_ERROR);
  auto client = StartKafkaClient(RD_KAFKA_CONSUMER, options.connection, *std::move(conf));
  if (!client.ok()) return client.status();

  std::unique_ptr<KafkaReader> reader(new KafkaReader(options, wakeup));
  reader->client_ = *std::move(client);
  rd_kafka_t* handle = reader->client_.get();
  reader->topic_.reset(rd_kafka_topic_new(handle, options.topic.c_str(), nullptr));
  if (reader->topic_ == nullptr) {
    return KafkaStatus(rd_kafka_last_error(), "topic " + options.topic);
  }
  constexpr std::uint64_t kRing = 1;
  reader->main_queue_.reset(rd_kafka_queue_get_main(handle));
  rd_kafka_queue_io_event_enable(reader->main_queue_.get(), wakeup.fd(), &kRing, sizeof kRing);
  LearnLeaders(handle, reader->topic_.get());
  reader->worker_ = std::make_unique<Worker>();
  return reader;
}

KafkaReader::~KafkaReader() {
  for (std::size_t shard = 0; shard < feeds_.size(); ++shard) End(static_cast<ShardId>(shard));
  worker_.reset();
  if (main_queue_ != nullptr) rd_kafka_queue_io_event_enable(main_queue_.get(), -1, nullptr, 0);
}

void KafkaReader::Follow(ShardId shard, Offset from) { Begin(shard, from, 0); }

void KafkaReader::Unfollow(ShardId shard) { End(shard); }

void KafkaReader::Begin(ShardId shard, Offset from, int restarts) {
  End(shard);
  const auto index = static_cast<std::size_t>(shard);
  if (index >= feeds_.size()) feeds_.resize(index + 1);
  auto feed = std::make_shared<Feed>();
  feed->shard = shard;
  feed->next = from;
  feed->restarts = restarts;
  feed->queue.reset(rd_kafka_queue_new(client_.get()));
  constexpr std::uint64_t kRing = 1;
  rd_kafka_queue_io_event_enable(feed->queue.get(), wakeup_.fd(), &kRing, sizeof kRing);
  feeds_[index] = feed;
  worker_->Post([this, shard, from, queue = feed->queue.get(), kept = feed] {
    if (rd_kafka_consume_start_queue(topic_.get(), shard, from, queue) == 0) {
      running_.insert(shard);
    } else {
      kept->refused = true;
      wakeup_.Notify();
    }
  });
}

void KafkaReader::End(ShardId shard) {
  const auto index = static_cast<std::size_t>(shard);
  if (index >= feeds_.size() || feeds_[index] == nullptr) return;
  const FeedPointer feed = std::move(feeds_[index]);
  feed->current = false;
  // The worker keeps the feed until librdkafka has let go of its queue.
  worker_->Post([this, shard, kept = feed] {
    if (running_.erase(shard) > 0) rd_kafka_consume_stop(topic_.get(), shard);
    rd_kafka_queue_io_event_enable(kept->queue.get(), -1, nullptr, 0);
  });
}

int KafkaReader::TellOutOfRange(JournalSink& sink, Feed& feed) {
  const ShardId shard = feed.shard;
  End(shard);
  sink.OnReadFailed(shard, ReadFailure::kOutOfRange);
  return 1;
}

int KafkaReader::Restart(JournalSink& sink, Feed& feed) {
  if (feed.restarts >= kMostRestarts) return TellOutOfRange(sink, feed);
  Begin(feed.shard, feed.next, feed.restarts + 1);
  return 0;
}

int KafkaReader::TellError(JournalSink& sink, Feed& feed, const rd_kafka_message_t& message) {
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      if (message.offset > feed.next) return Restart(sink, feed);
      if (message.offset < feed.next) return 0;
      feed.at_end = true;
      sink.OnEnd(feed.shard, feed.next);
      return 1;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      // Of a fetch that was on its way when this one began: librdkafka has stopped fetching.
      if (message.offset >= 0 && message.offset != feed.next) return Restart(sink, feed);
      return TellOutOfRange(sink, feed);
    default:
      feed.restart_at = std::min(feed.restart_at, Clock::now() + kRetryDelay);
      sink.OnReadFailed(feed.shard, ReadFailure::kUnavailable);
      return 1;
  }
}

int KafkaReader::Tell(JournalSink& sink, Feed& feed, const rd_kafka_message_t& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return TellError(sink, feed, message);
  // librdkafka 2.0.2 may repeat offsets and may skip some (its issues 4208, 4261).
  if (message.offset < feed.next) return 0;
  if (message.offset > feed.next) return Restart(sink, feed);
  ++feed.next;
  feed.restarts = 0;
  feed.at_end = false;
  sink.OnRecord(feed.shard, message.offset, ReadRecord(message));
  return 1;
}

int KafkaReader::PollFeed(JournalSink& sink, const FeedPointer& feed, int most) {
  std::array<rd_kafka_message_t*, kBatch> batch;
  const std::size_t wanted = std::min(kBatch, static_cast<std::size_t>(most));
  const ssize_t taken = rd_kafka_consume_batch_queue(feed->queue.get(), 0, batch.data(), wanted);
  down_ = down_ && taken <= 0;
  int told = 0;
  for (ssize_t i = 0; i < taken; ++i) {
    const KafkaOwned<rd_kafka_message_t> message(batch[static_cast<std::size_t>(i)]);
    if (feed->current) told += Tell(sink, *feed, *message);
  }
  if (feed->current && down_ && std::exchange(feed->outage_told, outages_) != outages_) {
    sink.OnReadFailed(feed->shard, ReadFailure::kUnavailable);
    ++told;
  }
  if (feed->current && feed->refused) return told + Restart(sink, *feed);
  if (feed->current) WakeWhenLow(*feed);
  // The queue rings when it stops being empty: what is left in it now would wait for ever.
  if (taken == static_cast<ssize_t>(wanted) && told == 0) wakeup_.Notify();
  if (feed->current && feed->restart_at <= Clock::now()) {
    Begin(feed->shard, feed->next, feed->restarts);
  }
  return told;
}

void KafkaReader::WakeWhenLow(Feed& feed) {
  const std::size_t length = rd_kafka_queue_length(feed.queue.get());
  feed.peak = std::max(feed.peak, length);
  if (feed.at_end || length > feed.peak / 4) return;
  const Clock::time_point now = Clock::now();
  if (now < feed.wake_at || waking_.exchange(true)) return;
  feed.wake_at = now + kWakeInterval;
  feed.peak = length;
  worker_->Post([this, shard = feed.shard] {
    WakeFetching(client_.get(), options_.topic, shard);
    waking_ = false;
  });
}

void KafkaReader::PollClient() {
  while (const KafkaOwned<rd_kafka_event_t> event{rd_kafka_queue_poll(main_queue_.get(), 0)}) {
    if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) continue;
    down_ = true;
    ++outages_;
  }
}

int KafkaReader::Poll(JournalSink& sink, int most) {
  PollClient();
  int told = 0;
  const std::size_t count = feeds_.size();
  for (std::size_t i = 0; i < count && told < most; ++i) {
    // A copy: what the sink is told may end the feed.
    const FeedPointer feed = feeds_[(first_ + i) % count];
    if (feed != nullptr) told += PollFeed(sink, feed, most - told);
  }
  ++first_;
  return told;
}

}  // namespace omo::journal
