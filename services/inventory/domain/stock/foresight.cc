#include "services/inventory/domain/stock/foresight.h"

#include <algorithm>
#include <map>
#include <utility>

#include "services/inventory/domain/lists.h"

namespace omo::inventory {
namespace {

// Every choice of groups is looked at: more at once are not taken.
constexpr std::size_t kGroupsMax = 10;

const std::vector<std::string>& ClassesOf(const StockState& state, const SkuId& sku) {
  static const std::vector<std::string> kNone;
  const SkuRules* rules = state.sku_rules.Find(sku);
  return rules != nullptr ? rules->rules.classes : kNone;
}

NetworkPlace NetworkPlaceOf(const StockState& state, const LocationId& place) {
  if (!IsGroup(place)) return state.network.places.Get(place);
  return {.groups = {GroupAt(place)}};  // A rule for the group is one for what is promised there.
}

GroupHold& EntryFor(std::vector<GroupHold>& holds, const GroupId& group, Method method) {
  const auto found = std::find_if(holds.begin(), holds.end(), [&](const GroupHold& hold) {
    return hold.group == group && hold.method == method;
  });
  if (found != holds.end()) return *found;
  return holds.emplace_back(GroupHold{.group = group, .method = method});
}

}  // namespace

Figures& Foresight::Of(const SkuId& sku, const LocationId& location) {
  for (Place& place : places_) {
    if (place.key.sku == sku && place.key.location == location) return place.now;
  }
  FiguresKey key{sku, location};
  const Figures figures = state_.figures.Get(key);
  return places_.emplace_back(Place{std::move(key), figures, figures}).now;
}

const Foresight::Place* Foresight::Find(const SkuId& sku, const LocationId& location) const {
  for (const Place& place : places_) {
    if (place.key.sku == sku && place.key.location == location) return &place;
  }
  return nullptr;
}

Figures Foresight::Now(const SkuId& sku, const LocationId& location) const {
  if (const Place* place = Find(sku, location)) return place->now;
  return state_.figures.Get({sku, location});
}

bool Foresight::IsCounted(const SkuId& sku, const LocationId& location,
                          const GroupId& group) const {
  const NetworkPlace* place = state_.network.places.Find(location);
  return place != nullptr && Contains(place->groups, group) && Counts(state_, sku, location, group);
}

bool Foresight::MayServe(const SkuId& sku, const LocationId& location,
                         const GroupHold& hold) const {
  return IsCounted(sku, location, hold.group) &&
         (hold.method == Method::kUnspecified || TermsAt(state_, sku, location).IsOn(hold.method));
}

GroupSum Foresight::SumOf(const SkuId& sku, const GroupId& group) const {
  GroupSum sum = SumOver(state_, sku, group);
  for (const Place& place : places_) {
    if (place.key.sku != sku || place.now == place.before) continue;
    if (!IsCounted(sku, place.key.location, group)) continue;
    sum = sum - PartOf(state_, sku, place.key.location, place.before) +
          PartOf(state_, sku, place.key.location, place.now);
  }
  return sum;
}

std::vector<GroupHold> Foresight::HoldsOf(const SkuId& sku) const {
  std::vector<GroupHold> holds;
  if (const SkuRules* rules = state_.sku_rules.Find(sku)) holds = rules->group_holds;
  for (const Place& place : places_) {
    if (place.key.sku != sku || !IsGroup(place.key.location)) continue;
    const Quantity more =
        place.now.reserved + place.now.committed - place.before.reserved - place.before.committed;
    if (more != 0) EntryFor(holds, GroupAt(place.key.location), method_).held += more;
  }
  return holds;
}

Barrier Foresight::BarrierAt(const SkuId& sku, const LocationId& place,
                             const Demand& demand) const {
  if (IsGroup(place)) return Barrier::kNone;
  const Terms terms = TermsAt(state_, sku, place);
  if (terms.paused) return Barrier::kPaused;
  return terms.IsOn(demand.method) ? Barrier::kNone : Barrier::kMethodOff;
}

bool Foresight::SellsFrom(const ChannelExposure& channel, const LocationId& place) const {
  if (channel.sells_from.value.empty()) return true;
  const Group* from = state_.network.groups.Find(channel.sells_from);
  if (from == nullptr) return false;
  if (!IsGroup(place)) {
    return Contains(from->members, place);
  }
  const Group* asked = state_.network.groups.Find(GroupAt(place));
  return asked != nullptr && std::includes(from->members.begin(), from->members.end(),
                                           asked->members.begin(), asked->members.end());
}

// What the channel gets of `free` units; nothing, less than nothing never.
Quantity Foresight::Exposed(const SkuId& sku, const LocationId& place, const Demand& demand,
                            Quantity free) const {
  const Network* network = state_.network.network.Find({});
  if (network == nullptr || demand.channel.value.empty()) return free;
  const ChannelExposure* channel = network->Channel(demand.channel);
  if (channel == nullptr) return free;
  if (!SellsFrom(*channel, place)) return 0;
  const ExposureRule* rule =
      ExposureFor(*channel, NetworkPlaceOf(state_, place), sku, ClassesOf(state_, sku), place);
  if (rule == nullptr) return free;
  if (rule->excluded) return 0;
  const Quantity buffer =
      RoundedUp(rule->buffer, ScaleOf(state_, sku)) + (free * rule->buffer_percent + 99) / 100;
  return std::max<Quantity>(0, free - buffer) * rule->share_percent / 100;
}

Quantity Foresight::LeftByGroups(const SkuId& sku, const LocationId& target, const Demand& demand,
                                 Basis basis) const {
  std::vector<GroupHold> holds = HoldsOf(sku);
  if (IsGroup(target)) EntryFor(holds, GroupAt(target), demand.method);
  if (holds.empty()) return kFigureMax;
  if (holds.size() > kGroupsMax) return 0;
  if (holds.size() > 1 || holds.front().method != Method::kUnspecified) {
    return LeftByAll(holds, sku, target, demand, basis);
  }
  const GroupHold& only = holds.front();
  if (!IsGroup(target) && !IsCounted(sku, target, only.group)) return kFigureMax;
  const GroupSum sum = SumOf(sku, only.group);
  const Quantity room = basis == Basis::kPromise ? sum.promisable : sum.free;
  return std::max<Quantity>(0, room - only.held);
}

Quantity Foresight::LeftByAll(const std::vector<GroupHold>& holds, const SkuId& sku,
                              const LocationId& target, const Demand& demand, Basis basis) const {
  // Locations that can serve the same of these holds stand as one: bit i for holds[i].
  std::map<std::uint32_t, Quantity> capacities;
  std::vector<LocationId> members;
  for (const GroupHold& hold : holds) {
    if (const Group* group = state_.network.groups.Find(hold.group)) {
      members.insert(members.end(), group->members.begin(), group->members.end());
    }
  }
  SortUnique(members);
  const auto who = [&](const LocationId& location) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < holds.size(); ++i) {
      if (MayServe(sku, location, holds[i])) bits |= 1U << i;
    }
    return bits;
  };
  for (const LocationId& location : members) {
    const GroupSum part = PartOf(state_, sku, location, Now(sku, location));
    const Quantity capacity = basis == Basis::kPromise ? part.promisable : part.free;
    if (capacity > 0) capacities[who(location)] += capacity;
  }
  std::uint32_t concerned = 0;
  if (IsGroup(target)) {
    const GroupId group = GroupAt(target);
    for (std::size_t i = 0; i < holds.size(); ++i) {
      if (holds[i].group == group && holds[i].method == demand.method) concerned = 1U << i;
    }
  } else {
    concerned = who(target);
  }
  // Hall's condition: whichever groups one takes together, what is kept at them is there.
  Quantity left = kFigureMax;
  for (std::uint32_t chosen = 1; chosen < 1U << holds.size(); ++chosen) {
    if ((chosen & concerned) == 0) continue;
    Quantity room = 0;
    for (const auto& [bits, capacity] : capacities) room += (bits & chosen) != 0 ? capacity : 0;
    for (std::size_t i = 0; i < holds.size(); ++i) {
      room -= (chosen >> i & 1) != 0 ? holds[i].held : 0;
    }
    left = std::min(left, room);
  }
  return std::max<Quantity>(0, left);
}

