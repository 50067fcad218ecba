// Whatever takes its time about a shard's store happens here, off the loop's thread: waiting for
// its last readers, closing, wiping, copying from a peer, checking the copy, opening.
#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "libs/shard/hosted_shard.h"
#include "libs/shard/runtime.h"

namespace omo::shard {

// One shard to be opened.
struct Opening {
  ShardId shard = 0;
  std::shared_ptr<HostedShard> retired;  // Closed first, when nobody reads it any more, and wiped.
  std::unique_ptr<store::Store> store;   // Opened already; null: it is opened here.
  bool may_copy = false;                 // From a peer that is far enough ahead.
  std::set<SkipNote> skipped;            // For Shard::Start.
};

struct Opened {
  ShardId shard = 0;
  std::set<SkipNote> skipped;
  // Not ok: the directory cannot be used (disk full, no permission): a person must look.
  absl::StatusOr<std::shared_ptr<HostedShard>> instance;
};

class Openings {
 public:
  using MakeInstance = std::function<std::shared_ptr<HostedShard>(
      ShardId shard, std::unique_ptr<store::Store> store, Origin origin)>;

  // All outlive it. `make_instance` and `opened` are called on its threads; `opened` says that Take
  // has something.
  Openings(const RuntimeOptions& options, const Runtime::Parts& parts, store::Resources& resources,
           MakeInstance make_instance, std::function<void()> opened);
  ~Openings();

  // --- The loop's thread.

  // Opens a shard's own directory; a damaged one is wiped and made anew. Blocks.
  absl::StatusOr<std::unique_ptr<store::Store>> OpenHere(ShardId shard);
  // Whether a peer may be asked for rows: there are none here, or they are old.
  bool WorthAsking(const store::Store& store) const;
  // Queues it; Take has it some time later.
  void Begin(Opening opening);
  std::vector<Opened> Take();
  // Ends a copy under way, drops what is queued, waits for the threads.
  void Stop();

 private:
  void Work();
  absl::StatusOr<std::shared_ptr<HostedShard>> Open(Opening& opening);
  absl::Status Close(std::shared_ptr<HostedShard> retired);
  bool Copy(ShardId shard, std::unique_ptr<store::Store>& store);
  absl::Status Check(ShardId shard, const std::filesystem::path& copy, const CopyMade& made);
  std::filesystem::path DirectoryOf(ShardId shard) const;

  const RuntimeOptions& options_;
  const Runtime::Parts& parts_;
  store::Resources& resources_;
  const MakeInstance make_instance_;
  const std::function<void()> opened_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> any_ = false;  // Take has something.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Opening> queue_;
  std::vector<Opened> done_;
  std::vector<std::thread> threads_;
};

}  // namespace omo::shard
