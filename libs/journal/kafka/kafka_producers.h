// The producers of one journal: the working ones, a warm spare, and the failed ones until all of
// their reports are told.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "libs/journal/kafka/kafka_producer.h"
#include "libs/journal/kafka/worker.h"

namespace omo::journal {

// That a producer turns fatal is routine in librdkafka 2.0.2 (a leader change is enough): the spare
// takes its place within one Poll, and the next spare is started in the background. Called by the
// loop's thread; only Start waits.
class KafkaProducers {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaProducers>> Start(const KafkaJournalOptions& options,
                                                               Wakeup& wakeup);
  // Waits until the clients have ended; what has no report then never gets one.
  ~KafkaProducers();

  absl::Status Append(ShardId shard, const Record& record);
  void Send();
  int Poll(JournalSink& sink, int most);
  // How many producers were replaced so far.
  std::int64_t replaced() const { return replaced_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Retired {
    std::unique_ptr<KafkaProducer> producer;
    Clock::time_point deadline;
  };

  KafkaProducers(const KafkaJournalOptions& options, Wakeup& wakeup)
      : options_(options), wakeup_(wakeup) {}
  void OrderSpare();
  void ReplaceFailed();
  int PollRetired(JournalSink& sink, int most);

  const KafkaJournalOptions& options_;
  Wakeup& wakeup_;
  std::vector<std::unique_ptr<KafkaProducer>> working_;  // Null: waits for a spare.
  std::vector<Retired> retired_;
  std::int64_t replaced_ = 0;
  bool spare_ordered_ = false;
  Clock::time_point next_order_{};
  std::mutex spare_mutex_;
  std::unique_ptr<KafkaProducer> spare_;  // Guarded by spare_mutex_.
  bool spare_order_done_ = false;         // Guarded by spare_mutex_.
  Worker worker_;  // Starts and destroys producers. Last: its tasks use what is above.
};

}  // namespace omo::journal
