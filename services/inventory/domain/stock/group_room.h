// How much of a SKU the promises kept at groups leave over. A group's promise can be met by any of
// its members, and groups share members: what is left at a place is what no choice of promises
// needs there.
#pragma once

#include <utility>
#include <vector>

#include "services/inventory/domain/stock/foresight.h"

namespace omo::inventory {

class GroupRoom {
 public:
  // `holds`: all that is kept at groups. `then` outlives this.
  GroupRoom(const Foresight& then, const SkuId& sku, std::vector<GroupHold> holds, RoomBasis basis)
      : then_(then), sku_(sku), holds_(std::move(holds)), basis_(basis) {}

  // How many units may still be given by `method` at `target`, a location or a group; never below
  // zero, kFigureMax where no promise at a group is concerned.
  Quantity LeftFor(const LocationId& target, Method method);
  // Of holds at each group once, the smaller groups first, by no method: how many units of the
  // first one nobody can give, of the first two, and so on to all.
  std::vector<Quantity> Lacks() const;

 private:
  // Groups of which each stands in the other, or apart from it.
  bool AreNested() const;
  // They are, and each counts all that it holds: a rule for the SKU may leave it out of some.
  bool AreNestedInRows() const;
  std::vector<Quantity> LacksByNesting() const;
  std::vector<Quantity> LacksByAnyChoice() const;
  Quantity LeftByNesting(const LocationId& target) const;
  Quantity LeftByAnyChoice(const LocationId& target, Method method) const;
  Quantity RoomOf(const GroupSum& sum) const {
    return basis_ == RoomBasis::kPromise ? sum.promisable : sum.free;
  }
  // Of holds_.
  using Choice = GroupLookups::Choice;
  Choice ServedBy(const LocationId& location) const;
  // How much more there is than is kept for the promises of a choice.
  Quantity RoomFor(Choice chosen, const GroupLookups::Capacities& capacities) const;
  // What the rows have, and what there is by now.
  const GroupLookups::Capacities& CapacitiesBefore() const;
  GroupLookups::Capacities Capacities() const;

  const Foresight& then_;
  const SkuId& sku_;
  std::vector<GroupHold> holds_;
  const RoomBasis basis_;
};

}  // namespace omo::inventory
