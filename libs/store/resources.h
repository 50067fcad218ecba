// What all stores of a process share: threads for flushes, the block cache, the rate of writes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace omo::store {

struct ResourceLimits {
  int flush_threads = 1;
  int compaction_threads = 1;
  std::int64_t block_cache_bytes = 256 << 20;  // Blocks, indexes and filters of all stores.
  std::int64_t write_bytes_per_second = 0;     // Of flushes and compactions together; 0: no limit.
};

// Thread-safe. Outlives every store opened with it.
class Resources {
 public:
  explicit Resources(ResourceLimits limits = {});
  // All stores are closed: nothing is queued any more.
  ~Resources();
  Resources(const Resources&) = delete;
  Resources& operator=(const Resources&) = delete;

  // Runs `work` on a flush thread, in the order of the calls when there is one thread.
  void Run(std::function<void()> work);

  struct Shared;  // What disk.cc takes from here: block cache, rate limiter.
  const Shared& shared() const { return *shared_; }

 private:
  class Threads;
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<Threads> threads_;
};

}  // namespace omo::store
