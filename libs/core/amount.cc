#include "libs/core/amount.h"

namespace omo {

std::optional<Quantity> InScale(const Amount& amount, std::int32_t scale) {
  Quantity value = amount.value;
  for (std::int32_t digits = amount.scale; digits < scale; ++digits) {
    if (__builtin_mul_overflow(value, Quantity{10}, &value)) return std::nullopt;
  }
  for (std::int32_t digits = amount.scale; digits > scale; --digits) {
    if (value % 10 != 0) return std::nullopt;
    value /= 10;
  }
  return value;
}

}  // namespace omo
