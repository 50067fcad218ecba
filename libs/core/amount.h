// A quantity as a caller states it: whole numbers with their decimal digits, converted exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "libs/core/types.h"

namespace omo {

inline constexpr std::int32_t kScaleMax = 9;

// `value` times ten to the power of minus `scale`: {1250, 3} is 1.250.
struct Amount {
  std::int64_t value = 0;
  std::int32_t scale = 0;
  bool operator==(const Amount&) const = default;
  static auto Fields(auto& self) { return std::tie(self.value, self.scale); }
};

// `amount` in units of ten to the power of minus `scale`. Nothing, where it is not a whole number
// of them or beyond 64 bits. Both scales are 0 to kScaleMax.
std::optional<Quantity> InScale(const Amount& amount, std::int32_t scale);

}  // namespace omo
