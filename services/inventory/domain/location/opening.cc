#include "services/inventory/domain/location/opening.h"

#include <algorithm>

namespace omo::inventory {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr days kLooksAhead{366};
constexpr days kEndInSight{14};

std::int32_t WrittenDate(LocalDate date) {
  const std::chrono::year_month_day day{date};
  return int(day.year()) * 10'000 + int(unsigned(day.month())) * 100 + int(unsigned(day.day()));
}

LocalPeriod PeriodOf(LocalDate date, std::int32_t opens_minute, std::int32_t closes_minute) {
  return {.opens = date + minutes{opens_minute}, .closes = date + minutes{closes_minute}};
}

// One stretch of open time, of one or several periods without a gap.
struct Stretch {
  Time opens{};
  Time closes{};
};

// Takes the stretches from now on, one after the other, and knows when nothing more is to be known.
class OpeningSoFar {
 public:
  OpeningSoFar(Time now, Duration lead) : now_(now), lead_left_(lead) {}

  bool Complete() const {
    return (opening_.open || opening_.opens_at) && opening_.pickup_ready_at.has_value();
  }
  // Whether a stretch says all it can although it may go on: round the clock.
  bool LongEnough(const Stretch& stretch) const {
    return stretch.closes - From(stretch) > std::max<Duration>(kEndInSight, lead_left_);
  }
  void Take(const Stretch& stretch) {
    const Time from = From(stretch);
    const Duration length = stretch.closes - from;
    if (stretch.opens <= now_) {
      opening_.open = true;
      if (length <= kEndInSight) opening_.closes_at = stretch.closes;
    } else if (!opening_.open && !opening_.opens_at) {
      opening_.opens_at = stretch.opens;
    }
    if (opening_.pickup_ready_at) return;
    // What is ready in the minute of closing is fetched after the next opening.
    if (lead_left_ < length) opening_.pickup_ready_at = from + lead_left_;
    lead_left_ -= std::min(lead_left_, length);
  }
  const Opening& opening() const { return opening_; }

 private:
  Time From(const Stretch& stretch) const { return std::max(stretch.opens, now_); }

  const Time now_;
  Duration lead_left_;
  Opening opening_;
};

}  // namespace

std::vector<LocalPeriod> PeriodsOn(const LocationProfile& profile, LocalDate date) {
  std::vector<LocalPeriod> periods;
  const std::int32_t written = WrittenDate(date);
  bool excepted = false;
  for (const OpeningException& exception : profile.exceptions) {
    if (exception.date != written) continue;
    excepted = true;
    if (exception.closes_minute == 0) continue;
    periods.push_back(PeriodOf(date, exception.opens_minute, exception.closes_minute));
  }
  if (!excepted) {
    const auto weekday = int(std::chrono::weekday{date}.iso_encoding());
    for (const OpeningPeriod& period : profile.hours) {
      if (period.weekday != weekday) continue;
      periods.push_back(PeriodOf(date, period.opens_minute, period.closes_minute));
    }
  }
  std::sort(periods.begin(), periods.end(),
            [](const LocalPeriod& a, const LocalPeriod& b) { return a.opens < b.opens; });
  return periods;
}

bool HoursTold(const LocationProfile& profile) {
  return !profile.hours.empty() || !profile.exceptions.empty();
}

Opening OpeningAt(const LocationProfile& profile, Time now, LocalDate today,
                  const InstantOfLocal& instant_of) {
  OpeningSoFar so_far(now, minutes{profile.pickup_lead_minutes});
  std::optional<Stretch> stretch;
  // A period of yesterday may last into today.
  for (LocalDate date = today - days{1}; date <= today + kLooksAhead; date += days{1}) {
    for (const LocalPeriod& period : PeriodsOn(profile, date)) {
      const Stretch next{instant_of(period.opens), instant_of(period.closes)};
      if (next.closes <= next.opens || next.closes <= now) continue;
      if (stretch && next.opens <= stretch->closes) {
        stretch->closes = std::max(stretch->closes, next.closes);
        continue;
      }
      if (stretch) so_far.Take(*stretch);
      if (so_far.Complete()) return so_far.opening();
      stretch = next;
    }
    if (stretch && so_far.LongEnough(*stretch)) break;
  }
  if (stretch) so_far.Take(*stretch);
  return so_far.opening();
}

}  // namespace omo::inventory
