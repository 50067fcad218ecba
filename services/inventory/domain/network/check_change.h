// What is wrong with a change of the network whatever the network is: known before it is decided.
#pragma once

#include <optional>
#include <string>

#include "services/inventory/domain/network/network_change.h"

namespace omo::inventory {

// In the order of precedence.
enum class ChangeFaultKind {
  kBadName,
  kBadScale,
  kBadQuantity,
  kBadRule,
  kRuleOverNothing,
};
struct ChangeFault {
  ChangeFaultKind kind = ChangeFaultKind::kBadRule;
  std::string field;  // The way to the value, in the words of network.proto.
};

// Puts the lists of `change` in order, each value once; the fault that comes first, if there is
// one.
std::optional<ChangeFault> Tidy(NetworkChange& change);

}  // namespace omo::inventory
