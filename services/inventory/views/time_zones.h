// The time zones of locations: the one place that knows the IANA database, which the machine has
// (Debian: tzdata). The domain counts in local time and is told the instants.
#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>

#include "services/inventory/domain/location/opening.h"

namespace omo::inventory {

// The zone of that name, or nothing: never another zone in its place. Names of files and of the
// machine's own zone are none. Thread-safe; a name's first use reads a file.
std::optional<absl::TimeZone> FindTimeZone(const std::string& name);

// The date there at that instant.
LocalDate DateAt(const absl::TimeZone& zone, Time instant);

// When the clocks there show it. What they show twice, as they are put back: the first time. What
// they leave out, as they are put forward: the moment in which they are.
Time InstantOf(const absl::TimeZone& zone, LocalMinute local);

}  // namespace omo::inventory
