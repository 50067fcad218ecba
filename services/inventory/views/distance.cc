#include "services/inventory/views/distance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace omo::inventory {
namespace {

constexpr double kEarthRadius = 6'371'008.8;
constexpr double kRadiansPerE7 = std::numbers::pi / 180 / 1e7;

}  // namespace

EarthPoint OnEarth(const GeoPoint& point) {
  const double latitude = point.latitude_e7 * kRadiansPerE7;
  const double longitude = point.longitude_e7 * kRadiansPerE7;
  return {.x = std::cos(latitude) * std::cos(longitude),
          .y = std::cos(latitude) * std::sin(longitude),
          .z = std::sin(latitude)};
}

// The haversine formula: half the chord is the sine of half the angle. Exact for near places, where
// an arc cosine is not.
std::int64_t MetresBetween(const EarthPoint& a, const EarthPoint& b) {
  const double chord = std::hypot(a.x - b.x, a.y - b.y, a.z - b.z);
  return std::llround(2 * kEarthRadius * std::asin(std::min(chord / 2, 1.0)));
}

}  // namespace omo::inventory
