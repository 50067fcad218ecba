// The contract of a journal: many shards' logs, appended and followed without ever waiting.
//
// One thread calls one Journal (the shard loop); every method returns at once, and what happened is
// told by Poll. Two implementations keep this contract and pass the same tests (tests/contract):
// KafkaJournal (the real one) and MemoryJournal (deterministic, driven by a simulation).
//
// The journal knows nothing of terms: who may append and what is valid is decided by the log's
// readers (validity.h) and the writer's own confirmation rule (libs/shard).
#pragma once

#include <absl/status/status.h>

#include <cstdint>

#include "libs/core/types.h"
#include "libs/journal/record.h"

namespace omo::journal {

// What became of one appended record. Reports of a shard come in any order.
struct AppendReport {
  ShardId shard = 0;
  std::uint64_t term = 0;  // The three name the record as it was appended.
  std::uint64_t nonce = 0;
  std::uint64_t seq = 0;
  // kNoOffset with an ok status: Kafka or its client takes it for written, and nobody knows where.
  // Both have been wrong (ADR 18): only the log tells.
  Offset offset = kNoOffset;
  absl::Status status;  // Not ok: it may be in the log, may come into it later, or never.
};

enum class ReadFailure {
  kOutOfRange,   // The log does not hold the asked offset: it was truncated, cut or made anew.
  kUnavailable,  // The log cannot be read just now; the journal goes on trying. For metrics.
};

// Takes what Poll has to tell. Called only from within Poll.
class JournalSink {
 public:
  virtual ~JournalSink() = default;
  virtual void OnReport(const AppendReport& report) = 0;
  // The next record of a followed shard. Offsets of one Follow come without a gap from `from` on,
  // each once. A foreign record without our headers comes with an all-zero fence.
  virtual void OnRecord(ShardId shard, Offset offset, Record record) = 0;
  // The reader stands at the log's end as it is just now: `next` is where the next record will be.
  // A hint, never a proof; comes again after later records.
  virtual void OnEnd(ShardId shard, Offset next) = 0;
  // At some time within the last `ago` the log ended at `end`. Told several times a second of every
  // shard that was ever followed, as long as the log answers: who has read up to there was up to
  // date then. No part of what Poll counts.
  virtual void OnEndSeen(ShardId /*shard*/, Offset /*end*/, Duration /*ago*/) {}
  virtual void OnReadFailed(ShardId shard, ReadFailure failure) = 0;
  // The answer to Fetch. Not ok when the record cannot be had.
  virtual void OnFetched(ShardId shard, Offset offset, absl::Status status, Record record) = 0;
};

class Journal {
 public:
  virtual ~Journal() = default;

  // Hands a record to the producer. Ok: exactly one report follows, in some later Poll. Not ok
  // (RESOURCE_EXHAUSTED: the queue is full; UNAVAILABLE: the producer is being replaced;
  // INVALID_ARGUMENT: larger than max_record_bytes): nothing was taken and no report follows.
  virtual absl::Status Append(ShardId shard, const Record& record) = 0;
  // Appended records may wait here for more of them: from now on they are on their way. Call it
  // behind the appends of a turn.
  virtual void Send() = 0;

  // Delivers the shard's records from `from` on, in place of what was followed before. No record
  // of an earlier Follow of the shard is delivered after this call.
  virtual void Follow(ShardId shard, Offset from) = 0;
  virtual void Unfollow(ShardId shard) = 0;

  // Reads one record out of order, whatever is followed; answered by OnFetched.
  virtual void Fetch(ShardId shard, Offset offset) = 0;

  // Tells `sink` what happened since the last call, at most some thousands of things. Never blocks.
  // Returns how many things were told.
  virtual int Poll(JournalSink& sink) = 0;

  // The largest key + value + headers that Append takes.
  virtual std::int64_t max_record_bytes() const = 0;
};

}  // namespace omo::journal
