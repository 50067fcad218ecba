// Group commit: when a loop decides what waits. Kafka's cost is by request and partition, so a busy
// loop should send many commands at once, and one that is not busy should wait for nothing. Pure.
#pragma once

#include <cstddef>

#include "libs/core/types.h"

namespace omo::shard {

class Gathering {
 public:
  // Whether to decide now the `queued` commands that wait. At once while few records are in flight.
  // With many: when all came back, or that takes long; and then for a moment not, for the callers
  // that were answered are about to ask again. `now` is of a clock that never jumps.
  bool MayDecide(std::size_t in_flight, std::size_t queued, Time now) {
    if (in_flight >= kMany) busy_ = true;
    if (busy_ && in_flight == 0) {
      busy_ = false;
      until_ = now + kMoment;
    }
    if (now < until_ && (busy_ || in_flight == 0)) return false;
    if (in_flight + queued >= kMany) {
      busy_ = true;
      until_ = now + kLong;
    }
    return true;
  }

  // When MayDecide says yes at the latest.
  Time until() const { return until_; }

 private:
  static constexpr std::size_t kMany = 512;
  static constexpr Duration kMoment{1};
  static constexpr Duration kLong{10};

  bool busy_ = false;
  Time until_{};
};

}  // namespace omo::shard
