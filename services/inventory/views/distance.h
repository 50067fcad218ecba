// How far two places are from each other: only for answers, as no decision rests on it.
#pragma once

#include <cstdint>

#include "services/inventory/domain/location/location.h"

namespace omo::inventory {

// A point of the unit sphere, in which neither the poles nor the date line are anything special.
struct EarthPoint {
  double x = 1;
  double y = 0;
  double z = 0;
};
EarthPoint OnEarth(const GeoPoint& point);

// Metres along the great circle, rounded, on a sphere of 6,371,008.8 m (the mean radius of WGS 84's
// ellipsoid): up to 0.6 % off what a surveyor measures.
std::int64_t MetresBetween(const EarthPoint& a, const EarthPoint& b);

// No two places are farther from each other.
inline constexpr std::int64_t kMetresMax = 20'015'114;

}  // namespace omo::inventory
