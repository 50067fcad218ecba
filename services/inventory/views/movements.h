// The ledger page of a SKU, and how its figures stood at any position or time: rows made from
// confirmed events, in the order of the log.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "libs/core/envelope.h"
#include "libs/core/table.h"
#include "libs/core/types.h"
#include "libs/store/scan.h"
#include "services/inventory/domain/inventory.h"
#include "services/inventory/domain/stock/movements.h"

namespace omo::inventory {

// One SKU's movements at one location are one range of keys, in the order of the log.
struct MovementKey {
  SkuId sku;
  LocationId location;
  Offset offset = kNoOffset;
  std::int32_t line = 0;                                 // Within the event.
  auto operator<=>(const MovementKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.location, self.offset, self.line);
  }
};

struct MovementRow {
  MovementKind kind = MovementKind::kUnspecified;
  std::int32_t scale = 0;
  BucketChange first;
  BucketChange second;
  std::string reason;
  ReservationId reservation;
  std::string actor;
  std::string reference;
  std::string cause;
  Time recorded_at{};
  Time occurred_at{};
  Figures after;
  bool operator==(const MovementRow&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.kind, self.scale, self.first, self.second, self.reason, self.reservation,
                    self.actor, self.reference, self.cause, self.recorded_at, self.occurred_at,
                    self.after);
  }
};

// Which offset was the first of a minute: from a time to a place in the log.
struct MinuteKey {
  Time minute{};
  auto operator<=>(const MinuteKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.minute); }
};
struct MinuteRow {
  Offset first = kNoOffset;
  bool operator==(const MinuteRow&) const = default;
  static auto Fields(auto& self) { return std::tie(self.first); }
};

// The view's rows in one shard; they outlive this.
struct MovementTables {
  Table<MovementKey, MovementRow>& movements;
  Table<MinuteKey, MinuteRow>& minutes;
};

// What a confirmed event adds to the ledger. `stamp` never goes back from one event to the next.
void Project(MovementTables& view, const InventoryEvent& event, const Envelope& envelope,
             Offset offset, Time stamp);

// The figures of a SKU at a location behind everything up to and including `offset`; all zeros
// before its first movement. `movements` is a store's table in KeyOrder, under its ReadLock.
template <class MovementTable>
Figures FiguresAt(const MovementTable& movements, const SkuId& sku, const LocationId& location,
                  Offset offset) {
  const MovementKey last{sku, location, offset, INT32_MAX};
  const auto row = movements.FindLastAtOrBefore(last, store::LeadingFields(sku, location));
  return row ? row->second.after : Figures{};
}

// The same behind everything recorded up to and including `time`.
template <class MovementTable, class MinuteTable>
Figures FiguresAt(const MovementTable& movements, const MinuteTable& minutes, const SkuId& sku,
                  const LocationId& location, Time time) {
  const auto first_from = [&](Time minute) {
    Offset first = INT64_MAX;
    minutes.Scan(MinuteKey{minute}, [&](const MinuteKey&, const MinuteRow& row) {
      first = row.first;
      return false;
    });
    return first;
  };
  const auto last_at = [&](Offset offset) {
    return movements.FindLastAtOrBefore(MovementKey{sku, location, offset, INT32_MAX},
                                        store::LeadingFields(sku, location));
  };
  // Times ascend with offsets: within the minute, halve.
  const auto minute = std::chrono::floor<std::chrono::minutes>(time);
  auto row = last_at(first_from(minute + std::chrono::minutes{1}) - 1);
  if (row && row->second.recorded_at > time) {
    Offset in_time = first_from(minute) - 1;
    Offset too_late = row->first.offset;
    while (in_time + 1 < too_late) {
      const Offset middle = in_time + (too_late - in_time) / 2;
      row = last_at(middle);
      const bool late = row && row->second.recorded_at > time;
      (late ? too_late : in_time) = late ? row->first.offset : middle;
    }
    row = last_at(in_time);
  }
  return row ? row->second.after : Figures{};
}

}  // namespace omo::inventory
