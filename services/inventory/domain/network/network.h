// The network: which locations there are together, what they may be used for, and the rules that
// hold over many SKUs and places. Decided at one key; every shard then takes each change in as an
// event of its own, in order, so that no figure of a shard rests on two versions.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "libs/core/table.h"
#include "libs/core/types.h"
#include "services/inventory/domain/ids.h"
#include "services/inventory/domain/network/network_change.h"

namespace omo::inventory {

// The rules that stand, as of one version. One row.
struct NetworkKey {
  auto operator<=>(const NetworkKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto&) { return std::tuple<>(); }
};
struct Network {
  std::int64_t version = 0;       // How many changes there were.
  std::int64_t sums_version = 0;  // Of the last one that a group's sums depend on.
  MethodSwitches methods{};       // Where nothing nearer says otherwise; not said: on.
  std::vector<SafetyRule> safety_rules{};
  std::vector<NetworkThreshold> thresholds{};
  std::vector<ChannelExposure> channels{};
  std::vector<RejectRule> reject_rules{};

  const ChannelExposure* Channel(const ChannelId& channel) const;
  bool IsWatched() const;
  // How many watches there are, of all channels but one.
  std::size_t WatchesBut(const ChannelId& channel) const;
  bool operator==(const Network&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.version, self.sums_version, self.methods, self.safety_rules,
                    self.thresholds, self.channels, self.reject_rules);
  }
};

struct Group {
  LocationGroup group{};
  std::vector<LocationId> members{};  // Its own and its groups', each once, in order.
  bool operator==(const Group&) const = default;
  static auto Fields(auto& self) { return std::tie(self.group, self.members); }
};

// What the network knows of a location.
struct NetworkPlace {
  bool paused = false;
  std::string reason{};
  std::vector<GroupId> groups{};  // Which it is a member of, through others too; in order.
  bool operator==(const NetworkPlace&) const = default;
  static auto Fields(auto& self) { return std::tie(self.paused, self.reason, self.groups); }
};

// Which groups there are: all ids in one row, as a change can touch any of them.
struct GroupList {
  std::vector<GroupId> ids{};  // In order.
  bool operator==(const GroupList&) const = default;
  static auto Fields(auto& self) { return std::tie(self.ids); }
};

// The rows of the network in one shard; they outlive this. `changes` is kept by the network's own
// shard only: what the others have yet to take in.
struct NetworkState {
  Table<NetworkKey, Network>& network;
  Table<NetworkKey, GroupList>& group_list;
  Table<GroupId, Group>& groups;
  Table<LocationId, NetworkPlace>& places;
  Table<std::int64_t, NetworkChange>& changes;
};

// The key at which the network is decided.
inline constexpr char kNetworkKey[] = "network";

// The rows as they are behind a change, in the shard that decides it and in those that take it in.
void Apply(NetworkState& state, std::int64_t version, const NetworkChange& change);

// The locations of `group` and of all groups within it, each once, in order.
std::vector<LocationId> MembersOf(const NetworkState& state, const LocationGroup& group);

// The groups that one of `ids` (in order) stands in, itself and not through another; in order.
std::vector<GroupId> GroupsAround(const NetworkState& state, const std::vector<GroupId>& ids);
// All groups that `id` is in, through others too; in order, without itself.
std::vector<GroupId> GroupsAbove(const NetworkState& state, const GroupId& id);

// --- What stands for one SKU at one place.

// The last rule that fits; nullopt: none does. `classes` are the SKU's.
std::optional<Amount> SafetyFor(const Network& network, const NetworkPlace& place, const SkuId& sku,
                                const std::vector<std::string>& classes,
                                const LocationId& location);
std::optional<Amount> ThresholdFor(const Network& network, const SkuId& sku,
                                   const std::vector<std::string>& classes, const GroupId& group);
const ExposureRule* ExposureFor(const ChannelExposure& channel, const NetworkPlace& place,
                                const SkuId& sku, const std::vector<std::string>& classes,
                                const LocationId& location);

}  // namespace omo::inventory
