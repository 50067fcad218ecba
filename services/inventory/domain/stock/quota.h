// Units of a SKU that are kept at a place for some: a channel's share of a sale, a segment's stock.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "libs/core/types.h"
#include "services/inventory/domain/ids.h"
#include "services/inventory/domain/network/network_change.h"

namespace omo::inventory {

// For whom, and how it is to reach him.
struct Demand {
  ChannelId channel{};
  SegmentId segment{};
  Method method = Method::kUnspecified;
};

// Demands of this channel and of this segment; an empty one is any.
struct QuotaOwner {
  ChannelId channel{};
  SegmentId segment{};

  bool IsOf(const Demand& demand) const {
    return (channel.value.empty() || channel == demand.channel) &&
           (segment.value.empty() || segment == demand.segment);
  }
  bool IsEverybody() const { return channel.value.empty() && segment.value.empty(); }
  bool operator==(const QuotaOwner&) const = default;
  static auto Fields(auto& self) { return std::tie(self.channel, self.segment); }
};

struct Quota {
  QuotaId id{};
  QuotaOwner owner{};
  Quantity left = 0;                   // In the SKU's smallest unit.
  Time ends_at{};                      // Zero: until it is set otherwise.
  bool borrows = false;                // Its owner may also take what is available to all.
  std::vector<QuotaOwner> lends_to{};  // Who may take of it when nothing is available to all.
  Time made_at{};  // What was drawn of an earlier one of this id is not this one's.

  bool LendsTo(const Demand& demand) const;
  bool operator==(const Quota&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.id, self.owner, self.left, self.ends_at, self.borrows, self.lends_to,
                    self.made_at);
  }
};

// All of one SKU at one place, by id. One row; figures.quota is their sum.
struct PlaceQuotas {
  std::vector<Quota> quotas{};

  const Quota* Find(const QuotaId& id) const;
  // Replaces the one of that id; without `left` there is none any more.
  void Put(const Quota& quota);
  // `quantity`, signed, comes to a quota that is there.
  void Change(const QuotaId& id, Quantity quantity);
  bool operator==(const PlaceQuotas&) const = default;
  static auto Fields(auto& self) { return std::tie(self.quotas); }
};

// What a demand may take there: of its own, and of what others lend; and whether it may take what
// is available to all.
struct QuotaShare {
  Quantity own = 0;
  Quantity lent = 0;
  bool borrows = true;  // Who has no quota takes what is available to all.
};
QuotaShare ShareOf(const PlaceQuotas& there, const Demand& demand);

// So much of one quota.
struct QuotaPart {
  QuotaId id{};
  Quantity quantity = 0;
};
// Where `wanted` units come from: of its own quotas first, those that end soonest; then `common`
// units that are available to all; then of those that lend. Without the common part.
std::vector<QuotaPart> Draw(const PlaceQuotas& there, const Demand& demand, Quantity common,
                            Quantity wanted);
// Which quotas give way, by `excess` in all: the last by id first.
std::vector<QuotaPart> Cut(const PlaceQuotas& there, Quantity excess);

}  // namespace omo::inventory
