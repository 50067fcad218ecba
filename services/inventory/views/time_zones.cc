#include "services/inventory/views/time_zones.h"

#include <algorithm>
#include <string_view>

namespace omo::inventory {
namespace {

// Abseil takes paths and "localtime", too; the database's names are letters with a few signs.
bool IsZoneName(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+' || c == '/';
  };
  return !name.empty() && name.front() >= 'A' && name.front() <= 'Z' &&
         std::all_of(name.begin(), name.end(), fits);
}

}  // namespace

std::optional<absl::TimeZone> FindTimeZone(const std::string& name) {
  absl::TimeZone zone;
  if (!IsZoneName(name) || !absl::LoadTimeZone(name, &zone)) return std::nullopt;
  return zone;
}

LocalDate DateAt(const absl::TimeZone& zone, Time instant) {
  const absl::CivilDay day(zone.At(absl::FromUnixMillis(ToMillis(instant))).cs);
  return LocalDate{std::chrono::days{day - absl::CivilDay(1970, 1, 1)}};
}

Time InstantOf(const absl::TimeZone& zone, LocalMinute local) {
  const absl::CivilMinute civil =
      absl::CivilMinute(1970, 1, 1) + absl::civil_diff_t{local.time_since_epoch().count()};
  const absl::TimeZone::TimeInfo at = zone.At(absl::CivilSecond(civil));
  const bool left_out = at.kind == absl::TimeZone::TimeInfo::SKIPPED;
  return FromMillis(absl::ToUnixMillis(left_out ? at.trans : at.pre));
}

}  // namespace omo::inventory
