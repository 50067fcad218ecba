// One thread that runs some of the shards over one journal: takes what others ask, what the journal
// tells, and gives each shard its turn; sleeps when nothing is to be done.
#pragma once

#include <absl/functional/any_invocable.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "libs/shard/gathering.h"
#include "libs/shard/hosted_shard.h"
#include "libs/shard/openings.h"
#include "libs/shard/runtime.h"

namespace omo::shard {

class Loop final : public journal::JournalSink, public ShardListener {
 public:
  Loop(const RuntimeOptions& options, const Runtime::Parts& parts, store::Resources& resources,
       std::vector<ShardId> shards);
  ~Loop() override;

  absl::Status Start();
  void Stop(Duration patience);

  // --- Any thread.
  void Submit(ShardId shard, std::unique_ptr<Command> command);
  // Takes the commands out of `submissions`.
  void SubmitAll(std::vector<Submission>& submissions);
  // Runs `work` on the loop's thread, soon; on the caller's, at once, when the loop has ended: by
  // then every shard is stopped, and tells whoever asks.
  void Post(absl::AnyInvocable<void(Loop&)> work);
  std::shared_ptr<ShardInstance> Instance(ShardId shard) const;

  // --- The loop's thread, e.g. within posted work.
  // Who finds a shard does something with it: it gets a turn in this round.
  Shard* Find(ShardId shard);
  void Assign(const journal::Assignment& assignment);
  void OwnerSeen(const journal::Owner& owner);
  void GiveUpAll();
  void MayOwnAgain() { unfit_ = false; }
  std::vector<ShardStatus> Status(bool with_state_hash);
  bool Ready();

  // journal::JournalSink
  void OnReport(const journal::AppendReport& report) override;
  void OnRecord(ShardId shard, Offset offset, journal::Record record) override;
  void OnEnd(ShardId shard, Offset next) override;
  void OnEndSeen(ShardId shard, Offset end, Duration ago) override;
  void OnReadFailed(ShardId shard, journal::ReadFailure failure) override;
  void OnFetched(ShardId shard, Offset offset, absl::Status status,
                 journal::Record record) override;
  // ShardListener
  void OnOwned(ShardId shard, std::uint64_t log_id, std::uint64_t term) override;
  void OnReleased(ShardId shard, std::uint64_t log_id, std::uint64_t term) override;
  void OnRebuildNeeded(ShardId shard) override;
  void OnStopped(ShardId shard, const absl::Status& why) override;
  void OnHandOverWanted(ShardId shard, const Claimer& owner) override;

 private:
  // What is to be done after a round: one more, wait for what is in flight, or sleep.
  enum class Next { kAgain, kGather, kIdle };

  struct Rebuilds {
    int count = 0;
    Offset wrong_at = kNoOffset;  // How far the rows had come that were wrong.
  };
  struct Owned {
    std::uint64_t log_id = 0;
    std::uint64_t term = 0;
  };

  // Rounds (loop.cc).
  void Run();
  Next Round();
  void Ring();
  void Sleep(Time until);
  void PassBulkTurn(Time steady);
  bool BulkWaits() const;
  bool CountIdly();
  bool MayDecide(Time steady);
  void Upkeep(Time steady);
  bool TakeAsked();
  void TakeLast();
  void FlushLast();
  Time NextWake() const;

  // Ownership (loop_ownership.cc).
  void Publish(ShardId shard);
  void PublishAgain();
  bool StepStop();
  bool OthersLive() const;
  void ReleaseAll();

  // Openings (loop_openings.cc).
  std::shared_ptr<HostedShard> MakeInstance(ShardId shard, std::unique_ptr<store::Store> store,
                                            Origin origin);
  void PutStandIn(ShardId shard, const absl::Status& why);
  void PutOpened(Opened opened);
  void BeginRebuilds();
  bool HoldsFlush(HostedShard& instance) const;

  const RuntimeOptions& options_;
  const Runtime::Parts& parts_;
  store::Resources& resources_;
  const std::vector<ShardId> shard_ids_;
  journal::Wakeup wakeup_;
  std::unique_ptr<journal::Journal> journal_;
  std::map<ShardId, std::shared_ptr<HostedShard>> instances_;  // Written on the loop's thread only.
  mutable std::shared_mutex instances_mutex_;
  std::set<ShardId> to_rebuild_;
  std::map<ShardId, Rebuilds> rebuilds_;
  std::map<ShardId, Owned> owned_;
  std::set<ShardId> assigned_;
  std::int32_t generation_ = 0;  // Of the assignment.
  bool unfit_ = false;           // To own anything: assignments are for nothing.
  Time publish_again_at_{};
  Time upkeep_at_{};
  Gathering gathering_;
  Time bulk_held_until_{};  // Zero: it is not.
  ShardId bulk_turn_ = 0;   // The shard that had it last.
  bool overfull_ = false;

  std::mutex asked_mutex_;
  std::vector<Submission> asked_;
  std::vector<absl::AnyInvocable<void(Loop&)>> posted_;
  bool ended_ = false;  // Under asked_mutex_, like the two above; the thread runs no more.
  std::recursive_mutex after_end_mutex_;  // Whoever posts then does so one at a time.
  std::atomic<bool> idle_ = false;        // Asleep, or about to look once more: rings are wanted.
  std::atomic<bool> stopping_ = false;
  Duration stop_patience_{0};
  Time stop_began_{};  // The loop's alone; zero while not stopping.
  Time release_all_at_{};
  bool released_all_ = false;
  std::thread thread_;
  Openings openings_;  // Last: its threads make and end instances.
};

}  // namespace omo::shard
