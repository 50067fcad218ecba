// The register of live reservations, and the check that none outlives its end.
#pragma once

#include "services/inventory/domain/inventory.h"

namespace omo::inventory {

// Why a live reservation should have ended. Numbers are the API's.
enum class Leak : std::int32_t {
  kNone = 0,
  kOverdue = 1,      // Its time is over by more than a minute, and it is still held.
  kNoTimer = 2,      // It is held, and nothing will ever end it.
  kNothingOpen = 3,  // It is live without an open unit.
};

// `has_timer`: whether the row ExpiryTimerOf names is there. `now` is the shard's.
Leak LeakOf(const Reservation& reservation, bool has_timer, Time now);

}  // namespace omo::inventory
