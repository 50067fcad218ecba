// When a location is open, and when an order can be fetched there. Hours are kept in local time;
// which instant that is, the caller knows: time zones are no rule of ours.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "services/inventory/domain/location/location.h"

namespace omo::inventory {

using LocalMinute = std::chrono::local_time<std::chrono::minutes>;
using LocalDate = std::chrono::local_days;

// Open from `opens` until just before `closes`, by the location's clocks.
struct LocalPeriod {
  LocalMinute opens{};
  LocalMinute closes{};
  bool operator==(const LocalPeriod&) const = default;
};

// The periods that begin on the date, by their beginning: the exceptions of the date, or else the
// weekly hours. A period of the evening before that lasts into the date belongs to the evening.
std::vector<LocalPeriod> PeriodsOn(const LocationProfile& profile, LocalDate date);

// Without weekly hours and exceptions nothing is known of when a location is open.
bool HoursTold(const LocationProfile& profile);

struct Opening {
  bool open = false;
  std::optional<Time> closes_at{};  // While open; nothing: not within 14 days.
  std::optional<Time> opens_at{};   // While closed; nothing: not within 366 days.
  // When what is ordered now can be fetched: the lead has passed in open time, and the location is
  // open. Nothing: not within 366 days.
  std::optional<Time> pickup_ready_at{};
  bool operator==(const Opening&) const = default;
};

// How things are at `now`, a moment of the local date `today`. `instant_of` gives the instant at
// which the location's clocks show a minute; it never goes back.
using InstantOfLocal = std::function<Time(LocalMinute)>;
Opening OpeningAt(const LocationProfile& profile, Time now, LocalDate today,
                  const InstantOfLocal& instant_of);

}  // namespace omo::inventory
