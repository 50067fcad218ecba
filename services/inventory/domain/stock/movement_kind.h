// What kind of change a movement is. An event that posts says so itself (kMovement); whatever the
// event, units that come from or go to a quota are kQuota.
#pragma once

#include <cstdint>

namespace omo::inventory {

// Numbers are stored: they are for ever.
enum class MovementKind : std::int32_t {
  kUnspecified = 0,
  kReceived = 1,
  kAdjusted = 2,
  kStateMoved = 3,
  kReserved = 4,
  kCommitted = 5,
  kFulfilled = 6,
  kReleased = 7,
  kExpired = 8,
  kTransferred = 9,
  kSold = 10,
  kUploaded = 11,
  kRejected = 12,
  kQuota = 13,
};

}  // namespace omo::inventory
