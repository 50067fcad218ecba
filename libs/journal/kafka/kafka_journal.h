// The journal on Kafka: one topic, a partition a shard, librdkafka 2.0.2 or newer.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>

#include "libs/journal/journal.h"
#include "libs/journal/kafka/kafka_options.h"
#include "libs/journal/wakeup.h"

namespace omo::journal {

class KafkaEnds;
class KafkaFetcher;
class KafkaProducers;
class KafkaReader;

// One thread calls it, `wakeup` is that thread's: it is rung whenever Poll has something to tell.
// The loop: call Poll until it returns 0, then Wait for at most some tens of milliseconds (retries
// and given-up producers are looked after within Poll) and begin again.
//
// What the codes of a report mean, beyond journal.h (any of them may still come into the log):
//   INVALID_ARGUMENT     the topic takes no record of this size
//   OUT_OF_RANGE         INVALID_TIMESTAMP: the stamp is too far from the broker's clock
//   FAILED_PRECONDITION  a transaction's error: somebody writes to the journal as transactional.id
//   PERMISSION_DENIED    the topic may not be written
//   DEADLINE_EXCEEDED    no answer within message_timeout
//   ABORTED              given up together with a producer that failed
//   UNAVAILABLE          all else
// Append refuses besides, as INVALID_ARGUMENT, a negative shard and a stamp that is not after 1970.
// OnReadFailed(kOutOfRange) ends the following of that shard, also when the log skips an offset
// (a transaction's marker, compaction); Follow begins anew. After kUnavailable it goes on by
// itself. Fetch answers OUT_OF_RANGE for an offset the log does not hold (yet), NOT_FOUND for one
// it skips, UNAVAILABLE after 10 s without Kafka.
class KafkaJournal final : public Journal {
 public:
  // Connects in the background: also ok when no broker can be reached. INVALID_ARGUMENT names a
  // setting that librdkafka does not take. `wakeup` outlives the journal.
  static absl::StatusOr<std::unique_ptr<KafkaJournal>> Open(KafkaJournalOptions options,
                                                            Wakeup& wakeup);
  // Waits for librdkafka's threads (milliseconds; about a second when brokers are away). What has
  // no report yet is given up and never gets one.
  ~KafkaJournal() override;

  absl::Status Append(ShardId shard, const Record& record) override;
  void Send() override;
  void Follow(ShardId shard, Offset from) override;
  void Unfollow(ShardId shard) override;
  void Fetch(ShardId shard, Offset offset) override;
  int Poll(JournalSink& sink) override;
  std::int64_t max_record_bytes() const override { return options_.max_record_bytes; }

  // How many producers failed and were replaced so far. For metrics.
  std::int64_t producers_replaced() const;

 private:
  KafkaJournal(KafkaJournalOptions options, Wakeup& wakeup);

  const KafkaJournalOptions options_;  // First: everything below refers to it.
  Wakeup& wakeup_;
  std::unique_ptr<KafkaProducers> producers_;
  std::unique_ptr<KafkaReader> reader_;
  std::unique_ptr<KafkaEnds> ends_;        // Uses the reader's client.
  std::unique_ptr<KafkaFetcher> fetcher_;  // Null until the first Fetch.
};

}  // namespace omo::journal
