#include <algorithm>

#include "services/inventory/domain/deciders/rules.h"
#include "services/inventory/domain/lists.h"
#include "services/inventory/domain/network/check_change.h"
#include "services/inventory/domain/stock/what_if.h"

namespace omo::inventory {

namespace {

constexpr std::size_t kGroupsMax = 1'000;
constexpr int kDepthMax = 10;
constexpr std::size_t kGroupsOfLocationMax = 50;
// Each may promise kFigureMax on supply: their sum stays a number.
constexpr std::size_t kMembersMax = 9'000;
// Each is asked at each change of a SKU that it watches.
constexpr std::size_t kWatchesMax = 100;

StockRefusal RefusalOf(ChangeFaultKind kind) {
  switch (kind) {
    case ChangeFaultKind::kBadName:
      return StockRefusal::kBadName;
    case ChangeFaultKind::kBadScale:
      return StockRefusal::kBadScale;
    case ChangeFaultKind::kBadQuantity:
      return StockRefusal::kBadQuantity;
    case ChangeFaultKind::kRuleOverNothing:
      return StockRefusal::kRuleOverNothing;
    case ChangeFaultKind::kBadRule:
      break;
  }
  return StockRefusal::kBadRule;
}

// Whether a change fits the network that there is: what it names is there, what it ends is not
// used.
class Fit {
 public:
  explicit Fit(const NetworkState& network) : network_(network) {}

  InTheWay Check(const NetworkChange& change) {
    const auto check = [&](const auto& part) {
      if (part) Part(*part);
    };
    std::apply([&](const auto&... part) { (check(part), ...); }, NetworkChange::Fields(change));
    return std::move(first_);
  }

 private:
  void No(StockRefusal reason) { KeepFirst(first_, StockDecision(reason)); }
  bool IsThere(const GroupId& id) const { return network_.groups.Find(id) != nullptr; }
  void RequireGroup(const GroupId& id) {
    if (IsThere(id)) return;
    KeepFirst(first_, StockDecision(StockRefusal::kGroupNotFound, {{"group", id.value}}));
  }
  void RequireGroups(const std::vector<GroupId>& ids) {
    for (const GroupId& id : ids) RequireGroup(id);
  }

  // How many layers of groups there are from `group` down; kDepthMax where it comes upon `self`.
  int Depth(const GroupId& self, const LocationGroup& group) const {
    int depth = 1;
    for (std::vector<GroupId> layer = group.groups; !layer.empty(); ++depth) {
      if (depth == kDepthMax || Contains(layer, self)) return kDepthMax;
      std::vector<GroupId> below;
      for (const GroupId& id : layer) {
        const Group* inner = network_.groups.Find(id);
        if (inner == nullptr) continue;
        below.insert(below.end(), inner->group.groups.begin(), inner->group.groups.end());
      }
      SortUnique(below);
      layer = std::move(below);
    }
    return depth;
  }
  // How many layers of groups stand above `id`.
  int Height(const GroupId& id) const {
    int height = 0;
    std::vector<GroupId> layer = GroupsAround(network_, {id});
    for (; !layer.empty() && height < kDepthMax; ++height) layer = GroupsAround(network_, layer);
    return height;
  }
  // Each group of a location is a row to write with each of its movements.
  void RequireFewGroups(const PutGroup& part) {
    std::vector<GroupId> more = GroupsAbove(network_, part.id);
    more.push_back(part.id);
    for (const LocationId& location : MembersOf(network_, part.group)) {
      std::vector<GroupId> groups = network_.places.Get(location).groups;
      groups.insert(groups.end(), more.begin(), more.end());
      SortUnique(groups);
      if (groups.size() <= kGroupsOfLocationMax) continue;
      return KeepFirst(first_,
                       StockDecision(StockRefusal::kTooManyGroups, {{"location", location.value}}));
    }
  }

  void RequireFewMembers(const PutGroup& part) {
    const auto require = [&](const GroupId& id, const std::vector<LocationId>& members) {
      if (members.size() <= kMembersMax) return;
      KeepFirst(first_, StockDecision(StockRefusal::kTooManyGroups, {{"group", id.value}}));
    };
    const std::vector<LocationId> members = MembersOf(network_, part.group);
    if (first_ || members.empty()) return;
    require(part.id, members);
    for (const GroupId& id : GroupsAbove(network_, part.id)) {
      std::vector<LocationId> all = network_.groups.Get(id).members;
      all.insert(all.end(), members.begin(), members.end());
      SortUnique(all);
      require(id, all);
    }
  }

