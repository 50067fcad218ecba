// How long after a decision those who watch figures are told of it.
#pragma once

#include <list>
#include <memory>

#include "tests/bench/latencies.h"

namespace omo::bench {

// Watches every SKU of every shard of one instance, each shard by a stream and thread of its own.
class FeedLag {
 public:
  // Returns when each stream has told its snapshot; throws where one ends before.
  explicit FeedLag(int port);
  ~FeedLag();

  // Ends the streams. From a decision's stamp, which is to the millisecond, to its watcher, of all
  // changes since the snapshots; throws when a stream told of a gap or ended by itself.
  Latencies Finish();

 private:
  class Feed;
  std::list<std::unique_ptr<Feed>> feeds_;
};

}  // namespace omo::bench
