#include "services/inventory/views/register.h"

namespace omo::inventory {
namespace {

// Late is safe, and a busy or just restarted owner is late: not a leak yet.
constexpr Duration kLateness = std::chrono::minutes{1};

}  // namespace

Leak LeakOf(const Reservation& reservation, bool has_timer, Time now) {
  if (hold::IsEnd(reservation.life.stage)) return Leak::kNone;
  if (reservation.Total().Open() == 0) return Leak::kNothingOpen;
  if (reservation.life.stage != hold::Stage::kHeld) return Leak::kNone;
  if (!has_timer) return Leak::kNoTimer;
  return now > reservation.life.ends_at + kLateness ? Leak::kOverdue : Leak::kNone;
}

}  // namespace omo::inventory
