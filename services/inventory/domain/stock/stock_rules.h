// What is kept to for one SKU: everywhere, and at single places.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "services/inventory/domain/ids.h"
#include "services/inventory/domain/network/network_change.h"
#include "services/inventory/domain/stock/figures.h"

namespace omo::inventory {

// Whether more may be promised than there is. Numbers are stored: they are for ever.
enum class BackorderKind : std::int32_t {
  kUnspecified = 0,
  kForbidden = 1,
  kLimited = 2,  // Available may fall to minus `limit`, and never below.
  kUnlimited = 3,
  kRestockable = 4,  // Without a limit; more comes within `restock_days`.
};
struct Backorder {
  BackorderKind kind = BackorderKind::kForbidden;
  Quantity limit = 0;
  std::int32_t restock_days = 0;

  // How far available may fall below zero by promises.
  Quantity Allowed() const;
  bool operator==(const Backorder&) const = default;
  static auto Fields(auto& self) { return std::tie(self.kind, self.limit, self.restock_days); }
};

// What is not said here is said by the next wider word: place, SKU, network. Quantities are in the
// SKU's smallest unit, whose scale is then fixed.
struct StockRules {
  std::optional<Quantity> safety{};  // Not promised.
  std::optional<Backorder> backorder{};
  MethodSwitches methods{};
  std::optional<Quantity> line_min{};  // Of one line of a reservation.
  std::optional<Quantity> line_max{};
  std::vector<GroupId> excluded_from{};  // Groups that do not count this; in order.
  std::vector<std::string> classes{};    // Of the SKU, for rules over classes; in order.

  bool operator==(const StockRules&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.safety, self.backorder, self.methods, self.line_min, self.line_max,
                    self.excluded_from, self.classes);
  }
};

// Units that are kept at a group for one method of delivery.
struct GroupHold {
  GroupId group{};
  Method method = Method::kUnspecified;
  Quantity held = 0;
  bool operator==(const GroupHold&) const = default;
  static auto Fields(auto& self) { return std::tie(self.group, self.method, self.held); }
};

// The entry of `group` and `method`, at the end of the list if there was none.
GroupHold& HoldFor(std::vector<GroupHold>& holds, const GroupId& group, Method method);

struct SkuRules {
  StockRules rules{};
  std::int64_t version = 0;  // Of the rules, here and at any place: sums over groups depend on it.
  bool at_places = false;    // There are, or were, rules of single places,
  bool differs_at_places = false;        // and such by which they serve other methods or groups.
  std::vector<GroupHold> group_holds{};  // Those above zero; a quota's are of no method.
  bool has_quotas = false;               // There are, or were, quotas of it.
  bool operator==(const SkuRules&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.rules, self.version, self.at_places, self.differs_at_places,
                    self.group_holds, self.has_quotas);
  }
};

// The rules of one SKU at one place: a row of its own, so that figures stay small.
struct PlaceRules {
  StockRules rules{};
  bool operator==(const PlaceRules&) const = default;
  static auto Fields(auto& self) { return std::tie(self.rules); }
};

// One SKU in one group: what a sum over the group's members was behind the last change of any.
struct GroupSumKey {
  SkuId sku{};
  GroupId group{};
  auto operator<=>(const GroupSumKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.sku, self.group); }
};
struct GroupSum {
  std::int64_t network_version = -1;  // Network::sums_version and
  std::int64_t rules_version = -1;    // SkuRules::version that it rests on: else it is made anew.
  Figures figures{};
  Quantity free = 0;        // Of each member what is available or may be promised on supply.
  Quantity promisable = 0;  // The same without safety stock and without paused members.
  bool operator==(const GroupSum&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.network_version, self.rules_version, self.figures, self.free,
                    self.promisable);
  }
};

// The SKUs of which units are kept at a group: who is concerned when its members change.
struct GroupSkuKey {
  GroupId group{};
  SkuId sku{};
  auto operator<=>(const GroupSkuKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.group, self.sku); }
};
struct GroupSku {
  bool operator==(const GroupSku&) const = default;
  static auto Fields(auto&) { return std::tuple<>(); }
};

}  // namespace omo::inventory
