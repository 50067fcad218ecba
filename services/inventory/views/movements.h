// The ledger: every change of a figure in the order of the log, with who, why and what it left. A
// view: made from events, never asked by a decider; deleted, it comes back from the log.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "libs/core/envelope.h"
#include "libs/core/table.h"
#include "libs/store/table.h"
#include "services/inventory/domain/inventory.h"

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
};

// Rows sort by SKU, location and log: a page of the ledger is one range, and how things stood is
// the last row at or before a place in it. `line` counts the event's postings from 0.
struct MovementKey {
  SkuId sku{};
  LocationId location{};
  Offset offset = 0;
  std::int32_t line = 0;
  auto operator<=>(const MovementKey&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.location, self.offset, self.line);
  }
};

// One posting: what came into a bucket or (negative) left it, and where it came from or went to if
// that is a bucket here, too. In the SKU's smallest unit; a SKU that has moved keeps its scale.
struct Movement {
  MovementKind kind = MovementKind::kUnspecified;
  Bucket bucket = Bucket::kUnspecified;
  Quantity quantity = 0;
  Bucket other_bucket = Bucket::kUnspecified;  // kUnspecified: none.
  Quantity other_quantity = 0;
  std::string reason{};
  std::string actor{};
  std::string reference{};  // Of a sale without one: the till and its number.
  std::string cause{};
  std::string reservation_id{};
  Time recorded_at{};  // When the owner decided it.
  Time occurred_at{};  // When it happened in the shop.
  Figures after{};     // Behind the whole posting.
  bool operator==(const Movement&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.kind, self.bucket, self.quantity, self.other_bucket, self.other_quantity,
                    self.reason, self.actor, self.reference, self.cause, self.reservation_id,
                    self.recorded_at, self.occurred_at, self.after);
  }
};

// Where and by whom an event was recorded.
struct Circumstances {
  Offset offset = 0;
  Time recorded_at{};
  const Envelope& envelope;
};

// Adds the event's movements.
void ProjectMovements(const InventoryEvent& event, const Circumstances& circumstances,
                      Table<MovementKey, Movement>& movements);

using MovementTable = store::ConfirmedTable<MovementKey, Movement, store::KeyOrder>;

// The figures behind the last record at or before `offset`; nothing: none had moved there yet.
// These two under the store's ReadLock.
std::optional<Figures> FiguresAt(const MovementTable& movements, const SkuId& sku,
                                 const LocationId& location, Offset offset);
// The same of the last record up to `newest` recorded at or before `time`. Records' times never go
// back but by an operator's hand; where they did, some record of that time is the last.
std::optional<Figures> FiguresAtTime(const MovementTable& movements, const SkuId& sku,
                                     const LocationId& location, Time time, Offset newest);

}  // namespace omo::inventory
