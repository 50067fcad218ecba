// Reads single records of a topic out of order, on a thread and a client of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "libs/journal/journal.h"
#include "libs/journal/kafka_client.h"
#include "libs/journal/wakeup.h"

namespace omo::journal {

// Nothing is fetched while nobody asks. Fetch and Poll are called by the loop's thread.
class KafkaFetcher {
 public:
  // `options` and `wakeup` outlive it. The client is started by the fetcher's thread.
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
  // What is asked of one shard, by offset, with the time to give up. An offset asked for twice is
  // answered twice.
  struct ShardQueue {
    std::multimap<Offset, Clock::time_point> wanted;
    Offset reading_at = kNoOffset;  // The next offset librdkafka brings; kNoOffset: it is stopped.
  };
  struct Client {
    KafkaOwned<rd_kafka_t> handle;
    KafkaOwned<rd_kafka_topic_t> topic;
    KafkaOwned<rd_kafka_queue_t> queue;
    ~Client();
  };

  void Run();
  absl::StatusOr<std::unique_ptr<Client>> StartClient() const;
  // False: it is time to end.
  bool TakeRequests();
  void Steer(ShardId shard, ShardQueue& queue);
  void Stop(ShardId shard, ShardQueue& queue);
  void Take(const rd_kafka_message_t& message);
  void AnswerAll(ShardId shard, ShardQueue& queue, Offset offset, const absl::Status& status,
                 const Record& record);
  void Expire();
  void Refuse(const absl::Status& status);

  const KafkaJournalOptions& options_;
  Wakeup& wakeup_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::vector<std::pair<ShardId, Offset>> requests_;  // Guarded by mutex_, like the next two.
  std::vector<Answer> answers_;
  bool ending_ = false;
  std::atomic<bool> answered_{false};
  std::map<ShardId, ShardQueue> shards_;  // The thread's alone, like the client.
  std::unique_ptr<Client> client_;
  std::thread thread_;  // Last: it uses what is above.
};

}  // namespace omo::journal
