// The journal's small threads' tools: what one does in order, and what wakes one.
#include "libs/journal/kafka/worker.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "libs/journal/wakeup.h"
#include "tests/support/catch.h"

namespace omo::journal {
namespace {

TEST_CASE("a worker does everything that was posted, in order, before it ends", "[journal]") {
  std::vector<int> done;
  {
    Worker worker;
    for (int i = 0; i < 1'000; ++i) worker.Post([&done, i] { done.push_back(i); });
  }
  REQUIRE(done.size() == 1'000);
  for (int i = 0; i < 1'000; ++i) CHECK(done[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a worker's task may post another and lets go of what it held", "[journal]") {
  const auto held = std::make_shared<int>(1);
  std::atomic<bool> second{false};
  {
    Worker worker;
    worker.Post([&worker, &second, held] { worker.Post([&second] { second = true; }); });
  }
  CHECK(second);
  CHECK(held.use_count() == 1);
}

TEST_CASE("a ring before the wait ends it, and many are one", "[journal]") {
  Wakeup wakeup;
  CHECK_FALSE(wakeup.Wait(Duration{0}));
  wakeup.Notify();
  wakeup.Notify();
  CHECK(wakeup.Wait(Duration{60'000}));
  CHECK_FALSE(wakeup.Wait(Duration{0}));
}

TEST_CASE("a ring from another thread ends the wait", "[journal]") {
  Wakeup wakeup;
  const auto began = std::chrono::steady_clock::now();
  std::thread ringer([&wakeup] { wakeup.Notify(); });
  CHECK(wakeup.Wait(Duration{60'000}));
  ringer.join();
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(30));
}

}  // namespace
}  // namespace omo::journal
