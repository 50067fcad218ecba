#include "services/inventory/domain/stock/stock_rules.h"

namespace omo::inventory {

Quantity Backorder::Allowed() const {
  switch (kind) {
    case BackorderKind::kLimited:
      return limit;
    case BackorderKind::kUnlimited:
    case BackorderKind::kRestockable:
      return kFigureMax;
    case BackorderKind::kForbidden:
    case BackorderKind::kUnspecified:
      break;
  }
  return 0;
}

GroupHold& HoldFor(std::vector<GroupHold>& holds, const GroupId& group, Method method) {
  for (GroupHold& hold : holds) {
    if (hold.group == group && hold.method == method) return hold;
  }
  return holds.emplace_back(GroupHold{.group = group, .method = method});
}

}  // namespace omo::inventory
