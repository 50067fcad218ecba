// What places are short of and what their quotas give up when rules or the network change: as much
// of it as one record holds.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "services/inventory/domain/stock/foresight.h"

namespace omo::inventory {

// Collects it, some places of one SKU at a time. Quotas give way first, and never a promise.
class Shortages {
 public:
  // Whose units are missing is looked up in `state`, which outlives this.
  explicit Shortages(const StockState& state);

  // Finds what more is missing at the places `then` than `before`, and lets quotas give way `then`.
  // Returns how many of the places are done: fewer where the record is full.
  std::size_t Look(std::span<const FiguresKey> places, const Foresight& before, Foresight& then) {
    return LookAt(places, &before, then);
  }
  // The same where a change was told in part: all that is missing at the places, none of it new.
  std::size_t LookAgain(std::span<const FiguresKey> places, Foresight& then) {
    return LookAt(places, nullptr, then);
  }

  // Something was left out: nothing more is collected.
  bool IsFull() const;
  // What was looked at: groups are summed over their members.
  std::size_t work() const { return work_; }
  void MoveTo(std::vector<Consequence>& consequences);

 private:
  // `before`: null where all that is missing counts.
  std::size_t LookAt(std::span<const FiguresKey> places, const Foresight* before, Foresight& then);
  std::size_t WorkAt(const FiguresKey& key, const Foresight& then) const;
  // false: not all of what they give up found room.
  bool CutQuotas(std::span<const FiguresKey> places, Foresight& then);
  bool Fits(const SkuId& sku, const LocationId& place, std::size_t more = 0);
  void AddShortfall(const FiguresKey& key, Quantity more, Quantity total);

  const StockState& state_;
  std::vector<Consequence> found_;
  std::size_t bytes_ = 0;
  std::size_t bytes_of_ids_ = 0;
  std::size_t work_ = 0;
  Naming naming_;
};

}  // namespace omo::inventory
