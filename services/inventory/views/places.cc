#include "services/inventory/views/places.h"

#include <variant>

#include "services/inventory/views/time_zones.h"

namespace omo::inventory {

void PlaceIndex::Project(const InventoryEvent& event) {
  const bool of_location = std::visit(
      [](const auto& fact) { return std::constructible_from<LocationEvent, decltype(fact)>; },
      event);
  if (of_location) ++changes_;
}

std::shared_ptr<const Places> PlaceIndex::Read() const {
  const std::lock_guard lock(mutex_);
  if (made_ == nullptr || made_at_ != changes_) {
    made_ = Make();
    made_at_ = changes_;
  }
  return made_;
}

std::shared_ptr<const Places> PlaceIndex::Make() const {
  auto places = std::make_shared<Places>();
  rows_.Scan(LocationId{}, [&](const LocationId& id, const Location& location) {
    const LocationProfile& profile = location.profile;
    if (location.closed || !profile.geo.Told()) return true;
    places->push_back({.id = id,
                       .profile = profile,
                       .point = OnEarth(profile.geo),
                       .zone = FindTimeZone(profile.time_zone)});
    return true;
  });
  return places;
}

}  // namespace omo::inventory
