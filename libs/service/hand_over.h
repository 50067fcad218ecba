// Asking other instances for their shards.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "libs/core/types.h"

namespace omo::service {

// Thread-safe.
class HandOverAsker {
 public:
  // `unreachable` is called on one of gRPC's threads when nobody is at an address that was asked:
  // its shard need not be waited for.
  explicit HandOverAsker(std::function<void(ShardId)> unreachable);
  ~HandOverAsker();
  HandOverAsker(const HandOverAsker&) = delete;
  HandOverAsker& operator=(const HandOverAsker&) = delete;

  // Asks the instance at `address` to release `shard` to `successor`. Returns at once; whether it
  // does is seen in the log.
  void Ask(const std::string& address, ShardId shard, const std::string& successor);
  // Gives up what is under way and waits for its end: `unreachable` is not called after that.
  void Stop();

 private:
  struct Asking;
  void Done(const std::shared_ptr<Asking>& asking, bool reached);

  const std::function<void(ShardId)> unreachable_;
  std::mutex mutex_;
  std::condition_variable quiet_;
  std::set<std::shared_ptr<Asking>> under_way_;
  bool stopped_ = false;
};

}  // namespace omo::service
