// Decisions that wait for their answers, at most so many of them, and how long each took.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "libs/shard/command.h"
#include "tests/bench/latencies.h"

namespace omo::bench {

// One thread enters; replies come on any.
class Window {
 public:
  explicit Window(std::size_t most) : most_(most) {}

  // Waits for room.
  void Enter() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return in_flight_ < most_; });
    ++in_flight_;
  }
  // Of a decision that was due, or asked for, then.
  shard::Reply Reply(Clock::time_point due) {
    return [this, due](shard::Model&, const shard::Outcome& outcome) {
      const double millis = std::chrono::duration<double, std::milli>(Clock::now() - due).count();
      const std::lock_guard lock(mutex_);
      --in_flight_;
      if (outcome.verdict == shard::Verdict::kAccepted) {
        latencies_.Add(millis);
      } else {
        ++failed_;
      }
      if (in_flight_ == 0 || in_flight_ <= most_ - most_ / 8) room_.notify_one();
    };
  }
  // Waits for all answers; throws when one was not "accepted".
  Latencies Finish() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return in_flight_ == 0; });
    if (failed_ > 0) throw std::runtime_error(std::to_string(failed_) + " decisions failed");
    return std::move(latencies_);
  }

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::size_t in_flight_ = 0;
  std::uint64_t failed_ = 0;
  Latencies latencies_;
};

}  // namespace omo::bench
