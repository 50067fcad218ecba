#include "services/inventory/domain/location/location.h"

namespace omo::inventory {

LocationDecision Decide(const LocationState& state, const OpenLocation& command, Time) {
  using enum LocationRefusal;
  if (!IsName(command.id.value)) return kBadName;
  if (const auto field = BadField(command.profile); !field.empty()) {
    return {kBadProfile, {{"field", "profile." + field}}};
  }
  if (const Location* known = state.locations.Find(command.id)) {
    if (known->closed || known->profile != command.profile) return kLocationIdInUse;
    return {};
  }
  return LocationOpened{.id = command.id, .profile = command.profile};
}

}  // namespace omo::inventory
