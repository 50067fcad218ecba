#include "services/inventory/views/nearby_search.h"

#include <algorithm>
#include <utility>

namespace omo::inventory {
namespace {

template <class T>
bool Contains(const std::vector<T>& all, T one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

NearbySearch::NearbySearch(PlaceFilter filter, std::size_t skus, std::size_t places_max,
                           bool only_with_all)
    : filter_(std::move(filter)),
      origin_(OnEarth(filter_.origin)),
      skus_(skus),
      places_max_(places_max),
      only_with_all_(only_with_all) {}

bool NearbySearch::Fits(const LocationProfile& profile) const {
  return Contains(filter_.kinds, profile.kind) &&
         std::all_of(
             filter_.capabilities.begin(), filter_.capabilities.end(),
             [&](Capability capability) { return Contains(profile.capabilities, capability); });
}

void NearbySearch::Add(std::shared_ptr<const Places> places) {
  for (const Place& place : *places) {
    if (!Fits(place.profile)) continue;
    const std::int64_t metres = MetresBetween(origin_, place.point);
    if (metres <= filter_.metres_max) found_.push_back({.place = &place, .metres = metres});
  }
  places_.push_back(std::move(places));
}

void NearbySearch::Arrange() {
  if (std::exchange(arranged_, true)) return;
  std::sort(found_.begin(), found_.end(), [](const NearbyPlace& a, const NearbyPlace& b) {
    return a.metres != b.metres ? a.metres < b.metres : a.place->id < b.place->id;
  });
}

bool NearbySearch::HasSome(const NearbyPlace& place) {
  return std::any_of(place.free.begin(), place.free.end(), [](Quantity free) { return free > 0; });
}

}  // namespace omo::inventory
