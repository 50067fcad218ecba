// Which endpoint to try for a shard: what omo.owners says, corrected by the hints of instances that
// were asked in vain. Hints for liveness only: whoever is asked knows better.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "libs/core/types.h"
#include "libs/journal/ownership.h"
#include "libs/rpc/channel_pool.h"
#include "libs/rpc/errors.h"

namespace omo::rpc {

// The owners of one service's shards. Thread-safe; reading takes no lock.
class OwnerTable {
 public:
  // Follows `directory` from now on. The directory's listener may outlive the table; the directory
  // itself and `channels` must not end before it.
  OwnerTable(std::string service, std::int32_t shard_count, journal::OwnerDirectory& directory,
             ChannelPool& channels);
  ~OwnerTable();

  const std::string& service() const { return service_; }
  std::int32_t shard_count() const { return static_cast<std::int32_t>(shards_.size()); }

  // Who is thought to own the shard; nullptr when nobody is known to.
  Endpoint* Find(ShardId shard) const;
  // Some instance of the service other than `not_this`, each in turn; nullptr when there is none.
  Endpoint* Any(const Endpoint* not_this = nullptr) const;

  // Takes the word of an instance: counts if its term is higher than what is known.
  void Hint(ShardId shard, const OwnerHint& hint);

 private:
  struct Entry {
    std::atomic<Endpoint*> endpoint{nullptr};
    std::uint64_t log_id = 0;  // The rest under mutex_.
    std::uint64_t term = 0;
  };
  // Outlives the table in the directory's hands; `table` is null once the table is gone.
  struct Listener {
    std::mutex mutex;
    OwnerTable* table = nullptr;
  };
  void Take(const journal::Owner& owner);

  const std::string service_;
  ChannelPool& channels_;
  std::vector<Entry> shards_;
  mutable std::mutex mutex_;
  mutable std::atomic<std::size_t> turn_{0};
  std::shared_ptr<Listener> listener_;
};

}  // namespace omo::rpc
