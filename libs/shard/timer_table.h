// The timers of a shard: a table for evolve, and in due order for the loop. Due order includes rows
// of records in flight, so that a timer that was just decided is not offered again.
#pragma once

#include <absl/container/btree_set.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "libs/core/timer.h"
#include "libs/store/table.h"

namespace omo::shard {

class TimerTable final : public Table<TimerKey, Timer> {
 public:
  TimerTable(store::Store& store, store::TableOptions options) : rows_(store, std::move(options)) {}

  const Timer* Find(const TimerKey& key) const override { return rows_.Find(key); }
  // Any thread under a ReadLock.
  bool HasConfirmed(const TimerKey& key) const { return rows_.FindConfirmed(key).has_value(); }
  void Put(const TimerKey& key, Timer row) override {
    in_order_.insert(key);
    rows_.Put(key, row);
  }
  void Erase(const TimerKey& key) override {
    in_order_.erase(key);
    rows_.Erase(key);
  }

  // Makes the order anew from confirmed rows: after opening, and when records in flight were lost.
  void Reload(const store::Store& store) {
    in_order_.clear();
    const store::Store::ReadLock lock(store);
    rows_.Scan(TimerKey{}, [&](const TimerKey& key, const Timer&) {
      in_order_.insert(in_order_.end(), key);
      return true;
    });
  }

  // Timers due at or before `now`, oldest first, at most `max`.
  std::vector<TimerKey> Due(Time now, std::size_t max) const {
    std::vector<TimerKey> due;
    for (auto at = in_order_.begin(); at != in_order_.end() && due.size() < max; ++at) {
      if (at->due > now) break;
      due.push_back(*at);
    }
    return due;
  }
  std::optional<Time> NextDue() const {
    if (in_order_.empty()) return std::nullopt;
    return in_order_.begin()->due;
  }
  std::size_t size() const { return in_order_.size(); }

 private:
  store::ShardTable<TimerKey, Timer, store::KeyOrder> rows_;
  absl::btree_set<TimerKey> in_order_;
};

}  // namespace omo::shard
