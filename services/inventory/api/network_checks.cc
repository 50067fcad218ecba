#include "services/inventory/api/network_checks.h"

#include "services/inventory/codec/network_codec.h"
#include "services/inventory/domain/network/check_change.h"

namespace omo::inventory {
namespace {

const char* ReasonOf(ChangeFaultKind kind) {
  switch (kind) {
    case ChangeFaultKind::kBadName:
      return "BAD_NAME";
    case ChangeFaultKind::kBadScale:
      return "BAD_SCALE";
    case ChangeFaultKind::kBadQuantity:
      return "BAD_QUANTITY";
    case ChangeFaultKind::kRuleOverNothing:
      return "RULE_OVER_NOTHING";
    case ChangeFaultKind::kBadRule:
      break;
  }
  return "BAD_RULE";
}

}  // namespace

NetworkChange CheckNetworkChange(rpc::FieldErrors& errors,
                                 const events::v1::NetworkChange& change) {
  if (change.part_case() == events::v1::NetworkChange::PART_NOT_SET) {
    errors.Add("change", "REQUIRED", "one part of a change");
  }
  NetworkChange read = Read(change);
  if (const auto fault = Tidy(read); fault && errors.errors().empty()) {
    errors.Add("change." + fault->field, ReasonOf(fault->kind), "a value out of its range");
  }
  return read;
}

}  // namespace omo::inventory
