// Those who watch figures: how many, the one thread that wakes them, and their common end.
#pragma once

#include <grpcpp/support/status.h>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "libs/shard/runtime.h"
#include "services/inventory/views/figure_changes.h"

namespace omo::inventory {

class Watcher;

struct WatchOptions {
  std::size_t watchers_max = 256;
  Duration heartbeat{5'000};       // Told when nothing was for so long.
  std::size_t page_rows = 500;     // Of a snapshot, in one message.
  std::size_t page_looks = 4'000;  // Rows looked at for one, while the shard waits.
  // Events read from a shard's last changes at a time: one message, of 100 lines each far below the
  // 4 MiB that a client takes.
  std::size_t batch = 64;
};

// Thread-safe. Outlives its watchers: the server stops before it goes.
class AvailabilityWatch {
 public:
  AvailabilityWatch(shard::Runtime& runtime, const WatchOptions& options);
  ~AvailabilityWatch();
  AvailabilityWatch(const AvailabilityWatch&) = delete;
  AvailabilityWatch& operator=(const AvailabilityWatch&) = delete;

  // Not ok: not taken in, as there are too many or this has ended.
  grpc::Status Enter(const std::shared_ptr<Watcher>& watcher);
  void Leave(const std::shared_ptr<Watcher>& watcher);
  // Ends every watcher with WATCH_ENDED, takes no more, and waits until all have been told so. One
  // that does not read is waited for up to `patience`. May be called twice.
  void End(Duration patience);

  std::size_t watchers() const;
  shard::Runtime& runtime() const { return runtime_; }
  const WatchOptions& options() const { return options_; }
  const std::shared_ptr<Bell>& bell() const { return bell_; }

 private:
  using Watchers = std::set<std::shared_ptr<Watcher>>;
  void Run();

  shard::Runtime& runtime_;
  const WatchOptions options_;
  const std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  mutable std::mutex mutex_;
  std::condition_variable left_;
  Watchers watchers_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace omo::inventory
