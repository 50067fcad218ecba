// The few words every service shares: ids that do not mix, whole quantities, time as a value.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <tuple>

namespace omo {

// A name of one kind of thing. `Id<SkuTag>` and `Id<LocationTag>` do not convert into each other.
template <class Tag>
struct Id {
  std::string value;
  auto operator<=>(const Id&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.value); }
};

using Quantity = std::int64_t;  // In the SKU's smallest unit (a piece, a gram): never a fraction.
using Duration = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Duration>;  // UTC; deciders get it, they never ask for it.

using ShardId = std::int32_t;  // A Kafka partition number.
using Offset = std::int64_t;   // Of a record in a shard's log; the first is 0.
inline constexpr Offset kNoOffset = -1;

// A place in the log of one shard. `log_id` names the log itself (ADR-0003), so that a position in
// a log that was lost and made anew is never taken for one in the new log.
struct Position {
  std::uint64_t log_id = 0;
  ShardId shard = 0;
  Offset offset = kNoOffset;  // Of the last record that counts; kNoOffset before the first.
  bool operator==(const Position&) const = default;
};

inline std::int64_t ToMillis(Time time) { return time.time_since_epoch().count(); }
inline Time FromMillis(std::int64_t millis) { return Time{Duration{millis}}; }

}  // namespace omo
