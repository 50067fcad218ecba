// A Kafka topic as far as journals see it, in memory and deterministic: partitions of records,
// idempotent producers' batches, and everything that can go wrong between (protocol.md, F1 to F15).
// One thread. Every choice is drawn from the caller's random numbers.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "libs/journal/record.h"

namespace omo::journal {

using Random = std::mt19937_64;

// True with the given probability.
inline bool Chance(Random& random, double probability) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53 < probability;
}
// 0 to bound - 1; bound > 0.
inline std::size_t Pick(Random& random, std::size_t bound) { return random() % bound; }

// The probability of each fault where it can happen. All 0: a healthy broker.
struct MemoryFaults {
  double local_error = 0;  // Append takes nothing.
  double time_out = 0;     // The oldest batch in flight is reported failed; it may arrive later.
  double lost_acknowledgement = 0;      // A batch arrived, its answer did not: it is sent again.
  double reordered_arrival = 0;         // The next batch overtakes the oldest.
  double duplicate_without_offset = 0;  // A repeated batch is answered "have it", without offset.
  double forgotten_duplicate = 0;  // The broker forgot the producer: a repeat lands a second time.
  // A broker that does not know the producer refused a batch and takes the one behind it: the
  // client takes both for written (ADR 18).
  double implied_success = 0;
  double swapped_reports = 0;  // Reports change places.
  double late_arrival = 0;     // A step lets a batch of the past arrive.
};

// What one producer sent in one request.
struct MemoryBatch {
  ShardId shard = 0;
  std::uint64_t producer = 0;
  std::uint64_t number = 0;  // Counts per producer and shard from 0.
  std::vector<Record> records;
  bool arrived = false;
};

enum class Arrival { kStored, kRepeated, kRepeatedWithoutOffset, kOutOfOrder, kFenced };

class MemoryBroker {
 public:
  explicit MemoryBroker(std::int32_t shards);

  std::int32_t shards() const { return static_cast<std::int32_t>(logs_.size()); }
  const std::vector<Record>& log(ShardId shard) const { return logs_[shard]; }
  Offset log_start(ShardId shard) const { return starts_[shard]; }
  Offset log_end(ShardId shard) const { return static_cast<Offset>(logs_[shard].size()); }

  std::uint64_t NewProducer() { return next_producer_++; }
  void Fence(std::uint64_t producer) { fenced_.insert(producer); }

  // A batch reaches the broker. `first` is where its first record is, if that is known.
  Arrival Arrive(const MemoryBatch& batch, const MemoryFaults& faults, Random& random,
                 Offset& first);

  // Whether the shard's log holds anything of the producer.
  bool Knows(std::uint64_t producer, ShardId shard) const {
    const auto next = next_number_.find({producer, shard});
    return next != next_number_.end() && next->second > 0;
  }
  // Takes this number as the producer's first; only where it is not known.
  void BeginAt(std::uint64_t producer, ShardId shard, std::uint64_t number) {
    next_number_[{producer, shard}] = number;
  }

  // Batches that nobody waits for any more but that may still arrive.
  void Abandon(MemoryBatch batch) { limbo_.push_back(std::move(batch)); }
  // Lets one of them arrive, perhaps.
  void StepLimbo(const MemoryFaults& faults, Random& random);
  void ForgetLimbo() { limbo_.clear(); }

  // While down nothing arrives and nothing is read.
  void SetDown(bool down) { down_ = down; }
  bool down() const { return down_; }

  // Damage from outside, for the tests that must find it.
  void Append(ShardId shard, Record record) { logs_[shard].push_back(std::move(record)); }
  void Replace(ShardId shard, Offset offset, Record record) {
    logs_[shard][offset] = std::move(record);
  }
  void Truncate(ShardId shard, Offset end);
  void CutFront(ShardId shard, Offset start) { starts_[shard] = start; }

 private:
  std::vector<std::vector<Record>> logs_;
  std::vector<Offset> starts_;
  std::uint64_t next_producer_ = 1;
  std::set<std::uint64_t> fenced_;
  std::map<std::pair<std::uint64_t, ShardId>, std::uint64_t> next_number_;
  std::map<std::pair<std::uint64_t, std::pair<ShardId, std::uint64_t>>, Offset> stored_at_;
  std::deque<MemoryBatch> limbo_;
  bool down_ = false;
};

}  // namespace omo::journal
