// Waits for a condition, not for a time.
#pragma once

#include <chrono>
#include <thread>

namespace omo::testing {

// Whether `condition()` came true within ten seconds.
template <class Condition>
bool WaitUntil(Condition condition, std::chrono::milliseconds at_most = std::chrono::seconds(10)) {
  const auto end = std::chrono::steady_clock::now() + at_most;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace omo::testing
