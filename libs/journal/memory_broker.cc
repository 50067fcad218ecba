#include "libs/journal/memory_broker.h"

namespace omo::journal {

MemoryBroker::MemoryBroker(std::int32_t shards) : logs_(shards), starts_(shards, 0) {}

Arrival MemoryBroker::Arrive(const MemoryBatch& batch, const MemoryFaults& faults, Random& random,
                             Offset& first) {
  first = kNoOffset;
  if (fenced_.contains(batch.producer)) return Arrival::kFenced;
  std::uint64_t& next = next_number_[{batch.producer, batch.shard}];
  const auto place = std::pair{batch.producer, std::pair{batch.shard, batch.number}};
  const bool repeat = batch.number < next;
  if (batch.number > next) return Arrival::kOutOfOrder;
  if (repeat && !Chance(random, faults.forgotten_duplicate)) {
    if (Chance(random, faults.duplicate_without_offset)) return Arrival::kRepeatedWithoutOffset;
    first = stored_at_[place];
    return Arrival::kRepeated;
  }
  first = log_end(batch.shard);
  for (const Record& record : batch.records) logs_[batch.shard].push_back(record);
  stored_at_[place] = first;
  if (!repeat) ++next;
  return Arrival::kStored;
}

void MemoryBroker::StepLimbo(const MemoryFaults& faults, Random& random) {
  if (down_ || limbo_.empty() || !Chance(random, faults.late_arrival)) return;
  const std::size_t at = Pick(random, limbo_.size());
  const MemoryBatch batch = std::move(limbo_[at]);
  limbo_.erase(limbo_.begin() + static_cast<std::ptrdiff_t>(at));
  Offset first = kNoOffset;
  Arrive(batch, faults, random, first);
}

void MemoryBroker::Truncate(ShardId shard, Offset end) {
  logs_[shard].resize(static_cast<std::size_t>(end));
}

}  // namespace omo::journal
