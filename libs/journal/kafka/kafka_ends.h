// Asks again and again where logs end. librdkafka tells a reader the end of its log once; then it
// is silent as long as no record comes, whether there is none or Kafka is out of reach.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "libs/journal/journal.h"
#include "libs/journal/kafka/kafka_client.h"
#include "libs/journal/wakeup.h"

namespace omo::journal {

// Called by the loop's thread; the questions are a thread's of its own, as each waits for Kafka.
class KafkaEnds {
 public:
  // `client`, a consumer, `options` and `wakeup` outlive it.
  KafkaEnds(rd_kafka_t* client, const KafkaJournalOptions& options, Wakeup& wakeup);
  // Waits for a question that is under way: as long as Kafka takes, at most half a second.
  ~KafkaEnds();
  KafkaEnds(const KafkaEnds&) = delete;
  KafkaEnds& operator=(const KafkaEnds&) = delete;

  // From now on also where the shard's log ends, and at once.
  void Add(ShardId shard);
  void Poll(JournalSink& sink);

 private:
  using Clock = std::chrono::steady_clock;
  struct Seen {
    ShardId shard = 0;
    Offset end = 0;
    Clock::time_point asked;
  };

  void Run();
  std::vector<Seen> Ask(const std::set<ShardId>& shards);

  rd_kafka_t* const client_;
  const KafkaJournalOptions& options_;
  Wakeup& wakeup_;
  Wakeup changed_;
  std::atomic<bool> ending_ = false;
  std::atomic<bool> answered_ = false;
  std::mutex mutex_;
  std::set<ShardId> shards_;
  std::vector<Seen> seen_;
  std::thread thread_;  // Last: it uses what is above.
};

}  // namespace omo::journal
