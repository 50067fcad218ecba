// What the rows say of groups, found out once and good as long as they stand still: whoever asks of
// many places of a SKU asks the same of the groups around each of them. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "services/inventory/domain/stock/terms.h"

namespace omo::inventory {

// What of a location counts for promises at groups: what may be promised there, or what is there.
enum class RoomBasis { kPromise, kPresence };

class GroupLookups {
 public:
  // `state` outlives this and does not change meanwhile.
  explicit GroupLookups(const StockState& state) : state_(state) {}

  // As SumOver.
  const GroupSum& SumOf(const SkuId& sku, const GroupId& group);
  // Whether every member of `inner` is one of `outer`; whether no location is in both.
  bool IsWithin(const GroupId& inner, const GroupId& outer);
  bool AreApart(const GroupId& one, const GroupId& other);
  // None for a group that there is not.
  const std::vector<LocationId>& MembersOf(const GroupId& group) const;

  // A choice among promises at groups: bit i for the i-th.
  using Choice = std::uint32_t;
  // How many units there are where just these of the promises can be served.
  using Capacities = std::map<Choice, Quantity>;
  struct RoomKey {
    SkuId sku;
    RoomBasis basis = RoomBasis::kPromise;
    std::vector<std::pair<GroupId, Method>> promises;
    auto operator<=>(const RoomKey&) const = default;  // NOLINT(modernize-use-nullptr)
  };
  // By the rows, as `make()` finds them when they are asked for first.
  const Capacities& CapacitiesOf(RoomKey key, auto make) {
    const auto [found, first] = capacities_.try_emplace(std::move(key));
    if (first) found->second = make();
    return found->second;
  }

 private:
  const StockState& state_;
  std::map<std::pair<SkuId, GroupId>, GroupSum> sums_;
  std::map<std::pair<GroupId, GroupId>, bool> within_;
  std::map<std::pair<GroupId, GroupId>, bool> apart_;
  std::map<RoomKey, Capacities> capacities_;
};

}  // namespace omo::inventory