  void Part(const PutGroup& part) {
    const GroupList list = network_.group_list.Get({});
    if (list.ids.size() >= kGroupsMax && !IsThere(part.id)) No(StockRefusal::kTooManyGroups);
    if (Depth(part.id, part.group) + Height(part.id) >= kDepthMax) {
      return No(StockRefusal::kGroupInItself);
    }
    RequireGroups(part.group.groups);
    RequireFewGroups(part);
    RequireFewMembers(part);
  }
  void Part(const RemoveGroup& part) {
    RequireGroup(part.id);
    if (IsUsed(part.id)) No(StockRefusal::kGroupInUse);
  }
  bool IsUsed(const GroupId& id) const {
    const Network network = network_.network.Get({});
    const auto names = [&](const auto& rule) { return Contains(rule.places.groups, id); };
    const auto watches = [&](const StockWatch& watch) { return watch.place == PlaceOf(id); };
    const auto offers = [&](const ChannelExposure& channel) {
      return channel.sells_from == id ||
             std::any_of(channel.rules.begin(), channel.rules.end(), names) ||
             std::any_of(channel.watches.begin(), channel.watches.end(), watches);
    };
    const auto limits = [&](const NetworkThreshold& rule) { return rule.group == id; };
    return std::any_of(network.safety_rules.begin(), network.safety_rules.end(), names) ||
           std::any_of(network.thresholds.begin(), network.thresholds.end(), limits) ||
           std::any_of(network.channels.begin(), network.channels.end(), offers) ||
           !GroupsAround(network_, {id}).empty();
  }
  void Part(const PutSafetyRules& part) {
    for (const SafetyRule& rule : part.rules) RequireGroups(rule.places.groups);
    for (const NetworkThreshold& rule : part.thresholds) RequireGroup(rule.group);
  }
  void Part(const ChannelExposure& part) {
    if (!part.sells_from.value.empty()) RequireGroup(part.sells_from);
    for (const ExposureRule& rule : part.rules) RequireGroups(rule.places.groups);
    for (const StockWatch& watch : part.watches) {
      if (IsGroup(watch.place)) RequireGroup(GroupAt(watch.place));
    }
    const std::size_t others = network_.network.Get({}).WatchesBut(part.channel);
    if (others + part.watches.size() > kWatchesMax) No(StockRefusal::kTooManyWatches);
  }
  void Part(const RemoveChannel& part) {
    const Network network = network_.network.Get({});
    if (network.Channel(part.channel) == nullptr) No(StockRefusal::kChannelNotFound);
  }
  void Part(const auto&) {}  // Names nothing of the network's.

  const NetworkState& network_;
  InTheWay first_;
};

bool StandsAlready(const NetworkState& state, const NetworkChange& change) {
  const Network network = state.network.Get({});
  if (change.put_group) {
    const Group* known = state.groups.Find(change.put_group->id);
    return known != nullptr && known->group == change.put_group->group;
  }
  if (change.pause_location) {
    const NetworkPlace place = state.places.Get(change.pause_location->location);
    return place.paused == change.pause_location->paused &&
           place.reason == change.pause_location->reason;
  }
  if (change.put_methods) return network.methods == *change.put_methods;
  if (change.put_safety_rules) {
    return network.safety_rules == change.put_safety_rules->rules &&
           network.thresholds == change.put_safety_rules->thresholds;
  }
  if (change.put_channel) {
    const ChannelExposure* known = network.Channel(change.put_channel->channel);
    return known != nullptr && *known == *change.put_channel;
  }
  if (change.put_reject_rules) return network.reject_rules == change.put_reject_rules->rules;
  return false;  // What is removed was there.
}

}  // namespace

StockDecision Decide(const StockState& state, const ChangeNetwork& command, Time) {
  NetworkChanged event{.change = command.change};
  if (const auto fault = Tidy(event.change)) {
    return {RefusalOf(fault->kind), {{"field", "change." + fault->field}}};
  }
  if (auto no = Fit(state.network).Check(event.change)) return *no;
  if (StandsAlready(state.network, event.change)) return {};
  const std::int64_t version = state.network.network.Get({}).version;
  if (command.expected_version != 0 && command.expected_version != version) {
    return {StockRefusal::kNetworkChanged, {{"version", std::to_string(version)}}};
  }
  event.version = version + 1;
  event.consequences = ConsequencesOf(state, event);
  return event;
}

StockDecision Decide(const StockState& state, const ApplyNetworkChange& command, Time) {
  const std::int64_t version = state.network.network.Get({}).version;
  if (command.version <= version) return {};
  if (command.version != version + 1) {
    return {StockRefusal::kNetworkBehind, {{"version", std::to_string(version)}}};
  }
  NetworkApplied event{.version = command.version, .change = command.change};
  event.consequences = ConsequencesOf(state, event);
  return event;
}

}  // namespace omo::inventory