Quantity Foresight::Promisable(const SkuId& sku, const LocationId& place,
                               const Demand& demand) const {
  if (BarrierAt(sku, place, demand) != Barrier::kNone) return 0;
  if (IsGroup(place)) {
    Quantity left = LeftByGroups(sku, place, demand, Basis::kPromise);
    const Network* network = state_.network.network.Find({});
    if (network == nullptr) return 0;
    const auto threshold = ThresholdFor(*network, sku, ClassesOf(state_, sku), GroupAt(place));
    if (threshold) left -= RoundedUp(*threshold, ScaleOf(state_, sku));
    return Exposed(sku, place, demand, std::max<Quantity>(0, left));
  }
  const GroupSum here = PartOf(state_, sku, place, Now(sku, place));
  return std::min(Exposed(sku, place, demand, here.promisable),
                  LeftByGroups(sku, place, demand, Basis::kPromise));
}

Quantity Foresight::Movable(const SkuId& sku, const LocationId& location) const {
  const GroupSum here = PartOf(state_, sku, location, Now(sku, location));
  return std::min(here.free, LeftByGroups(sku, location, {}, Basis::kPresence));
}

Quantity Foresight::GroupShortfall(const SkuId& sku, const GroupId& group) const {
  const Figures held = Now(sku, PlaceOf(group));
  return std::max<Quantity>(0, held.reserved + held.committed - SumOf(sku, group).free);
}

std::vector<Consequence> Foresight::Shortfalls() const {
  std::vector<Consequence> consequences;
  std::vector<FiguresKey> groups;  // Whose members, or holds, have changed.
  const auto add = [&](const FiguresKey& key, Quantity before, Quantity total) {
    if (total <= before) return;
    consequences.push_back(StockShortfall{.sku = key.sku,
                                          .location = key.location,
                                          .quantity = total - before,
                                          .total = total,
                                          .scale = ScaleOf(state_, key.sku)});
  };
  for (const Place& place : places_) {
    if (IsGroup(place.key.location)) {
      groups.push_back(place.key);
      continue;
    }
    if (place.now.Available() < 0) {
      const Backorder backorder = TermsAt(state_, place.key.sku, place.key.location).backorder;
      add(place.key, ShortfallOf(place.before, backorder), ShortfallOf(place.now, backorder));
    }
    const SkuRules* rules = state_.sku_rules.Find(place.key.sku);
    if (rules == nullptr) continue;
    for (const GroupHold& hold : rules->group_holds) {
      if (IsCounted(place.key.sku, place.key.location, hold.group)) {
        groups.push_back({place.key.sku, PlaceOf(hold.group)});
      }
    }
  }
  SortUnique(groups);
  for (const FiguresKey& key : groups) {
    add(key, ShortfallAt(state_, key), GroupShortfall(key.sku, GroupAt(key.location)));
  }
  return consequences;
}

bool Foresight::AllInRange() const {
  return std::all_of(places_.begin(), places_.end(),
                     [](const Place& place) { return InRange(place.now); });
}

}  // namespace omo::inventory
