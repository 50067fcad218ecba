// Waiting in tests: for a condition, never for a time.
#pragma once

#include <chrono>
#include <functional>

namespace omo::testing {

// Asks `condition` every few milliseconds until it holds. False: it did not within `limit`.
// The condition is asked at least once, and once more at the end of the time.
bool WaitUntil(const std::function<bool()>& condition,
               std::chrono::milliseconds limit = std::chrono::seconds{30});

}  // namespace omo::testing
