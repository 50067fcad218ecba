#include "services/inventory/domain/stock/group_room.h"

#include <algorithm>
#include <utility>

#include "services/inventory/domain/lists.h"

namespace omo::inventory {
namespace {

// Every choice of them may be looked at: more at once are not taken.
constexpr std::size_t kHoldsMax = 10;

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

std::vector<Quantity> GroupRoom::Lacks() const {
  return holds_.size() < 2 || AreNestedInRows() ? LacksByNesting() : LacksByAnyChoice();
}

bool GroupRoom::AreNestedInRows() const {
  const SkuRules* rules = then_.state().sku_rules.Find(sku_);
  const bool counts_all =
      rules == nullptr || (!rules->differs_at_places &&
                           std::none_of(holds_.begin(), holds_.end(), [&](const GroupHold& hold) {
                             return Contains(rules->rules.excluded_from, hold.group);
                           }));
  return counts_all && AreNested();
}

// From the inner ones outwards: a group lacks what its inner ones do, or more if all that is kept
// within it does not fit.
std::vector<Quantity> GroupRoom::LacksByNesting() const {
  struct Nest {
    Quantity held = 0;
    Quantity lack = 0;
    bool is_outermost = true;
  };
  std::vector<Nest> nests;
  std::vector<Quantity> lacks;
  for (const GroupHold& hold : holds_) {
    Nest nest{.held = hold.held};
    for (std::size_t i = 0; i < nests.size(); ++i) {
      if (!nests[i].is_outermost || !then_.groups().IsWithin(holds_[i].group, hold.group)) continue;
      nests[i].is_outermost = false;
      nest.held += nests[i].held;
      nest.lack += nests[i].lack;
    }
    const Quantity within = nest.lack;
    nest.lack = std::max(nest.lack, nest.held - RoomOf(then_.SumOf(sku_, hold.group)));
    lacks.push_back((lacks.empty() ? 0 : lacks.back()) + nest.lack - within);
    nests.push_back(nest);
  }
  return lacks;
}

// The choices among the first ones come first.
std::vector<Quantity> GroupRoom::LacksByAnyChoice() const {
  const GroupLookups::Capacities capacities = Capacities();
  std::vector<Quantity> lacks;
  Quantity lack = 0;
  Choice chosen = 1;
  for (std::size_t i = 0; i < holds_.size(); ++i) {
    for (; chosen < Choice{2} << i; ++chosen) lack = std::max(lack, -RoomFor(chosen, capacities));
    lacks.push_back(lack);
  }
  return lacks;
}

bool GroupRoom::AreNested() const {
  GroupLookups& groups = then_.groups();
  for (std::size_t i = 0; i < holds_.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const GroupId& one = holds_[i].group;
      const GroupId& other = holds_[j].group;
      if (groups.IsWithin(one, other) || groups.IsWithin(other, one)) continue;
      if (!groups.AreApart(one, other)) return false;
    }
  }
  return true;
}

// Where groups are nested, what stands in the way of a place are the groups around it, each with
// all that is kept within it.
Quantity GroupRoom::LeftByNesting(const LocationId& target) const {
  GroupLookups& groups = then_.groups();
  Quantity left = kFigureMax;
  for (const GroupHold& hold : holds_) {
    const bool concerned = IsGroup(target) ? groups.IsWithin(GroupAt(target), hold.group)
                                           : then_.IsCounted(sku_, target, hold.group);
    if (!concerned) continue;
    Quantity room = RoomOf(then_.SumOf(sku_, hold.group));
    for (const GroupHold& inner : holds_) {
      if (groups.IsWithin(inner.group, hold.group)) room -= inner.held;
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

// Locations that can serve the same of them stand as one.
const GroupLookups::Capacities& GroupRoom::CapacitiesBefore() const {
  GroupLookups::RoomKey key{.sku = sku_, .basis = basis_, .promises = {}};
  for (const GroupHold& hold : holds_) key.promises.emplace_back(hold.group, hold.method);
  return then_.groups().CapacitiesOf(std::move(key), [&] {
    std::vector<LocationId> members;
    for (const GroupHold& hold : holds_) {
      const auto& more = then_.groups().MembersOf(hold.group);
      members.insert(members.end(), more.begin(), more.end());
    }
    SortUnique(members);
    const StockState& rows = then_.state();
    GroupLookups::Capacities capacities;
    for (const LocationId& location : members) {
      const Figures figures = rows.figures.Get({sku_, location});
      const Quantity capacity = RoomOf(PartOf(rows, sku_, location, figures));
      if (capacity > 0) capacities[ServedBy(location)] += capacity;
    }
    return capacities;
  });
}

GroupLookups::Capacities GroupRoom::Capacities() const {
  GroupLookups::Capacities capacities = CapacitiesBefore();
  const auto capacity_of = [&](const LocationId& location, const Figures& figures) {
    return std::max<Quantity>(0, RoomOf(PartOf(then_.state(), sku_, location, figures)));
  };
  then_.EachChanged(
      sku_, [&](const LocationId& location, const Figures& before, const Figures& now) {
        const Choice served = ServedBy(location);
        if (served == 0) return;  // It may be no member of any.
        capacities[served] += capacity_of(location, now) - capacity_of(location, before);
      });
  return capacities;
}

Quantity GroupRoom::RoomFor(Choice chosen, const GroupLookups::Capacities& capacities) const {
  Quantity room = 0;
  for (const auto& [served, capacity] : capacities) room += (served & chosen) != 0 ? capacity : 0;
  for (std::size_t i = 0; i < holds_.size(); ++i) {
    room -= (chosen >> i & 1) != 0 ? holds_[i].held : 0;
  }
  return room;
}

// Hall's condition: whichever promises one takes together, what is kept for them is there.
Quantity GroupRoom::LeftByAnyChoice(const LocationId& target, Method method) const {
  const GroupLookups::Capacities capacities = Capacities();
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
    if ((chosen & concerned) != 0) left = std::min(left, RoomFor(chosen, capacities));
  }
  return std::max<Quantity>(0, left);
}

}  // namespace omo::inventory
