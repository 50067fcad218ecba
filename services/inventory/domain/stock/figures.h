// What there is of one SKU at one location, by state.
#pragma once

#include <compare>
#include <cstdint>
#include <tuple>

#include "services/inventory/domain/ids.h"

namespace omo::inventory {

// A state of stock. on_hand is the sum of all but kIncoming. Numbers are stored: they are for ever.
enum class Bucket : std::int32_t {
  kUnspecified = 0,
  kAvailable = 1,
  kReserved = 2,   // Held by reservations that can still expire.
  kCommitted = 3,  // Held by committed reservations.
  kDamaged = 4,
  kQualityControl = 5,
  kSafetyStock = 6,
  kDisplay = 7,
  kIncoming = 8,  // Expected, not yet there.
  kQuota = 9,     // Kept for those of one channel or segment.
};

// More than any shop has of anything, and far enough from 2^63 that no sum here overflows.
// No sum over thousands of places does, either.
inline constexpr Quantity kQuantityMax = 1'000'000'000'000;  // Of one line.
inline constexpr Quantity kFigureMax = 1'000'000'000'000'000;

struct Figures {
  Quantity on_hand = 0;  // Below zero when more was sold than the ledger knew of.
  Quantity reserved = 0;
  Quantity committed = 0;
  Quantity damaged = 0;
  Quantity quality_control = 0;
  Quantity safety_stock = 0;
  Quantity display = 0;
  Quantity incoming = 0;
  Quantity quota = 0;

  // What can be promised (ATF). Below zero: more is promised than is there.
  Quantity Available() const {
    return on_hand - reserved - committed - damaged - quality_control - safety_stock - display -
           quota;
  }
  // Promised: to a reservation.
  Quantity Promised() const { return reserved + committed; }
  // Available and what is expected (ATO).
  Quantity AvailableToOrder() const { return Available() + incoming; }
  Quantity Shortfall() const { return Available() < 0 ? -Available() : 0; }

  bool operator==(const Figures&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.on_hand, self.reserved, self.committed, self.damaged, self.quality_control,
                    self.safety_stock, self.display, self.incoming, self.quota);
  }
};

Quantity In(const Figures& figures, Bucket bucket);
// `quantity` comes into the bucket, or (negative) leaves it; on_hand follows.
void Change(Figures& figures, Bucket bucket, Quantity quantity);
// Whether every figure is within ±kFigureMax.
bool InRange(const Figures& figures);
// The sums over several locations.
Figures operator+(const Figures& left, const Figures& right);
Figures operator-(const Figures& left, const Figures& right);

// Rows sort by SKU, so that all locations of one SKU are one range.
struct FiguresKey {
  SkuId sku;
  LocationId location;
  auto operator<=>(const FiguresKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.sku, self.location); }
};

}  // namespace omo::inventory
