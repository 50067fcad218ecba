// The open locations of one shard that are on the map, decoded and ready to be measured from: a
// look-up touches all of them, and rows from disk would cost it milliseconds.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "libs/store/table.h"
#include "services/inventory/domain/inventory.h"
#include "services/inventory/views/distance.h"

namespace omo::inventory {

struct Place {
  LocationId id;
  LocationProfile profile;
  EarthPoint point;
  std::optional<absl::TimeZone> zone;  // Nothing: this machine does not know it.
};
using Places = std::vector<Place>;

// Made from the confirmed rows when it is asked first and when a location has changed since: so it
// is right after a rebuild, a copy and a take-over, and never older than the position read at.
class PlaceIndex {
 public:
  using Rows = store::ShardTable<LocationId, Location, store::KeyOrder>;
  explicit PlaceIndex(const Rows& rows) : rows_(rows) {}

  // In a write section: a confirmed event.
  void Project(const InventoryEvent& event);
  // Under a ReadLock; any thread. The same pointer while no location changes.
  std::shared_ptr<const Places> Read() const;

 private:
  std::shared_ptr<const Places> Make() const;

  const Rows& rows_;
  std::uint64_t changes_ = 0;  // Guarded by the store's lock.
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Places> made_;
  mutable std::uint64_t made_at_ = 0;
};

}  // namespace omo::inventory
