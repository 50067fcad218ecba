// One change of the network, and the values that it is made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "libs/core/amount.h"
#include "services/inventory/domain/ids.h"

namespace omo::inventory {

// How goods reach their buyer. Numbers are stored: they are for ever.
enum class Method : std::int32_t {
  kUnspecified = 0,  // Any.
  kInStore = 1,
  kPickUp = 2,
  kShip = 3,
  kSameCity = 4,
};

// On, off, or not said here: then the next wider word holds.
struct MethodSwitches {
  std::optional<bool> in_store{};
  std::optional<bool> pick_up{};
  std::optional<bool> ship{};
  std::optional<bool> same_city{};

  std::optional<bool> On(Method method) const;
  bool operator==(const MethodSwitches&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.in_store, self.pick_up, self.ship, self.same_city);
  }
};

// Locations, and groups with all that is in them.
struct LocationGroup {
  std::string name{};
  std::vector<LocationId> locations{};
  std::vector<GroupId> groups{};
  bool operator==(const LocationGroup&) const = default;
  static auto Fields(auto& self) { return std::tie(self.name, self.locations, self.groups); }
};

// Which SKUs a rule is for: all, or those named or of a named class.
struct SkuSet {
  bool all = false;
  std::vector<SkuId> skus{};
  std::vector<std::string> classes{};

  bool Has(const SkuId& sku, const std::vector<std::string>& classes_of_sku) const;
  bool IsEmpty() const { return !all && skus.empty() && classes.empty(); }
  bool operator==(const SkuSet&) const = default;
  static auto Fields(auto& self) { return std::tie(self.all, self.skus, self.classes); }
};

// Which places a rule is for: all, or those named or in a named group.
struct PlaceSet {
  bool all = false;
  std::vector<LocationId> locations{};
  std::vector<GroupId> groups{};

  bool Has(const LocationId& location, const std::vector<GroupId>& groups_of_location) const;
  bool IsEmpty() const { return !all && locations.empty() && groups.empty(); }
  bool operator==(const PlaceSet&) const = default;
  static auto Fields(auto& self) { return std::tie(self.all, self.locations, self.groups); }
};

// So much of each SKU is not promised at each place. Of the rules that fit, the last one holds.
struct SafetyRule {
  SkuSet skus{};
  PlaceSet places{};
  Amount quantity{};  // Not negative; rounded up where a SKU is counted more coarsely.
  bool operator==(const SafetyRule&) const = default;
  static auto Fields(auto& self) { return std::tie(self.skus, self.places, self.quantity); }
};

// So much of each SKU is not promised over a whole group. Of those that fit, the last one holds.
struct NetworkThreshold {
  SkuSet skus{};
  GroupId group{};
  Amount quantity{};  // As a safety rule's.
  bool operator==(const NetworkThreshold&) const = default;
  static auto Fields(auto& self) { return std::tie(self.skus, self.group, self.quantity); }
};

// What a channel gets of what is free. Of the rules that fit, the last one holds.
struct ExposureRule {
  SkuSet skus{};
  PlaceSet places{};
  bool excluded = false;
  Amount buffer{};                    // Units that it does not get,
  std::int32_t buffer_percent = 0;    // and so much of a hundred, rounded up;
  std::int32_t share_percent = 100;   // of the rest so much of a hundred, rounded down.
  std::optional<Amount> shown_max{};  // It is never told of more; it may still be promised more.
  bool operator==(const ExposureRule&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.skus, self.places, self.excluded, self.buffer, self.buffer_percent,
                    self.share_percent, self.shown_max);
  }
};

// How a channel is told of figures.
struct Display {
  bool band = false;  // In stock, low or out, rather than a number.
  Amount low{};       // Up to this it is low.
  bool operator==(const Display&) const = default;
  static auto Fields(auto& self) { return std::tie(self.band, self.low); }
};

