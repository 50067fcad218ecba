#include "tests/support/wait.h"

#include <thread>

namespace omo::testing {

bool WaitUntil(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  constexpr std::chrono::milliseconds kBetweenAsks{5};
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (true) {
    const bool last = std::chrono::steady_clock::now() >= deadline;
    if (condition()) return true;
    if (last) return false;
    std::this_thread::sleep_for(kBetweenAsks);
  }
}

}  // namespace omo::testing
