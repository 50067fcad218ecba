// How much of what there is a channel shows.
#pragma once

#include <cstdint>
#include <optional>

#include "libs/core/amount.h"
#include "libs/core/types.h"

namespace omo::inventory {

// Numbers are the API's.
enum class StockBand : std::int32_t { kUnspecified = 0, kOut = 1, kLow = 2, kInStock = 3 };

struct DisplayPolicy {
  bool exact = false;            // Otherwise the band only.
  Amount low{};                  // Up to this it is low; not negative.
  std::optional<Amount> most{};  // No more than this is shown; not negative.
  bool operator==(const DisplayPolicy&) const = default;
};

struct ShownStock {
  StockBand band = StockBand::kUnspecified;
  std::optional<Quantity> quantity{};  // In the SKU's smallest unit, never below zero.
  bool operator==(const ShownStock&) const = default;
};

// `free` is what may be promised, in units of ten to the power of minus `scale`, 0 to kScaleMax.
ShownStock Show(Quantity free, std::int32_t scale, const DisplayPolicy& policy);

}  // namespace omo::inventory
