// How many calls run at once, and the "no" beyond that: better refused at once than slow for all.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace omo::gateway {

// Thread-safe.
class Admission {
 public:
  explicit Admission(std::int64_t most) : most_(most) {}

  // Takes `cost` units, or none.
  bool Enter(std::int64_t cost) {
    if (in_flight_.fetch_add(cost, std::memory_order_relaxed) + cost <= most_) return true;
    Leave(cost);
    return false;
  }
  void Leave(std::int64_t cost) { in_flight_.fetch_sub(cost, std::memory_order_relaxed); }
  std::int64_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }
  std::int64_t most() const { return most_; }

 private:
  const std::int64_t most_;
  std::atomic<std::int64_t> in_flight_{0};
};

}  // namespace omo::gateway
