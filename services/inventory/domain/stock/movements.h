// The ledger: every change of every figure, as one line each. A balance is the sum of its
// movements.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/inventory/domain/stock/postings.h"

namespace omo::inventory {

// What one line of an event did at one location: at most two buckets changed; figures not in
// `changes` stayed.
struct Movement {
  MovementKind kind = MovementKind::kUnspecified;
  SkuId sku;
  LocationId location;
  std::int32_t scale = 0;
  BucketChanges changes{};
  std::string reason;
  ReservationId reservation;  // Empty: not a reservation's.
  Figures after;
  bool operator==(const Movement&) const = default;
};

// `event` is one of StockEvent's. In the order of its lines; one that changed no figure has none.
template <class Event>
std::vector<Movement> Movements(const Event& event) {
  std::vector<Movement> movements;
  EachPosting(event, [&](const auto& line, const LocationId& location, const Figures& after,
                         const BucketChanges& changes) {
    if (changes[0].quantity == 0 && changes[1].quantity == 0) return;
    Movement& movement = movements.emplace_back();
    if constexpr (std::is_same_v<std::decay_t<decltype(line)>, QuotaChanged>) {
      movement.kind = MovementKind::kQuota;
    } else {
      movement.kind = Event::kMovement;
    }
    movement.sku = line.sku;
    movement.location = location;
    movement.scale = line.scale;
    movement.changes = changes;
    if constexpr (requires { event.reason; }) movement.reason = event.reason;
    if constexpr (requires { event.id; }) movement.reservation = event.id;
    movement.after = after;
  });
  return movements;
}

}  // namespace omo::inventory
