// Reads single records of a topic out of order, on a thread and a client of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "libs/journal/journal.h"
#include "libs/journal/kafka/kafka_client.h"
#include "libs/journal/wakeup.h"

namespace omo::journal {

// Each shard reads from its first wanted offset, answers what that one answer of Kafka's holds, and
// begins anew at the next. Nothing is read while nobody asks. Fetch and Poll are the loop's.
class KafkaFetcher {
 public:
  // `options` and `wakeup` outlive it. The client is started by the fetcher's own thread.
  KafkaFetcher(const KafkaJournalOptions& options, Wakeup& wakeup);
  ~KafkaFetcher();

  void Fetch(ShardId shard, Offset offset);
  // Tells every answer that is there; returns how many.
  int Poll(JournalSink& sink);

 private:
  using Clock = std::chrono::steady_clock;
  struct Answer {
    ShardId shard = 0;
    Offset offset = kNoOffset;
    absl::Status status;
    Record record;
  };
  struct ShardReads {
    // By offset, with the time to give up. An offset asked for twice is answered twice.
    std::multimap<Offset, Clock::time_point> wanted;
    KafkaOwned<rd_kafka_queue_t> queue;  // Of the running read; null: librdkafka fetches nothing.
    Offset at = 0;                       // The running read has brought all below it.
    Clock::time_point wake_at{};         // When to look whether librdkafka sleeps.
  };
  struct Client {
    KafkaOwned<rd_kafka_t> handle;
    KafkaOwned<rd_kafka_topic_t> topic;
  };

  void Run();
  absl::Status StartClient();
  // False: it is time to end.
  bool TakeRequests();
  void Begin(ShardId shard, ShardReads& reads);
  void End(ShardId shard, ShardReads& reads);
  void Read(ShardId shard, ShardReads& reads);
  bool Take(ShardId shard, ShardReads& reads, const rd_kafka_message_t& message);
  void AnswerAll(ShardId shard, ShardReads& reads, Offset offset, const absl::Status& status,
                 const Record& record);
  void Expire(ShardId shard, ShardReads& reads);

  const KafkaJournalOptions& options_;
  Wakeup& wakeup_;  // The loop's.
  Wakeup work_;     // The fetcher's thread's.
  std::mutex mutex_;
  std::vector<std::pair<ShardId, Offset>> requests_;  // Guarded by mutex_, like the answers.
  std::vector<Answer> answers_;
  std::atomic<bool> answered_{false};
  std::atomic<bool> ending_{false};
  Client client_;  // The thread's alone, like the reads.
  std::map<ShardId, ShardReads> shards_;
  std::thread thread_;  // Last: it uses what is above.
};

}  // namespace omo::journal
