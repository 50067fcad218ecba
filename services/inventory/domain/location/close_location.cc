#include "services/inventory/domain/location/location.h"

namespace omo::inventory {

LocationDecision Decide(const LocationState& state, const CloseLocation& command, Time) {
  using enum LocationRefusal;
  if (!IsName(command.id.value)) return kBadName;
  if (command.reason.empty() || !IsText(command.reason)) return kBadName;
  const Location* known = state.locations.Find(command.id);
  if (known == nullptr) return kLocationNotFound;
  if (known->closed) return {};
  return LocationClosed{.id = command.id, .version = known->version + 1, .reason = command.reason};
}

}  // namespace omo::inventory
