#include "services/inventory/domain/stock/group_room.h"

#include <algorithm>
#include <map>
#include <utility>

#include "services/inventory/domain/lists.h"

namespace omo::inventory {
namespace {

// Every choice of them may be looked at: more at once are not taken.
constexpr std::size_t kHoldsMax = 10;

const std::vector<LocationId>& MembersOf(const StockState& state, const GroupId& id) {
  static const std::vector<LocationId> kNone;
  const Group* group = state.network.groups.Find(id);
  return group != nullptr ? group->members : kNone;
}

bool AreApart(const std::vector<LocationId>& one, const std::vector<LocationId>& other) {
  for (auto a = one.begin(), b = other.begin(); a != one.end() && b != other.end();) {
    if (*a == *b) return false;
    *a < *b ? ++a : ++b;
  }
  return true;
}

// One entry for each group, whatever the method.
std::vector<GroupHold> ByGroup(const std::vector<GroupHold>& holds) {
  std::vector<GroupHold> merged;
  for (const GroupHold& hold : holds) {
    HoldFor(merged, hold.group, Method::kUnspecified).held += hold.held;
  }
  return merged;
}

}  // namespace

Quantity GroupRoom::LeftFor(const LocationId& target, Method method) {
  if (IsGroup(target)) HoldFor(holds_, GroupAt(target), method);
  if (holds_.empty()) return kFigureMax;
  if (holds_.size() > kHoldsMax) return 0;
  const SkuRules* rules = then_.state().sku_rules.Find(sku_);
  if (rules != nullptr && rules->differs_at_places) return LeftByAnyChoice(target, method);
  // Every place serves the same methods: a group's promises are one, or cannot be met at all.
  if (IsGroup(target) && !MethodsOf(then_.state(), sku_).On(method).value_or(true)) return 0;
  std::vector<GroupHold> by_method = std::exchange(holds_, ByGroup(holds_));
  if (AreNested()) return LeftByNesting(target);
  holds_ = std::move(by_method);
  return LeftByAnyChoice(target, method);
}

bool GroupRoom::Within(const GroupId& inner, const GroupId& outer) const {
  if (inner == outer) return true;
  const auto& members = MembersOf(then_.state(), outer);
  const auto& within = MembersOf(then_.state(), inner);
  return std::includes(members.begin(), members.end(), within.begin(), within.end());
}

bool GroupRoom::AreNested() const {
  for (std::size_t i = 0; i < holds_.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const GroupId& one = holds_[i].group;
      const GroupId& other = holds_[j].group;
      if (Within(one, other) || Within(other, one)) continue;
      if (!AreApart(MembersOf(then_.state(), one), MembersOf(then_.state(), other))) return false;
    }
  }
  return true;
}

// Where groups are nested, what stands in the way of a place are the groups around it, each with
// all that is kept within it.
Quantity GroupRoom::LeftByNesting(const LocationId& target) const {
  Quantity left = kFigureMax;
  for (const GroupHold& hold : holds_) {
    const bool concerned = IsGroup(target) ? Within(GroupAt(target), hold.group)
                                           : then_.IsCounted(sku_, target, hold.group);
    if (!concerned) continue;
    Quantity room = RoomOf(then_.SumOf(sku_, hold.group));
    for (const GroupHold& inner : holds_) {
      if (Within(inner.group, hold.group)) room -= inner.held;
    }
    left = std::min(left, room);
  }
  return std::max<Quantity>(0, left);
}

GroupRoom::Choice GroupRoom::ServedBy(const LocationId& location) const {
  Choice served = 0;
  for (std::size_t i = 0; i < holds_.size(); ++i) {
    if (then_.MayServe(sku_, location, holds_[i])) served |= Choice{1} << i;
  }
  return served;
}

// Hall's condition: whichever promises one takes together, what is kept for them is there.
Quantity GroupRoom::LeftByAnyChoice(const LocationId& target, Method method) const {
  std::vector<LocationId> members;
  for (const GroupHold& hold : holds_) {
    const auto& more = MembersOf(then_.state(), hold.group);
    members.insert(members.end(), more.begin(), more.end());
  }
  SortUnique(members);
  // Locations that can serve the same of them stand as one.
  std::map<Choice, Quantity> capacities;
  for (const LocationId& location : members) {
    const Quantity capacity = RoomOf(then_.PartAt(sku_, location));
    if (capacity > 0) capacities[ServedBy(location)] += capacity;
  }
  Choice concerned = 0;
  if (IsGroup(target)) {
    const GroupId group = GroupAt(target);
    for (std::size_t i = 0; i < holds_.size(); ++i) {
      if (holds_[i].group == group && holds_[i].method == method) concerned = Choice{1} << i;
    }
  } else {
    concerned = ServedBy(target);
  }
  Quantity left = kFigureMax;
  for (Choice chosen = 1; chosen < Choice{1} << holds_.size(); ++chosen) {
    if ((chosen & concerned) == 0) continue;
    Quantity room = 0;
    for (const auto& [served, capacity] : capacities) room += (served & chosen) != 0 ? capacity : 0;
    for (std::size_t i = 0; i < holds_.size(); ++i) {
      room -= (chosen >> i & 1) != 0 ? holds_[i].held : 0;
    }
    left = std::min(left, room);
  }
  return std::max<Quantity>(0, left);
}

}  // namespace omo::inventory
