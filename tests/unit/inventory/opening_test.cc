// Opening hours, and when an order can be fetched: by a location's own clocks, at real instants.
#include "services/inventory/domain/location/opening.h"

#include "services/inventory/views/time_zones.h"
#include "tests/support/locations.h"

namespace omo::inventory {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr LocalDate kMonday{days{20'493}};  // 9 February 2026.

// A shop whose clocks show UTC.
LocationProfile Shop(std::vector<OpeningPeriod> weekly,
                     std::vector<OpeningException> exceptions = {}, std::int32_t lead = 0) {
  LocationProfile profile = ShopProfile();
  profile.hours = std::move(weekly);
  profile.exceptions = std::move(exceptions);
  profile.pickup_lead_minutes = lead;
  return profile;
}

Time At(LocalDate date, int hour, int minute = 0) {
  return Time{(date + hours{hour} + minutes{minute}).time_since_epoch()};
}

Opening OpeningIn(const LocationProfile& profile, Time now) {
  const LocalDate today{std::chrono::floor<days>(now).time_since_epoch()};
  return OpeningAt(profile, now, today,
                   [](LocalMinute local) { return Time{local.time_since_epoch()}; });
}

// What is told at an instant (milliseconds) of a shop in a zone.
Opening OpeningIn(const LocationProfile& profile, const std::string& zone_name, Time now) {
  const auto zone = FindTimeZone(zone_name);
  REQUIRE(zone.has_value());
  return OpeningAt(profile, now, DateAt(*zone, now),
                   [&](LocalMinute local) { return InstantOf(*zone, local); });
}

const std::vector<OpeningPeriod> kNineToFive = {
    {1, 540, 1020}, {2, 540, 1020}, {3, 540, 1020}, {4, 540, 1020}, {5, 540, 1020}};

}  // namespace

TEST_CASE("a location is open from its opening until just before its closing", "[inventory]") {
  const LocationProfile shop = Shop(kNineToFive);
  const Opening before = OpeningIn(shop, At(kMonday, 8, 59));
  CHECK_FALSE(before.open);
  CHECK(before.opens_at == At(kMonday, 9));
  CHECK_FALSE(before.closes_at.has_value());
  const Opening first = OpeningIn(shop, At(kMonday, 9));
  CHECK(first.open);
  CHECK(first.closes_at == At(kMonday, 17));
  CHECK_FALSE(first.opens_at.has_value());
  CHECK(OpeningIn(shop, At(kMonday, 17) - Duration{1}).open);
  const Opening after = OpeningIn(shop, At(kMonday, 17));
  CHECK_FALSE(after.open);
  CHECK(after.opens_at == At(kMonday + days{1}, 9));
  // Friday evening: the week-end is closed.
  CHECK(OpeningIn(shop, At(kMonday + days{4}, 18)).opens_at == At(kMonday + days{7}, 9));
}

TEST_CASE("a period over midnight belongs to the evening on which it begins", "[inventory]") {
  const LocationProfile bar = Shop({{5, 1080, 1560}});  // Friday 18:00 to Saturday 02:00.
  const LocalDate friday = kMonday + days{4};
  CHECK(OpeningIn(bar, At(friday, 23)).closes_at == At(friday + days{1}, 2));
  CHECK(OpeningIn(bar, At(friday + days{1}, 1, 59)).closes_at == At(friday + days{1}, 2));
  CHECK(OpeningIn(bar, At(friday + days{1}, 2)).opens_at == At(friday + days{7}, 18));
  // Closed on that Saturday: nothing begins on it, and Friday's night ends as ever.
  const LocationProfile excepted = Shop({{5, 1080, 1560}, {6, 1080, 1560}}, {{20'260'214, 0, 0}});
  CHECK(OpeningIn(excepted, At(friday + days{1}, 1)).closes_at == At(friday + days{1}, 2));
  CHECK(OpeningIn(excepted, At(friday + days{1}, 19)).opens_at == At(friday + days{7}, 18));
}

TEST_CASE("an exception stands in place of all weekly hours of its date", "[inventory]") {
  const LocalDate tuesday = kMonday + days{1};
  const LocationProfile shop =
      Shop(kNineToFive, {{20'260'210, 720, 780}, {20'260'210, 600, 660}, {20'260'211, 0, 0}});
  CHECK(PeriodsOn(shop, tuesday) ==
        std::vector<LocalPeriod>{{tuesday + hours{10}, tuesday + hours{11}},
                                 {tuesday + hours{12}, tuesday + hours{13}}});
  CHECK(PeriodsOn(shop, tuesday + days{1}).empty());
  CHECK(PeriodsOn(shop, kMonday).size() == 1);
  CHECK(OpeningIn(shop, At(tuesday, 9)).opens_at == At(tuesday, 10));
  CHECK(OpeningIn(shop, At(tuesday, 10, 30)).closes_at == At(tuesday, 11));
  CHECK(OpeningIn(shop, At(tuesday, 14)).opens_at == At(tuesday + days{2}, 9));
}

TEST_CASE("periods without a gap are one, and round the clock has no closing", "[inventory]") {
  const LocationProfile noon = Shop({{1, 540, 720}, {1, 720, 1020}, {1, 700, 800}});
  CHECK(OpeningIn(noon, At(kMonday, 10)).closes_at == At(kMonday, 17));
  std::vector<OpeningPeriod> always;
  for (int weekday = 1; weekday <= 7; ++weekday) always.push_back({weekday, 0, 1440});
  const Opening station = OpeningIn(Shop(always, {}, 43'200), At(kMonday, 3));
  CHECK(station.open);
  CHECK_FALSE(station.closes_at.has_value());
  CHECK(station.pickup_ready_at == At(kMonday + days{30}, 3));
}

TEST_CASE("without hours nothing is known, and a place closed for a year opens nowhere near",
          "[inventory]") {
  CHECK_FALSE(HoursTold(Shop({})));
  CHECK(HoursTold(Shop({}, {{20'260'210, 0, 0}})));
  CHECK((OpeningIn(Shop({}), At(kMonday, 12)) == Opening{}));
  // A stall of one day in the year.
  const LocationProfile stall = Shop({}, {{20'270'209, 600, 660}});
  CHECK(OpeningIn(stall, At(kMonday, 12)).opens_at == At(kMonday + days{365}, 10));
  CHECK((OpeningIn(stall, At(kMonday - days{2}, 12)) == Opening{}));
}

TEST_CASE("the lead of a pick-up passes in open time only", "[inventory]") {
  const LocationProfile shop = Shop(kNineToFive, {}, 60);
  CHECK(OpeningIn(shop, At(kMonday, 10)).pickup_ready_at == At(kMonday, 11));
  // Half an hour today, half an hour tomorrow.
  CHECK(OpeningIn(shop, At(kMonday, 16, 30)).pickup_ready_at == At(kMonday + days{1}, 9, 30));
  // Ready as the door closes: fetched when it opens.
  CHECK(OpeningIn(shop, At(kMonday, 16)).pickup_ready_at == At(kMonday + days{1}, 9));
  CHECK(OpeningIn(shop, At(kMonday, 3)).pickup_ready_at == At(kMonday, 10));
  // Over the week-end.
  CHECK(OpeningIn(shop, At(kMonday + days{4}, 16, 45)).pickup_ready_at ==
        At(kMonday + days{7}, 9, 45));
  const LocationProfile at_once = Shop(kNineToFive);
  CHECK(OpeningIn(at_once, At(kMonday, 10)).pickup_ready_at == At(kMonday, 10));
  CHECK(OpeningIn(at_once, At(kMonday, 20)).pickup_ready_at == At(kMonday + days{1}, 9));
  // Two days and more of open time.
  CHECK(OpeningIn(Shop(kNineToFive, {}, 1'000), At(kMonday, 9)).pickup_ready_at ==
        At(kMonday + days{2}, 9, 40));
}

TEST_CASE("in Berlin the night in spring has an hour less, in autumn one more", "[inventory]") {
  // Saturday 22:00 to Sunday 06:00, and the lead is two hours.
  const LocationProfile club = Shop({{6, 1320, 1800}}, {}, 120);
  const auto utc = [](int year, unsigned month, unsigned day, int hour, int minute = 0) {
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    return Time{std::chrono::sys_days{date} + hours{hour} + minutes{minute}};
  };
  // 29 March 2026, 02:00 becomes 03:00: 22:00 is 21:00 UTC, 06:00 is 04:00 UTC.
  const Opening spring = OpeningIn(club, "Europe/Berlin", utc(2026, 3, 29, 0, 30));
  CHECK(spring.open);
  CHECK(spring.closes_at == utc(2026, 3, 29, 4));
  CHECK(spring.pickup_ready_at == utc(2026, 3, 29, 2, 30));
  CHECK(OpeningIn(club, "Europe/Berlin", utc(2026, 3, 28, 12)).opens_at == utc(2026, 3, 28, 21));
  // 25 October 2026, 03:00 becomes 02:00: 22:00 is 20:00 UTC, 06:00 is 05:00 UTC.
  const Opening autumn = OpeningIn(club, "Europe/Berlin", utc(2026, 10, 25, 0, 30));
  CHECK(autumn.closes_at == utc(2026, 10, 25, 5));
  CHECK(autumn.pickup_ready_at == utc(2026, 10, 25, 2, 30));
  CHECK(OpeningIn(club, "Europe/Berlin", utc(2026, 10, 24, 12)).opens_at == utc(2026, 10, 24, 20));
  // The next day's hours are those of the clock, whatever became of the offset.
  const LocationProfile shop = Shop({{7, 600, 720}});
  CHECK(OpeningIn(shop, "Europe/Berlin", utc(2026, 3, 28, 12)).opens_at == utc(2026, 3, 29, 8));
  CHECK(OpeningIn(shop, "Europe/Berlin", utc(2026, 10, 24, 12)).opens_at == utc(2026, 10, 25, 9));
}

TEST_CASE("a minute that clocks leave out or show twice is one instant", "[inventory]") {
  const auto berlin = FindTimeZone("Europe/Berlin");
  REQUIRE(berlin.has_value());
  const auto at = [&](int month, int day, int minute) {
    const std::chrono::year_month_day date{std::chrono::year{2026}, std::chrono::month(month),
                                           std::chrono::day(day)};
    return ToMillis(InstantOf(*berlin, LocalDate{date} + minutes{minute}));
  };
  const std::int64_t spring = 1'774'746'000'000;  // 29 March 2026, 01:00 UTC.
  CHECK(at(3, 29, 119) == spring - 60'000);
  CHECK(at(3, 29, 120) == spring);
  CHECK(at(3, 29, 150) == spring);
  CHECK(at(3, 29, 180) == spring);
  CHECK(at(3, 29, 181) == spring + 60'000);
  const std::int64_t autumn = 1'792'890'000'000;  // 25 October 2026, 01:00 UTC.
  CHECK(at(10, 25, 120) == autumn - 3'600'000);
  CHECK(at(10, 25, 179) == autumn - 60'000);
  CHECK(at(10, 25, 180) == autumn + 3'600'000);
}

TEST_CASE("a zone is found by its name in the database, and by nothing else", "[inventory]") {
  for (const char* name : {"UTC", "Etc/UTC", "Asia/Shanghai", "America/Argentina/Buenos_Aires",
                           "Etc/GMT+8", "America/Port-au-Prince"}) {
    INFO(name);
    CHECK(FindTimeZone(name).has_value());
  }
  for (const char* name : {"", "Asia/Atlantis", "localtime", "Fixed/UTC+08:00:00", "+08:00",
                           "/usr/share/zoneinfo/Asia/Shanghai", "../zoneinfo/Asia/Shanghai", "Asia",
                           "asia/shanghai", "Beijing time"}) {
    INFO(name);
    CHECK_FALSE(FindTimeZone(name).has_value());
  }
  // The date there, not here.
  CHECK(DateAt(*FindTimeZone("Asia/Shanghai"), FromMillis(1'770'654'600'000)) ==
        kMonday + days{1});  // 9 February 2026, 16:30 UTC.
  CHECK(DateAt(*FindTimeZone("UTC"), FromMillis(-1)) == LocalDate{} - days{1});
}

}  // namespace omo::inventory
