// Quantity kept aside with a time limit: hold -> commit -> fulfil, or release, or expire. The one
// mechanism behind everything that must not be exceeded: stock reservations are its first user.
//
// A hold has one Life (when it ends, how far it got) and one or more Units (what each line of it
// holds). These are values and pure functions: where the held quantity comes from, and where it
// goes back to, is the user's own bookkeeping.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "libs/core/types.h"

namespace omo::hold {

// Numbers are stored: they are for ever.
enum class Stage : std::int32_t {
  kNone = 0,
  kHeld = 1,       // Ends by itself.
  kCommitted = 2,  // Ends by being fulfilled or released only.
  kShort = 3,      // Committed, but some of it is known to be missing.
  kPartlyFulfilled = 4,
  // Ends: sticky.
  kFulfilled = 5,
  kReleased = 6,
  kExpired = 7,
  kCancelled = 8,  // Released while short, or before it was ever made.
};

bool IsEnd(Stage stage);

// What one line holds: held = fulfilled + released + expired + Open(), always.
struct Units {
  Quantity held = 0;
  Quantity fulfilled = 0;
  Quantity released = 0;
  Quantity expired = 0;
  Quantity missing = 0;  // Of the open ones: known not to be there.

  Quantity Open() const { return held - fulfilled - released - expired; }
  bool operator==(const Units&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.held, self.fulfilled, self.released, self.expired, self.missing);
  }
};

// `quantity` is 0 to units.Open() in all of these. What is missing is given back or moved away
// first, and handed over last.
void Fulfil(Units& units, Quantity quantity);
void Release(Units& units, Quantity quantity);
void ExpireAll(Units& units);
void MarkMissing(Units& units, Quantity quantity);
void MoveAway(Units& units, Quantity quantity);  // To another line: MoveIn there.
void MoveIn(Units& units, Quantity quantity);

// The sums over a hold's lines.
Units operator+(const Units& left, const Units& right);

struct Life {
  Stage stage = Stage::kNone;
  Time made_at{};
  Time ends_at{};  // From this instant on it is over; means something in kHeld only.
  std::int32_t extensions = 0;
  bool operator==(const Life&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.stage, self.made_at, self.ends_at, self.extensions);
  }
};

// Where a hold stands that was in `before` and whose lines add up to `total` now.
Stage StageAfter(Stage before, const Units& total);

// How long holds of one kind may last.
struct Limits {
  Duration term_max{0};  // From a placing or an extension to the end.
  std::int32_t extensions_max = 0;
  Duration life_max{0};  // From the placing to the last end.
};

// What is in the way of a step; the first that applies, in this order.
enum class Obstacle {
  kBadTerm,  // Not above zero, or above Limits::term_max.
  kCancelled,
  kReleased,
  kExpired,  // Or its time is over and the expiry is due.
  kFulfilled,
  kNotCommitted,
  kCommitted,
  kTooManyExtensions,
  kTooOld,
  kNotLonger,  // It would not end later than it does now.
};

// Whether a step can be taken at `now`; nullopt: nothing is in the way.
std::optional<Obstacle> ToPlace(const Limits& limits, Duration term);
std::optional<Obstacle> ToExtend(const Life& life, const Limits& limits, Duration term, Time now);
// Only from kHeld; a hold that was committed before has kCommitted (or its end) in the way.
std::optional<Obstacle> ToCommit(const Life& life, Time now);
// Fulfil, move, mark missing: only what is committed and not at an end.
std::optional<Obstacle> ToUse(const Life& life, Time now);
// Whether the hold is to be expired at `now`.
bool IsDue(const Life& life, Time now);

}  // namespace omo::hold
