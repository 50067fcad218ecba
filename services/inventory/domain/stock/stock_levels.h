// How a watch of the network sees a SKU, and what is kept of that.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "libs/core/types.h"
#include "services/inventory/domain/ids.h"

namespace omo::inventory {

// Numbers are stored: they are for ever.
enum class StockLevel : std::int32_t { kUnspecified = 0, kIn = 1, kLow = 2, kOut = 3 };

// Where a watch's level changes, in the SKU's smallest unit: `low_at` < `back_at`.
struct StockMarks {
  Quantity low_at = 0;
  Quantity back_at = 0;
};

// What a level becomes with `quantity` left, never below zero. In stock lasts
// until `low_at`, low until `back_at`: a figure that sways between the two
// crosses nothing. kUnspecified: nobody has looked before.
StockLevel LevelAfter(StockLevel level, Quantity quantity, const StockMarks& marks);

// What was last told, by watch; a SKU's watches are few, so they stand together.
struct WatchedLevel {
  ChannelId channel{};
  std::string watch{};
  StockLevel level = StockLevel::kUnspecified;
  bool operator==(const WatchedLevel&) const = default;
  static auto Fields(auto& self) { return std::tie(self.channel, self.watch, self.level); }
};
struct StockLevels {
  std::vector<WatchedLevel> levels{};
  bool operator==(const StockLevels&) const = default;
  static auto Fields(auto& self) { return std::tie(self.levels); }
};

// Every SKU of the shard is looked at anew, some at a time: a circle that
// begins anywhere. One row while it is under way.
struct LevelSweep {
  Time due{};
  SkuId next{};                   // From here on: to the last SKU,
  bool around = false;            // or, once it has come around,
  SkuId begun{};                  // up to here.
  bool tells_shortfalls = false;  // It tells all that is missing, too.
  LocationId place{};             // Where in `next` that goes on; empty: at its first place.
  bool operator==(const LevelSweep&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.due, self.next, self.around, self.begun, self.tells_shortfalls,
                    self.place);
  }
};

// The first SKU that can be behind this one.
inline SkuId Behind(const SkuId& sku) { return {sku.value + '\0'}; }

// The kind of timer that goes on with it.
inline constexpr char kRelevelTimer[] = "relevel";

}  // namespace omo::inventory