// Tells when what the channel can be promised of a SKU falls low, runs out and comes back.
struct StockWatch {
  std::string id{};  // Of the channel's watches.
  Method method = Method::kUnspecified;
  LocationId place{};  // Or a group's; empty: the group that the channel sells from.
  SkuSet skus{};
  Amount low_at{};   // Low up to this, rounded down where a SKU is counted more
                     // coarsely.
  Amount back_at{};  // In stock again from this on, rounded up; more than low_at.
  bool operator==(const StockWatch&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.id, self.method, self.place, self.skus, self.low_at, self.back_at);
  }
};

struct ChannelExposure {
  ChannelId channel{};
  GroupId sells_from{};  // Empty: every location.
  std::vector<ExposureRule> rules{};
  Display display{};
  std::vector<StockWatch> watches{};  // In the order of their ids.

  LocationId PlaceOf(const StockWatch& watch) const {
    return watch.place.value.empty() ? inventory::PlaceOf(sells_from) : watch.place;
  }
  bool operator==(const ChannelExposure&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.channel, self.sells_from, self.rules, self.display, self.watches);
  }
};

// What a rejection does to stock, besides giving the reservation's units up. Numbers are stored.
enum class RejectEffect : std::int32_t {
  kUnspecified = 0,
  kNothing = 1,
  kNoneThere = 2,   // Nothing is there: on_hand becomes 0.
  kFewerThere = 3,  // on_hand falls by what was rejected.
  kDamaged = 4,     // What was rejected is damaged: there, but not for sale.
  kDisplay = 5,     // It is worn or on display: there, but not for sale.
};
struct RejectRule {
  std::string reason{};
  RejectEffect effect = RejectEffect::kUnspecified;
  bool operator==(const RejectRule&) const = default;
  static auto Fields(auto& self) { return std::tie(self.reason, self.effect); }
};

// --- The changes. Each replaces what stood before under its name.

struct PutGroup {
  GroupId id{};
  LocationGroup group{};
  bool operator==(const PutGroup&) const = default;
  static auto Fields(auto& self) { return std::tie(self.id, self.group); }
};
struct RemoveGroup {
  GroupId id{};
  bool operator==(const RemoveGroup&) const = default;
  static auto Fields(auto& self) { return std::tie(self.id); }
};
// Nothing is promised there for a time: the store is closed, stock is taken.
struct PauseLocation {
  LocationId location{};
  bool paused = false;  // False: the pause is over.
  std::string reason{};
  bool operator==(const PauseLocation&) const = default;
  static auto Fields(auto& self) { return std::tie(self.location, self.paused, self.reason); }
};
struct PutSafetyRules {
  std::vector<SafetyRule> rules{};
  std::vector<NetworkThreshold> thresholds{};
  bool operator==(const PutSafetyRules&) const = default;
  static auto Fields(auto& self) { return std::tie(self.rules, self.thresholds); }
};
struct RemoveChannel {
  ChannelId channel{};
  bool operator==(const RemoveChannel&) const = default;
  static auto Fields(auto& self) { return std::tie(self.channel); }
};
struct PutRejectRules {
  std::vector<RejectRule> rules{};
  bool operator==(const PutRejectRules&) const = default;
  static auto Fields(auto& self) { return std::tie(self.rules); }
};

// Exactly one of them.
struct NetworkChange {
  std::optional<PutGroup> put_group{};
  std::optional<RemoveGroup> remove_group{};
  std::optional<PauseLocation> pause_location{};
  std::optional<MethodSwitches> put_methods{};
  std::optional<PutSafetyRules> put_safety_rules{};
  std::optional<ChannelExposure> put_channel{};
  std::optional<RemoveChannel> remove_channel{};
  std::optional<PutRejectRules> put_reject_rules{};
  bool operator==(const NetworkChange&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.put_group, self.remove_group, self.pause_location, self.put_methods,
                    self.put_safety_rules, self.put_channel, self.remove_channel,
                    self.put_reject_rules);
  }
};

}  // namespace omo::inventory
