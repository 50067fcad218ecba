#include "services/inventory/domain/network/network.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/inventory/domain/lists.h"

namespace omo::inventory {
namespace {

void SetMembership(NetworkState& state, const LocationId& location, const GroupId& id, bool in) {
  NetworkPlace place = state.places.Get(location);
  const auto at = std::lower_bound(place.groups.begin(), place.groups.end(), id);
  const bool was = at != place.groups.end() && *at == id;
  if (was == in) return;
  if (in) {
    place.groups.insert(at, id);
  } else {
    place.groups.erase(at);
  }
  state.places.Put(location, std::move(place));
}

// Writes the members of one group anew, here and at their places.
void PutMembers(NetworkState& state, const GroupId& id, std::vector<LocationId> members) {
  Group group = state.groups.Get(id);
  for (const LocationId& location : group.members) {
    if (!Contains(members, location)) SetMembership(state, location, id, false);
  }
  for (const LocationId& location : members) SetMembership(state, location, id, true);
  group.members = std::move(members);
  state.groups.Put(id, std::move(group));
}

// Those of `id`, and of all that it is in: a group's members are those of the groups within it,
// too.
void PutMembersUpwards(NetworkState& state, const GroupId& id) {
  std::vector<GroupId> concerned = GroupsAbove(state, id);
  concerned.push_back(id);
  for (const GroupId& each : concerned) {
    const Group group = state.groups.Get(each);
    std::vector<LocationId> members = MembersOf(state, group.group);
    if (members != group.members) PutMembers(state, each, std::move(members));
  }
}

void ApplyGroup(NetworkState& state, const PutGroup& change) {
  Group group = state.groups.Get(change.id);
  group.group = change.group;
  state.groups.Put(change.id, std::move(group));
  GroupList list = state.group_list.Get({});
  list.ids.push_back(change.id);
  SortUnique(list.ids);
  state.group_list.Put({}, std::move(list));
  PutMembersUpwards(state, change.id);
}

void ApplyRemoval(NetworkState& state, const RemoveGroup& change) {
  PutMembers(state, change.id, {});
  state.groups.Erase(change.id);
  GroupList list = state.group_list.Get({});
  std::erase(list.ids, change.id);
  state.group_list.Put({}, std::move(list));
}

void ApplyPause(NetworkState& state, const PauseLocation& change) {
  NetworkPlace place = state.places.Get(change.location);
  place.paused = change.paused;
  place.reason = change.paused ? change.reason : "";
  state.places.Put(change.location, std::move(place));
}

void PutChannel(Network& network, const ChannelExposure& channel) {
  std::erase_if(network.channels,
                [&](const auto& known) { return known.channel == channel.channel; });
  network.channels.push_back(channel);
}

template <class Rule, class Fits>
const Rule* LastThatFits(const std::vector<Rule>& rules, Fits fits) {
  const auto found = std::find_if(rules.rbegin(), rules.rend(), fits);
  return found == rules.rend() ? nullptr : &*found;
}

}  // namespace

std::optional<bool> MethodSwitches::On(Method method) const {
  switch (method) {
    case Method::kInStore:
      return in_store;
    case Method::kPickUp:
      return pick_up;
    case Method::kShip:
      return ship;
    case Method::kSameCity:
      return same_city;
    case Method::kUnspecified:
      break;
  }
  return std::nullopt;
}

bool SkuSet::Has(const SkuId& sku, const std::vector<std::string>& classes_of_sku) const {
  if (all || Contains(skus, sku)) return true;
  return std::any_of(classes_of_sku.begin(), classes_of_sku.end(),
                     [&](const std::string& name) { return Contains(classes, name); });
}

bool PlaceSet::Has(const LocationId& location,
                   const std::vector<GroupId>& groups_of_location) const {
  if (all || Contains(locations, location)) return true;
  return std::any_of(groups.begin(), groups.end(),
                     [&](const GroupId& id) { return Contains(groups_of_location, id); });
}

const ChannelExposure* Network::Channel(const ChannelId& channel) const {
  return LastThatFits(channels, [&](const auto& known) { return known.channel == channel; });
}

bool Network::IsWatched() const {
  return std::any_of(channels.begin(), channels.end(),
                     [](const ChannelExposure& known) { return !known.watches.empty(); });
}

std::size_t Network::WatchesBut(const ChannelId& channel) const {
  std::size_t watches = 0;
  for (const ChannelExposure& known : channels) {
    if (known.channel != channel) watches += known.watches.size();
  }
  return watches;
}

std::vector<LocationId> MembersOf(const NetworkState& state, const LocationGroup& group) {
  std::vector<LocationId> members = group.locations;
  std::vector<GroupId> open = group.groups;
  std::set<GroupId> seen;  // There may be very many ways to one group.
  while (!open.empty()) {
    const GroupId id = std::move(open.back());
    open.pop_back();
    const Group* inner = seen.insert(id).second ? state.groups.Find(id) : nullptr;
    if (inner == nullptr) continue;
    const LocationGroup& within = inner->group;
    members.insert(members.end(), within.locations.begin(), within.locations.end());
    open.insert(open.end(), within.groups.begin(), within.groups.end());
  }
  SortUnique(members);
  return members;
}

std::vector<GroupId> GroupsAround(const NetworkState& state, const std::vector<GroupId>& ids) {
  std::vector<GroupId> around;
  for (const GroupId& id : state.group_list.Get({}).ids) {
    const Group* group = state.groups.Find(id);
    if (group == nullptr) continue;
    const auto& inner = group->group.groups;
    const bool holds_one = std::any_of(inner.begin(), inner.end(),
                                       [&](const GroupId& each) { return Contains(ids, each); });
    if (holds_one) around.push_back(id);
  }
  return around;
}

std::vector<GroupId> GroupsAbove(const NetworkState& state, const GroupId& id) {
  std::vector<GroupId> above;
  for (std::vector<GroupId> layer{id}; !layer.empty();) {
    layer = GroupsAround(state, layer);
    std::erase_if(layer, [&](const GroupId& each) { return Contains(above, each); });
    above.insert(above.end(), layer.begin(), layer.end());
    SortUnique(above);
  }
  return above;
}

void Apply(NetworkState& state, std::int64_t version, const NetworkChange& change) {
  if (change.put_group) ApplyGroup(state, *change.put_group);
  if (change.remove_group) ApplyRemoval(state, *change.remove_group);
  if (change.pause_location) ApplyPause(state, *change.pause_location);
  Network network = state.network.Get({});
  network.version = version;
  if (change.put_group || change.remove_group || change.pause_location || change.put_safety_rules) {
    network.sums_version = version;
  }
  if (change.put_methods) network.methods = *change.put_methods;
  if (change.put_safety_rules) {
    network.safety_rules = change.put_safety_rules->rules;
    network.thresholds = change.put_safety_rules->thresholds;
  }
  if (change.put_channel) PutChannel(network, *change.put_channel);
  if (change.remove_channel) {
    std::erase_if(network.channels, [&](const auto& known) {
      return known.channel == change.remove_channel->channel;
    });
  }
  if (change.put_reject_rules) network.reject_rules = change.put_reject_rules->rules;
  state.network.Put({}, std::move(network));
}

std::optional<Amount> SafetyFor(const Network& network, const NetworkPlace& place, const SkuId& sku,
                                const std::vector<std::string>& classes,
                                const LocationId& location) {
  const SafetyRule* rule = LastThatFits(network.safety_rules, [&](const SafetyRule& known) {
    return known.places.Has(location, place.groups) && known.skus.Has(sku, classes);
  });
  return rule != nullptr ? std::optional(rule->quantity) : std::nullopt;
}

std::optional<Amount> ThresholdFor(const Network& network, const SkuId& sku,
                                   const std::vector<std::string>& classes, const GroupId& group) {
  const NetworkThreshold* rule =
      LastThatFits(network.thresholds, [&](const NetworkThreshold& known) {
        return known.group == group && known.skus.Has(sku, classes);
      });
  return rule != nullptr ? std::optional(rule->quantity) : std::nullopt;
}

const ExposureRule* ExposureFor(const ChannelExposure& channel, const NetworkPlace& place,
                                const SkuId& sku, const std::vector<std::string>& classes,
                                const LocationId& location) {
  return LastThatFits(channel.rules, [&](const ExposureRule& known) {
    return known.places.Has(location, place.groups) && known.skus.Has(sku, classes);
  });
}

}  // namespace omo::inventory
