#include "libs/store/resources.h"

#include <pthread.h>
#include <rocksdb/env.h>
#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "libs/store/rocks.h"

namespace omo::store {
namespace {

// A flush is never urgent and always work: where cores are few, decisions go before it. (A loop
// whose rows pile up waits, Store::Overfull, and so leaves the cores to the flush after all.)
constexpr int kFlushNice = 10;

void BecomeFlushThread() {
  pthread_setname_np(pthread_self(), "store-flush");
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kFlushNice);  // Of this thread alone.
}

}  // namespace

class Resources::Threads {
 public:
  explicit Threads(int count) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this] { Work(); });
  }
  ~Threads() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void Run(std::function<void()> work) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(work));
    }
    wake_.notify_one();
  }

 private:
  void Work() {
    BecomeFlushThread();
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      std::function<void()> work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

Resources::Resources(ResourceLimits limits)
    : shared_(std::make_unique<Shared>()),
      threads_(std::make_unique<Threads>(limits.flush_threads)) {
  shared_->block_cache = rocksdb::NewLRUCache(static_cast<std::size_t>(limits.block_cache_bytes));
  if (limits.write_bytes_per_second > 0) {
    shared_->rate_limiter.reset(rocksdb::NewGenericRateLimiter(limits.write_bytes_per_second));
  }
  rocksdb::Env::Default()->SetBackgroundThreads(limits.compaction_threads, rocksdb::Env::LOW);
  rocksdb::Env::Default()->LowerThreadPoolCPUPriority(rocksdb::Env::LOW);
}

Resources::~Resources() = default;

void Resources::Run(std::function<void()> work) { threads_->Run(std::move(work)); }

}  // namespace omo::store
