// Runs a service's shards: loop threads, each with a journal of its own and some of the shards, and
// all that keeps them: the group's assignments, the owners' directory, flushes, hand-over, rebuild.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/journal/journal.h"
#include "libs/journal/ownership.h"
#include "libs/journal/wakeup.h"
#include "libs/shard/model.h"
#include "libs/shard/shard.h"
#include "libs/store/resources.h"
#include "libs/store/store.h"

namespace omo::shard {

struct RuntimeOptions {
  std::string service;  // E.g. "inventory".
  std::string schema;   // Of the rows; with the directory's name.
  std::int32_t shards = 16;
  int threads = 1;
  std::filesystem::path data;  // Each shard's store is <data>/shard-<n>.
  Claimer claimer;             // Instance, address, group.
  ShardOptions shard;          // Limits and intervals; shard and claimer are filled in.
  store::ResourceLimits resources;
  // While shards are read from their log's beginning their rows stay in memory up to this many
  // bytes, all shards together, and are then written in order, once.
  std::int64_t rebuild_bytes = 512 << 20;
  // A peer is asked for rows when there are none here or they are older than this, and only a copy
  // that is ahead of what is here by so many records is worth its way.
  Duration copy_when_older{600'000};
  std::int64_t copy_records_min = 50'000;
};

// A copy of a shard's rows that an instance would like to have from a peer.
struct CopyWanted {
  ShardId shard = 0;
  std::uint64_t log_id = 0;  // Of the log that the rows must come from; 0: not known here.
  Offset at_least = 0;       // The next offset behind its rows must not be below.
  std::filesystem::path directory;
};

// A copy that a peer sent, as it described it; not yet checked against its rows.
struct CopyMade {
  std::string position;  // The store's position row.
  std::uint64_t state_hash = 0;
  std::string peer;
  std::int64_t bytes = 0;
};

class Loop;

// One shard as others see it: its rows for readers. Alive as long as somebody holds it.
class ShardInstance {
 public:
  virtual ~ShardInstance() = default;
  virtual Model& model() = 0;
  virtual const store::Store& store() const = 0;
  // Under a ReadLock of store().
  virtual Position confirmed() const = 0;
  virtual Time confirmed_stamp() const = 0;
  // The steady time at which the rows last were all that the log had, as far as is known here.
  virtual Time at_end_since() const = 0;
  // Whether it is decided here, as of the loop's last turn.
  virtual bool owned() const = 0;
};

class Runtime {
 public:
  // What the runtime is built on. `make_journal` is called once a thread; `make_model` makes the
  // rules and tables of one shard over its store.
  struct Parts {
    std::function<absl::StatusOr<std::unique_ptr<journal::Journal>>(journal::Wakeup&)> make_journal;
    std::function<std::unique_ptr<Model>(store::Store&)> make_model;
    journal::OwnerDirectory& directory;
    // Asks the instance at `address` to hand `shard` over to `successor`; returns at once. When
    // nobody is there, OwnerUnreachable should be told.
    std::function<void(const std::string& address, ShardId shard, const std::string& successor)>
        ask_hand_over;
    // Copies a peer's checkpoint into `directory`, as Store::InstallCheckpoint takes it. Called on
    // threads that may block; ends soon once `cancelled`. NOT_FOUND: no peer has a copy that is
    // wanted. Empty: there are no peers.
    using CopyFromPeer = std::function<absl::StatusOr<CopyMade>(
        const CopyWanted& wanted, const std::atomic<bool>& cancelled)>;
    CopyFromPeer copy_from_peer;
  };

  Runtime(RuntimeOptions options, Parts parts);
  ~Runtime();

  // Opens stores (wiping damaged ones) and begins to tail every shard. Blocks for the opening, but
  // not for copies from peers: their shards come later, one by one.
  absl::Status Start();
  // Serves until the other instances ask for what is owned, where there are others, releases the
  // rest, waits until it is released (all in all at most `patience`), flushes, ends threads.
  void Stop(Duration patience);

  // --- Any thread.

  // The shards that this instance should own now. From the group's thread.
  void Assign(const journal::Assignment& assignment);
  void Submit(ShardId shard, std::unique_ptr<Command> command);
  // The same for many at once, in their order: a loop is told once.
  void SubmitAll(std::vector<Submission> submissions);
  void SubmitRead(ShardId shard, Read read);
  // Another instance wants to own the shard: released when what is in flight is confirmed.
  void HandOver(ShardId shard, const std::string& successor);
  // The owner that was asked for the shard is not there: it is claimed without waiting.
  void OwnerUnreachable(ShardId shard);
  // Releases all that is owned, soon, and claims nothing before the first assignment after
  // MayOwnAgain.
  void GiveUpAll();
  void MayOwnAgain();
  // See Shard::EnableFeature.
  void EnableFeature(ShardId shard, FeatureNote feature, ControlReply reply);
  // See Shard::TakeClockTime.
  void TakeClockTime(ShardId shard, std::string decided_by, std::string reason, ControlReply reply);
  // See Shard::AppendSkip.
  void AppendSkip(ShardId shard, SkipNote skip, std::string decided_by, std::string reason,
                  ControlReply reply);

  // The shard's rows; null before Start and while they are being copied or made anew.
  std::shared_ptr<ShardInstance> Instance(ShardId shard) const;
  // Waits for the loops' answer. For the hash see Shard::Status.
  std::vector<ShardStatus> Status(bool with_state_hash = true);
  // Every shard is read to the end of its log, and those assigned to us are owned.
  bool Ready();
  ShardId ShardOfKey(std::string_view key) const;
  std::int32_t shards() const { return options_.shards; }
  std::int32_t feature_level() const { return options_.claimer.feature_level; }

 private:
  // What the directory calls, as long as the runtime lives.
  struct Listener {
    std::mutex mutex;
    Runtime* runtime = nullptr;
  };

  void Take(const journal::Owner& owner);
  std::size_t LoopAt(ShardId shard) const;
  Loop& LoopOf(ShardId shard) const;

  const RuntimeOptions options_;
  Parts parts_;
  store::Resources resources_;
  std::vector<std::unique_ptr<Loop>> loops_;
  const std::shared_ptr<Listener> listener_ = std::make_shared<Listener>();
};

// The present wall time, and a time that never jumps.
Time WallNow();
Time SteadyNow();

}  // namespace omo::shard
