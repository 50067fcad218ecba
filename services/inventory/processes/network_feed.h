// Brings each change of the network from the shard that decides it into all others, in order. What
// a shard has yet to take in is told by its own rows, so there is nothing to remember: whoever owns
// it next goes on.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "libs/shard/runtime.h"

namespace omo::inventory {

class NetworkFeed {
 public:
  // `runtime` (of InventoryModels) outlives the feed.
  explicit NetworkFeed(shard::Runtime& runtime);

  // One look at all shards that are owned here. One thread, not a loop's.
  void Tick();

 private:
  void Feed(ShardId shard, std::int64_t newest);

  shard::Runtime& runtime_;
  const ShardId source_;
  // By shard: changes on their way, not yet answered. Shared with replies that come later.
  std::vector<std::shared_ptr<std::atomic<int>>> on_the_way_;
};

}  // namespace omo::inventory
