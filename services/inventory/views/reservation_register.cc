#include "services/inventory/views/reservation_register.h"

namespace omo::inventory {
namespace {

// A timer may be a little late under load; that is no leak.
constexpr Duration kLate = std::chrono::minutes{1};

}  // namespace

Leak LeakOf(const Reservation& reservation, bool has_timer, Time now) {
  const bool held = reservation.life.stage == hold::Stage::kHeld;
  if (held && reservation.life.ends_at + kLate < now) return Leak::kOverdue;
  if (held && !has_timer) return Leak::kNoTimer;
  if (reservation.Total().Open() == 0) return Leak::kNothingOpen;
  return Leak::kNone;
}

}  // namespace omo::inventory
