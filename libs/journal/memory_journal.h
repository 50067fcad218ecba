// The journal over a MemoryBroker. With faults and a simulation's random numbers, Step moves its
// network by one random step; without them Poll moves everything at once.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <vector>

#include "libs/journal/journal.h"
#include "libs/journal/memory_broker.h"

namespace omo::journal {

class MemoryJournal final : public Journal {
 public:
  // A healthy journal: nothing fails, everything is done by the next Poll.
  explicit MemoryJournal(MemoryBroker& broker);
  // A simulated one: `random` and `faults` outlive it; only Step makes progress.
  MemoryJournal(MemoryBroker& broker, Random& random, const MemoryFaults& faults);
  // The process dies: what is in flight may arrive later, or never.
  ~MemoryJournal() override;

  absl::Status Append(ShardId shard, const Record& record) override;
  void Send() override {}
  void Follow(ShardId shard, Offset from) override;
  void Unfollow(ShardId shard) override;
  void Fetch(ShardId shard, Offset offset) override;
  int Poll(JournalSink& sink) override;
  std::int64_t max_record_bytes() const override { return 512 << 10; }

  // One random step of sending, arriving, answering or reading.
  void Step();
  // Nothing is on its way any more.
  bool quiet() const;

 private:
  // One shard's records on their way to the broker, in order.
  struct Lane {
    std::deque<Record> queue;
    std::deque<MemoryBatch> in_flight;
    std::uint64_t next_number = 0;
  };
  struct Follower {
    Offset next = 0;      // To be told next.
    Offset readable = 0;  // Up to here Step has fetched.
    bool end_told = false;
    bool failure_told = false;
  };

  void StepLane(ShardId shard, Lane& lane);
  void SendBatch(ShardId shard, Lane& lane);
  void TimeOutOldest(Lane& lane);
  bool TakeOldestForWritten(ShardId shard, Lane& lane);
  void ArriveNext(Lane& lane);
  void FailAll();
  void Report(const MemoryBatch& batch, Offset first, const absl::Status& status);
  void AbandonLane(Lane& lane);
  void MoveEverything();
  int PollFollower(ShardId shard, Follower& follower, JournalSink& sink);

  MemoryBroker& broker_;
  Random own_random_;
  Random& random_;
  const MemoryFaults& faults_;
  const bool simulated_;
  std::uint64_t producer_;
  std::map<ShardId, Lane> lanes_;
  std::map<ShardId, Follower> followers_;
  std::set<ShardId> ever_followed_;
  std::deque<AppendReport> reports_;
  std::deque<std::pair<ShardId, Offset>> fetches_;
};

}  // namespace omo::journal
