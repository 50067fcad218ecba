// Follows shards of one topic: librdkafka's simple consumer, a queue of its own for every Follow.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <vector>

#include "libs/journal/journal.h"
#include "libs/journal/kafka/kafka_client.h"
#include "libs/journal/kafka/worker.h"
#include "libs/journal/wakeup.h"

namespace omo::journal {

// The queue is what tells one Follow's records from an earlier one's. Called by the loop's thread;
// starting and stopping a partition may wait for librdkafka's threads and is done by a worker.
class KafkaReader {
 public:
  // `options` and `wakeup` outlive it.
  static absl::StatusOr<std::unique_ptr<KafkaReader>> Start(const KafkaJournalOptions& options,
                                                            Wakeup& wakeup);
  ~KafkaReader();

  void Follow(ShardId shard, Offset from);
  void Unfollow(ShardId shard);
  // Tells at most about `most` things; returns how many.
  int Poll(JournalSink& sink, int most);
  rd_kafka_t* client() const { return client_.get(); }

 private:
  using Clock = std::chrono::steady_clock;
  // One Follow of one shard. Shared by the loop and by the worker's tasks; only the loop changes
  // it.
  struct Feed {
    ShardId shard = 0;
    Offset next = 0;      // The offset that must come next.
    bool current = true;  // False: replaced or given up; nothing of it is told any more.
    std::atomic<bool> refused = false;  // By librdkafka: nothing is read. Set by the worker.
    bool at_end = false;                // Nothing came since the log's end was told.
    int restarts = 0;                   // In a row, without a record between them.
    int outage_told = 0;                // The number of the last one.
    std::size_t peak = 0;               // The queue's greatest length since it was last woken.
    Clock::time_point wake_at{};
    Clock::time_point restart_at = Clock::time_point::max();
    KafkaOwned<rd_kafka_queue_t> queue;
  };
  using FeedPointer = std::shared_ptr<Feed>;

  KafkaReader(const KafkaJournalOptions& options, Wakeup& wakeup)
      : options_(options), wakeup_(wakeup) {}
  void Begin(ShardId shard, Offset from, int restarts);
  void End(ShardId shard);
  int PollFeed(JournalSink& sink, const FeedPointer& feed, int most);
  int Tell(JournalSink& sink, Feed& feed, const rd_kafka_message_t& message);
  int TellError(JournalSink& sink, Feed& feed, const rd_kafka_message_t& message);
  int TellOutOfRange(JournalSink& sink, Feed& feed);
  int Restart(JournalSink& sink, Feed& feed);
  void PollClient();
  void WakeWhenLow(Feed& feed);

  const KafkaJournalOptions& options_;
  Wakeup& wakeup_;
  KafkaOwned<rd_kafka_t> client_;
  KafkaOwned<rd_kafka_topic_t> topic_;
  KafkaOwned<rd_kafka_queue_t> main_queue_;
  std::vector<FeedPointer> feeds_;   // By shard; null: not followed.
  bool down_ = false;                // No broker can be reached, and nothing has come since.
  int outages_ = 0;                  // How often that began.
  std::size_t first_ = 0;            // Where the next Poll begins, so that no shard starves.
  std::atomic<bool> waking_{false};  // WakeFetching is under way.
  std::set<ShardId> running_;        // What librdkafka fetches. The worker's alone.
  std::unique_ptr<Worker> worker_;   // Last: its tasks use what is above.
};

}  // namespace omo::journal
