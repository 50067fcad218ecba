// How much of what there is a channel shows.
#pragma once

#include <cstdint>
#include <optional>

#include "libs/core/types.h"

namespace omo::inventory {

// Numbers are the API's.
enum class StockBand : std::int32_t { kUnspecified = 0, kOut = 1, kLow = 2, kInStock = 3 };

struct DisplayPolicy {
  bool exact = false;            // Otherwise the band only.
  std::int64_t low_at_most = 0;  // Whole units that count as low; at most kLowMax.
  bool operator==(const DisplayPolicy&) const = default;
};
inline constexpr std::int64_t kLowMax = 1'000'000;

struct ShownStock {
  StockBand band = StockBand::kUnspecified;
  std::optional<Quantity> quantity{};  // In the SKU's smallest unit, never below zero.
  bool operator==(const ShownStock&) const = default;
};

// `available` in units of ten to the power of minus `scale`, 0 to kScaleMax.
ShownStock Show(Quantity available, std::int32_t scale, const DisplayPolicy& policy);

}  // namespace omo::inventory
