// One idempotent librdkafka producer and the records that it still owes a report for.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <vector>

#include "libs/journal/journal.h"
#include "libs/journal/kafka/kafka_client.h"
#include "libs/journal/wakeup.h"

namespace omo::journal {

// Start and the destructor belong on a thread that may wait (milliseconds; seconds when a broker is
// away); everything else is called by the loop's thread and returns at once.
class KafkaProducer {
 public:
  // `options` and `wakeup` outlive it. Connects and learns the topic in the background.
  static absl::StatusOr<std::unique_ptr<KafkaProducer>> Start(const KafkaJournalOptions& options,
                                                              Wakeup& wakeup);
  ~KafkaProducer();

  absl::Status Append(ShardId shard, const Record& record);
  // Tells at most `most` reports; returns how many.
  int Poll(JournalSink& sink, int most);
  // It reported itself fatal and takes nothing more.
  bool failed() const { return failed_; }
  // How many accepted records have no report yet.
  std::size_t outstanding() const { return outstanding_; }

  // Gives up what is queued and in flight: the reports come by Poll.
  void Retire();
  // Reports everything still outstanding as ABORTED, whatever becomes of it.
  void ReportOutstanding(JournalSink& sink);

 private:
  // What a report names; librdkafka carries its address.
  struct Pending {
    ShardId shard = 0;
    bool open = false;
    std::uint64_t term = 0;
    std::uint64_t nonce = 0;
    std::uint64_t seq = 0;
  };

  explicit KafkaProducer(const KafkaJournalOptions& options) : options_(options) {}
  absl::Status CheckAppendable(ShardId shard, const Record& record) const;
  Pending* Take(ShardId shard, const Fence& fence);
  void Release(Pending* pending);
  void Report(JournalSink& sink, const rd_kafka_message_t& message);
  static AppendReport ReportFor(const Pending& pending);

  const KafkaJournalOptions& options_;
  std::deque<Pending> pending_;  // Never shrinks; addresses stay.
  std::vector<Pending*> free_;
  std::size_t outstanding_ = 0;
  bool failed_ = false;
  KafkaOwned<rd_kafka_t> client_;
  KafkaOwned<rd_kafka_topic_t> topic_;
  KafkaOwned<rd_kafka_queue_t> queue_;
  KafkaOwned<rd_kafka_event_t> event_;  // Reports that an earlier Poll had no room for.
};

}  // namespace omo::journal
