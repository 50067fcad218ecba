// The ledger: every change of every figure, as one line each. A balance is the sum of its
// movements.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/inventory/domain/stock/postings.h"

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
  kQuota = 13,  // To or from a quota, whatever the event.
};

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

// What kind of change an event is; kUnspecified: it changes no figure.
MovementKind KindOf(const StockReceived&);
MovementKind KindOf(const StockAdjusted&);
MovementKind KindOf(const StockStateMoved&);
MovementKind KindOf(const StockReserved&);
MovementKind KindOf(const ReservationExtended&);
MovementKind KindOf(const ReservationCommitted&);
MovementKind KindOf(const ReservationFulfilled&);
MovementKind KindOf(const ReservationReleased&);
MovementKind KindOf(const ReservationTransferred&);
MovementKind KindOf(const ReservationMarkedShort&);
MovementKind KindOf(const ReservationExpired&);
MovementKind KindOf(const SaleRecorded&);
MovementKind KindOf(const UnitDefined&);
MovementKind KindOf(const StockRulesSet&);
MovementKind KindOf(const PurchaseLimitSet&);
MovementKind KindOf(const NetworkChanged&);
MovementKind KindOf(const NetworkApplied&);
MovementKind KindOf(const StockUploaded&);
MovementKind KindOf(const ReservationRejected&);
MovementKind KindOf(const QuotaSet&);
MovementKind KindOf(const KitDefined&);
MovementKind KindOf(const StockReleveled&);

// `event` is one of StockEvent's. In the order of its lines; one that changed no figure has none.
template <class Event>
std::vector<Movement> Movements(const Event& event) {
  std::vector<Movement> movements;
  EachPosting(event, [&](const auto& line, const LocationId& location, const Figures& after,
                         const BucketChanges& changes) {
    if (changes[0].quantity == 0 && changes[1].quantity == 0) return;
    Movement& movement = movements.emplace_back();
    const bool of_quota = std::is_same_v<std::decay_t<decltype(line)>, QuotaChanged>;
    movement.kind = of_quota ? MovementKind::kQuota : KindOf(event);
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
