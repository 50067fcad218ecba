#include "services/inventory/views/distance.h"

#include <cstdlib>

#include "tests/support/locations.h"

namespace omo::inventory {
namespace {

std::int64_t Metres(GeoPoint a, GeoPoint b) { return MetresBetween(OnEarth(a), OnEarth(b)); }

constexpr GeoPoint kBerlin{525'200'000, 134'050'000};
constexpr GeoPoint kParis{488'566'000, 23'522'000};
constexpr GeoPoint kNorthPole{900'000'000, 0};
constexpr GeoPoint kSouthPole{-900'000'000, 0};

// Points all over the earth, the awkward ones among them.
std::vector<GeoPoint> Points() {
  std::vector<GeoPoint> points{kBerlin, kParis, kNorthPole, kSouthPole};
  for (std::int32_t latitude = -900'000'000; latitude <= 900'000'000; latitude += 300'000'000) {
    for (std::int32_t step = -3; step <= 3; ++step) {
      points.push_back({latitude, step * 599'999'999});
    }
  }
  return points;
}

}  // namespace

TEST_CASE("a distance is the great circle's, in metres", "[inventory]") {
  CHECK(std::abs(Metres(kBerlin, kParis) - 877'464) < 1'000);
  CHECK(Metres(kBerlin, kBerlin) == 0);
  // A hundredth of a degree along a meridian, and a ten-thousandth.
  CHECK(Metres(kBerlin, {525'300'000, 134'050'000}) == 1'112);
  CHECK(Metres(kBerlin, {525'201'000, 134'050'000}) == 11);
  // A quarter of a meridian.
  CHECK(Metres({}, kNorthPole) == 10'007'557);
}

TEST_CASE("the date line and the poles are places like others", "[inventory]") {
  const std::int64_t degree = Metres({}, {0, 10'000'000});
  CHECK(degree == 111'195);
  CHECK(Metres({0, 1'795'000'000}, {0, -1'795'000'000}) == degree);
  CHECK(Metres({0, 1'800'000'000}, {0, -1'800'000'000}) == 0);
  CHECK(Metres(kNorthPole, {900'000'000, 1'234'567'890}) == 0);
  CHECK(Metres({899'000'000, 0}, {899'000'000, 1'800'000'000}) == 22'239);
  CHECK(Metres(kNorthPole, kSouthPole) == kMetresMax);
  CHECK(Metres({0, 900'000'000}, {0, -900'000'000}) == kMetresMax);
}

TEST_CASE("distances are the same both ways, and no way round is shorter", "[inventory]") {
  const std::vector<GeoPoint> points = Points();
  for (const GeoPoint& a : points) {
    for (const GeoPoint& b : points) {
      const std::int64_t direct = Metres(a, b);
      CHECK(direct == Metres(b, a));
      CHECK((direct >= 0 && direct <= kMetresMax));
      for (const GeoPoint& over : points) {
        // Each of the three is rounded.
        if (direct > Metres(a, over) + Metres(over, b) + 2) FAIL("a way round is shorter");
      }
    }
  }
}

}  // namespace omo::inventory
