// Which commands a shard has accepted: (caller, command id) -> offset, for a window of event time
// (protocol.md 3.3). An id inside the window that is not known was never accepted; one older than
// the window is refused, never executed. The floor and the rows are functions of the log alone.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "libs/core/table.h"
#include "libs/core/types.h"

namespace omo::shard {

// Ids sort by the hour of their creation, so that an hour leaves the window as one range.
struct IdKey {
  std::int64_t hour = 0;
  std::uint64_t high = 0;  // XXH3-128 of caller, a zero byte, id.
  std::uint64_t low = 0;
  auto operator<=>(const IdKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.hour, self.high, self.low); }
  template <class H>
  friend H AbslHashValue(H h, const IdKey& key) {
    return H::combine(std::move(h), key.low);
  }
};

struct IdRow {
  Offset offset = kNoOffset;
  std::uint64_t command_hash = 0;
  bool operator==(const IdRow&) const = default;
  static auto Fields(auto& self) { return std::tie(self.offset, self.command_hash); }
};

IdKey MakeIdKey(std::string_view caller, std::string_view id, Time created);

class CommandIds {
 public:
  struct Known {
    bool in_flight = false;
    std::uint64_t seq = 0;      // If in flight.
    Offset offset = kNoOffset;  // If not.
    std::uint64_t command_hash = 0;
  };

  // `rows` holds confirmed ids only.
  CommandIds(Table<IdKey, IdRow>& rows, Duration window);

  std::optional<Known> Find(const IdKey& key) const;
  // Whether an unknown id made at `created` may have been accepted and forgotten.
  bool TooOld(const IdKey& key, Time created) const {
    return Forgotten(key) || created < unknown_before_;
  }

  void BeginFlight(const IdKey& key, std::uint64_t seq, std::uint64_t command_hash);
  // Within a write section. `stamp` is the event's: it moves the floor.
  void Confirm(const IdKey& key, Offset offset, std::uint64_t command_hash, Time stamp);
  void DropFlight() { in_flight_.clear(); }

  // True once after whole hours left the window: their rows are to be erased at that very record,
  // since they count in the state hash.
  bool TakeFloorMoved() { return std::exchange(floor_moved_, false); }
  IdKey floor_key() const { return {.hour = floor_hour_}; }

  // The shard's time is `to` again, after a later one that may have made the window forget ids
  // whose time had not come. No id made before then, or ahead of it by as much as an id may be, is
  // taken for new; what is made later counts as ever.
  void TimeMovedBack(Time to, Duration id_future_max);

  void Restore(std::int64_t floor_hour, Time unknown_before) {
    floor_hour_ = floor_hour;
    unknown_before_ = unknown_before;
  }
  std::int64_t floor_hour() const { return floor_hour_; }
  Time unknown_before() const { return unknown_before_; }

 private:
  struct Flight {
    std::uint64_t seq = 0;
    std::uint64_t command_hash = 0;
  };
  bool Forgotten(const IdKey& key) const { return key.hour < floor_hour_; }

  Table<IdKey, IdRow>& rows_;
  const Duration window_;
  absl::flat_hash_map<IdKey, Flight> in_flight_;
  std::int64_t floor_hour_ = INT64_MIN;
  Time unknown_before_ = Time::min();
  bool floor_moved_ = false;
};

}  // namespace omo::shard
