// One idempotent librdkafka producer and the records that it still owes a report for.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>
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

  // Keeps the record for the next Send: librdkafka's thread wakes with the first record it is given
  // and would send it alone.
  absl::Status Append(ShardId shard, const Record& record);
  // What librdkafka does not take now is tried again by the next Send or Poll, in order; what it
  // will not take is reported as failed. A shard's first record travels alone (ADR 18).
  void Send();
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
  using Clock = std::chrono::steady_clock;
  // What a report names; librdkafka carries its address.
  struct Pending {
    ShardId shard = 0;
    bool open = false;
    std::int64_t bytes = 0;
    std::uint64_t term = 0;
    std::uint64_t nonce = 0;
    std::uint64_t seq = 0;
  };

  // Appended, not yet sent.
  struct Kept {
    Pending* pending = nullptr;
    std::string key;
    std::string value;
    Time stamp{};
    Clock::time_point until;  // Then it is given up, as librdkafka gives up what it has.
    rd_kafka_headers_t* headers = nullptr;  // Ours until librdkafka takes it.
  };

  // Whether the shard's broker knows this producer: only then it sees that a record is missing in
  // front of another.
  enum class Known : std::uint8_t { kNo, kAsking, kYes };

  explicit KafkaProducer(const KafkaJournalOptions& options) : options_(options) {}
  absl::Status CheckAppendable(ShardId shard, const Record& record) const;
  Pending* Take(ShardId shard, const Fence& fence, std::int64_t bytes);
  void Release(Pending* pending);
  Known& KnownIn(ShardId shard);
  // False: neither now, it waits.
  bool SendOrRefuse(Kept& kept);
  rd_kafka_resp_err_t Produce(Kept& kept);
  void Refuse(const Kept& kept, absl::Status why);
  void Report(JournalSink& sink, const rd_kafka_message_t& message);
  int ReportRefused(JournalSink& sink);
  static AppendReport ReportFor(const Pending& pending);

  const KafkaJournalOptions& options_;
  std::deque<Pending> pending_;  // Never shrinks; addresses stay.
  std::vector<Pending*> free_;
  std::deque<Kept> kept_;
  std::vector<Known> known_;  // By shard.
  // Never given to librdkafka: to be reported as failed, and why.
  std::vector<std::pair<Pending*, absl::Status>> refused_;
  std::size_t outstanding_ = 0;
  std::int64_t outstanding_bytes_ = 0;
  bool failed_ = false;
  KafkaOwned<rd_kafka_t> client_;
  KafkaOwned<rd_kafka_topic_t> topic_;
  KafkaOwned<rd_kafka_queue_t> queue_;
  KafkaOwned<rd_kafka_event_t> event_;  // Reports that an earlier Poll had no room for.
};

}  // namespace omo::journal
