// How much of a SKU the promises kept at groups leave over. A group's promise can be met by any of
// its members, and groups share members: what is left at a place is what no choice of promises
// needs there.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "services/inventory/domain/stock/foresight.h"

namespace omo::inventory {

class GroupRoom {
 public:
  // What counts of each member: what may be promised there, or what is there.
  enum class Basis { kPromise, kPresence };

  // `holds`: all that is kept at groups. `then` outlives this.
  GroupRoom(const Foresight& then, const SkuId& sku, std::vector<GroupHold> holds, Basis basis)
      : then_(then), sku_(sku), holds_(std::move(holds)), basis_(basis) {}

  // How many units may still be given by `method` at `target`, a location or a group; never below
  // zero, kFigureMax where no promise at a group is concerned.
  Quantity LeftFor(const LocationId& target, Method method);

 private:
  // Groups of which each stands in the other, or apart from it.
  bool AreNested() const;
  Quantity LeftByNesting(const LocationId& target) const;
  Quantity LeftByAnyChoice(const LocationId& target, Method method) const;
  bool Within(const GroupId& inner, const GroupId& outer) const;
  Quantity RoomOf(const GroupSum& sum) const {
    return basis_ == Basis::kPromise ? sum.promisable : sum.free;
  }
  // Bit i for holds_[i].
  using Choice = std::uint32_t;
  Choice ServedBy(const LocationId& location) const;

  const Foresight& then_;
  const SkuId& sku_;
  std::vector<GroupHold> holds_;
  const Basis basis_;
};

}  // namespace omo::inventory
