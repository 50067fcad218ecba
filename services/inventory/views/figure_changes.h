// The last changes of figures of one shard, event by event: what watchers are told from. In memory
// only and bounded; it begins where the rows stood when they were opened.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "services/inventory/domain/inventory.h"

namespace omo::inventory {

struct ChangedFigures {
  SkuId sku;
  LocationId location;  // Or a group's place.
  std::int32_t scale = 0;
  Figures after;
};
// What one event changed; at least one line.
struct FigureChange {
  Position position;
  Time recorded_at{};
  std::vector<ChangedFigures> lines;
};
using FigureChangeList = std::vector<std::shared_ptr<const FigureChange>>;

// Wakes one thread. Thread-safe; ringing costs a load while nobody listens.
class Bell {
 public:
  void Ring();
  // Returns when it was rung since the last wait, or at `limit`.
  void Wait(Duration limit);
  void Listen(bool listening) { listening_ = listening; }

 private:
  std::atomic<bool> listening_ = false;
  std::atomic<bool> rung_ = false;
  std::mutex mutex_;
  std::condition_variable woken_;
};

class FigureChanges {
 public:
  static constexpr std::size_t kLinesMax = 16'384;  // About 4 MB of a shard at most.

  // `begins_behind`: the last record that the rows hold already.
  FigureChanges(Offset begins_behind, std::size_t lines_max);
  // Rings: whoever watches sees that these rows are gone.
  ~FigureChanges();
  FigureChanges(const FigureChanges&) = delete;
  FigureChanges& operator=(const FigureChanges&) = delete;

  // The loop's thread: a confirmed event.
  void Project(const InventoryEvent& event, const Position& position, Time stamp);

  // --- Any thread; waits for nothing but a moment's lock.

  // Appends up to `max` changes behind `after`, oldest first. False: some of them are not here.
  bool Read(Offset after, std::size_t max, FigureChangeList& changes) const;
  // All changes behind this one are here.
  Offset begins_behind() const;
  // Of the last change.
  Offset newest() const { return newest_; }
  // Is rung at each change from here on.
  void Call(const std::shared_ptr<Bell>& bell);

 private:
  const std::size_t lines_max_;
  std::atomic<Offset> newest_ = kNoOffset;
  mutable std::mutex mutex_;
  Offset begins_behind_;
  std::size_t lines_ = 0;
  std::deque<std::shared_ptr<const FigureChange>> changes_;
  std::shared_ptr<Bell> bell_;
};

}  // namespace omo::inventory
