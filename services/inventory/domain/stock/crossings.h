// Which watches of the network are told, because an event moves a SKU across a mark of theirs.
#pragma once

#include <cstddef>
#include <vector>

#include "services/inventory/domain/stock/foresight.h"

namespace omo::inventory {

// Collects them, SKU by SKU. A SKU that no watch is for costs nothing but its rules.
class Crossings {
 public:
  // The watches, and the levels that were told last, are those of `state`, which outlives this.
  explicit Crossings(const StockState& state);

  // Looks at one SKU. Where nobody has before, its watches begin with how it stood `before`.
  void Look(const SkuId& sku, const Foresight& before, const Foresight& after);
  // The levels of watches that are not for this SKU any more are forgotten.
  void Forget(const SkuId& sku);
  // What was looked at: groups are summed over their members.
  std::size_t work() const { return work_; }
  // More than a record should hold beside its lines: nothing more is collected.
  bool IsFull() const;
  // Where that was too much to hold, with a word of it.
  void MoveTo(std::vector<Consequence>& consequences);

 private:
  template <class Part>
  void Add(const Part& part);

  const StockState& state_;
  const Network* const network_;
  std::vector<Consequence> found_;
  std::size_t bytes_ = 0;
  std::size_t work_ = 0;
  bool left_out_ = false;
};

// Whether there is any watch at all: one look at the network's row.
bool IsWatched(const StockState& state);

// Adds whom the event that is posted to `then` makes cross a mark.
void AddCrossings(const Foresight& then, std::vector<Consequence>& consequences);

}  // namespace omo::inventory
