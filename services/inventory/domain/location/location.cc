#include "services/inventory/domain/location/location.h"

namespace omo::inventory {
namespace {

constexpr std::int32_t kDayMinutes = 24 * 60;
constexpr std::size_t kListMax = 400;

// A period begins on its day and ends within a day of its beginning.
bool IsPeriod(std::int32_t opens, std::int32_t closes) {
  return opens >= 0 && opens < kDayMinutes && closes > opens && closes <= opens + kDayMinutes;
}

bool IsDate(std::int32_t date) {
  const std::chrono::year_month_day day{std::chrono::year{date / 10000},
                                        std::chrono::month{unsigned(date / 100 % 100)},
                                        std::chrono::day{unsigned(date % 100)}};
  return date >= 1900'01'01 && date <= 9999'12'31 && day.ok();
}

bool IsAddress(const Address& address) {
  return std::apply([](const auto&... part) { return (IsText(part) && ...); },
                    Address::Fields(address));
}

bool IsLatitude(const GeoPoint& point) {
  return point.latitude_e7 <= kRightAngleE7 && point.latitude_e7 >= -kRightAngleE7;
}

}  // namespace

bool IsOnEarth(const GeoPoint& point) {
  return IsLatitude(point) && point.longitude_e7 <= 2 * kRightAngleE7 &&
         point.longitude_e7 >= -2 * kRightAngleE7;
}

std::string BadField(const LocationProfile& profile) {
  if (profile.kind == LocationKind::kUnspecified) return "kind";
  if (!IsName(profile.name)) return "name";
  if (profile.brand.size() > 128) return "brand";
  if (!IsAddress(profile.address)) return "address";
  if (!IsLatitude(profile.geo)) return "geo.latitude_e7";
  if (!IsOnEarth(profile.geo)) return "geo.longitude_e7";
  if (!IsName(profile.time_zone)) return "time_zone";
  if (profile.hours.size() > kListMax) return "hours";
  for (const OpeningPeriod& period : profile.hours) {
    const bool weekday = period.weekday >= 1 && period.weekday <= 7;
    if (!weekday || !IsPeriod(period.opens_minute, period.closes_minute)) return "hours";
  }
  if (profile.exceptions.size() > kListMax) return "exceptions";
  for (const OpeningException& exception : profile.exceptions) {
    const bool closed = exception.opens_minute == 0 && exception.closes_minute == 0;
    const bool open = IsPeriod(exception.opens_minute, exception.closes_minute);
    if (!IsDate(exception.date) || !(closed || open)) return "exceptions";
  }
  if (profile.franchise_parent.size() > 128) return "franchise_parent";
  if (profile.capabilities.size() > kListMax) return "capabilities";
  for (const Capability capability : profile.capabilities) {
    if (capability == Capability::kUnspecified) return "capabilities";
  }
  if (profile.pickup_lead_minutes < 0 || profile.pickup_lead_minutes > kPickupLeadMinutesMax) {
    return "pickup_lead_minutes";
  }
  return "";
}

void Evolve(LocationState& state, const LocationOpened& event) {
  state.locations.Put(event.id, {.profile = event.profile, .version = 1, .closed = false});
}

void Evolve(LocationState& state, const LocationUpdated& event) {
  state.locations.Put(event.id,
                      {.profile = event.profile, .version = event.version, .closed = false});
}

void Evolve(LocationState& state, const LocationClosed& event) {
  Location location = state.locations.Get(event.id);
  location.version = event.version;
  location.closed = true;
  state.locations.Put(event.id, std::move(location));
}

}  // namespace omo::inventory
