// The register of live holds, oldest first: an index over the reservations that are not at an end.
// A view: made from events, never asked by a decider.
#pragma once

#include <compare>
#include <string>
#include <tuple>
#include <variant>

#include "libs/core/table.h"
#include "libs/store/table.h"
#include "services/inventory/domain/inventory.h"

namespace omo::inventory {

struct RegisterKey {
  Time reserved_at{};
  ReservationId id{};
  auto operator<=>(const RegisterKey&) const = default;
  static auto Fields(auto& self) { return std::tie(self.reserved_at, self.id); }
};

// That it is there says it all; what it is stands in the reservation's own row.
struct Registered {
  bool operator==(const Registered&) const = default;
  static auto Fields(auto&) { return std::tuple<>(); }
};

using RegisterTable = store::ConfirmedTable<RegisterKey, Registered, store::KeyOrder>;

// Enters or strikes out what the event begins or ends. `find(id)` gives the reservation as it
// stands behind the event.
template <class Find>
void ProjectRegister(const InventoryEvent& event, Find find,
                     Table<RegisterKey, Registered>& register_of_holds) {
  const auto strike_out = [&](const ReservationId& id) {
    register_of_holds.Erase({find(id).life.made_at, id});
  };
  if (const auto* reserved = std::get_if<StockReserved>(&event)) {
    register_of_holds.Put({reserved->reserved_at, reserved->id}, {});
  } else if (const auto* fulfilled = std::get_if<ReservationFulfilled>(&event)) {
    if (hold::IsEnd(fulfilled->stage)) strike_out(fulfilled->id);
  } else if (const auto* released = std::get_if<ReservationReleased>(&event)) {
    if (hold::IsEnd(released->stage)) strike_out(released->id);
  } else if (const auto* expired = std::get_if<ReservationExpired>(&event)) {
    strike_out(expired->id);
  }
}

// Why a live hold should have ended. There must never be one.
enum class Leak {
  kNone,
  kOverdue,      // Its time is over by more than a minute, and it is still held.
  kNoTimer,      // It is held, and nothing will ever end it.
  kNothingOpen,  // It is live without an open unit.
};

// `has_timer`: whether a timer stands for its end. `now`: up to when its row tells the truth.
Leak LeakOf(const Reservation& reservation, bool has_timer, Time now);

}  // namespace omo::inventory
