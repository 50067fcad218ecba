#include "services/inventory/domain/stock/group_lookups.h"

#include <algorithm>

namespace omo::inventory {

const GroupSum& GroupLookups::SumOf(const SkuId& sku, const GroupId& group) {
  const auto [found, first] = sums_.try_emplace({sku, group});
  if (first) found->second = SumOver(state_, sku, group);
  return found->second;
}

bool GroupLookups::IsWithin(const GroupId& inner, const GroupId& outer) {
  if (inner == outer) return true;
  const auto [found, first] = within_.try_emplace({inner, outer});
  if (first) {
    const auto& members = MembersOf(outer);
    const auto& within = MembersOf(inner);
    found->second = std::includes(members.begin(), members.end(), within.begin(), within.end());
  }
  return found->second;
}

bool GroupLookups::AreApart(const GroupId& one, const GroupId& other) {
  const auto [found, first] = apart_.try_emplace({one, other});
  if (!first) return found->second;
  const auto& some = MembersOf(one);
  const auto& others = MembersOf(other);
  auto a = some.begin();
  auto b = others.begin();
  while (a != some.end() && b != others.end() && *a != *b) *a < *b ? ++a : ++b;
  return found->second = a == some.end() || b == others.end();
}

const std::vector<LocationId>& GroupLookups::MembersOf(const GroupId& group) const {
  static const std::vector<LocationId> kNone;
  const Group* found = state_.network.groups.Find(group);
  return found != nullptr ? found->members : kNone;
}

}  // namespace omo::inventory
