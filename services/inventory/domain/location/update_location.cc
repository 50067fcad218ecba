#include "services/inventory/domain/location/location.h"

namespace omo::inventory {

LocationDecision Decide(const LocationState& state, const UpdateLocation& command, Time) {
  using enum LocationRefusal;
  if (!IsName(command.id.value)) return kBadName;
  if (const auto field = BadField(command.profile); !field.empty()) {
    return {kBadProfile, {{"field", "profile." + field}}};
  }
  const Location* known = state.locations.Find(command.id);
  if (known == nullptr) return kLocationNotFound;
  if (known->closed) return kLocationClosed;
  if (command.expected_version != 0 && command.expected_version != known->version) {
    return {kLocationChanged, {{"version", std::to_string(known->version)}}};
  }
  if (known->profile == command.profile) return {};
  return LocationUpdated{
      .id = command.id, .profile = command.profile, .version = known->version + 1};
}

}  // namespace omo::inventory
