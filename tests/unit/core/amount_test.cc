#include "libs/core/amount.h"

#include <limits>

#include "tests/support/catch.h"

namespace omo {

TEST_CASE("An amount is converted exactly or not at all", "[core]") {
  CHECK(InScale({1250, 3}, 3) == 1250);
  CHECK(InScale({125, 2}, 3) == 1250);
  CHECK(InScale({12500, 4}, 3) == 1250);
  CHECK(InScale({-12500, 4}, 3) == -1250);
  CHECK(InScale({0, 9}, 0) == 0);
  CHECK(InScale({12505, 4}, 3) == std::nullopt);
  CHECK(InScale({1, 1}, 0) == std::nullopt);
}

TEST_CASE("An amount that does not fit into 64 bits is not converted", "[core]") {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  CHECK(InScale({kMax, 0}, 0) == kMax);
  CHECK(InScale({kMax / 10, 0}, 1) == kMax / 10 * 10);
  CHECK(InScale({kMax / 10 + 1, 0}, 1) == std::nullopt);
  CHECK(InScale({std::numeric_limits<std::int64_t>::min(), 0}, 9) == std::nullopt);
}

}  // namespace omo
