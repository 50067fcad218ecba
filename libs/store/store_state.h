// What a Store holds. Internal to this library.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "libs/store/any_table.h"
#include "libs/store/disk.h"
#include "libs/store/flush.h"
#include "libs/store/row_lock.h"
#include "libs/store/store.h"

namespace omo::store {

struct Store::State {
  State(StoreOptions with, Resources& shared) : options(std::move(with)), resources(shared) {}

  const StoreOptions options;
  Resources& resources;
  std::unique_ptr<Disk> disk;
  PositionRow opened;  // As it was found at Open.

  // The loop's thread.
  LoopState loop;
  std::map<std::uint8_t, AnyTable*> tables;
  std::string frozen_position;        // Of the last freeze.
  std::optional<Time> waiting_since;  // Changed rows have waited for a flush since then.

  mutable RowLock lock;  // Confirmed rows, and:
  std::string position;

  // The flush under way.
  mutable std::mutex flush_mutex;
  std::condition_variable flush_ended;
  std::atomic<bool> flushing = false;  // Changes under flush_mutex.
  std::string stored_position;         // Under flush_mutex.
  StoreFigures figures;                // Under flush_mutex, without the bytes.

  bool Changed() const {
    return loop.changed_bytes.load(std::memory_order_relaxed) > 0 || position != frozen_position;
  }
  bool Speculating() const;
  std::size_t CountPending(std::size_t max);
  // There is none under way.
  void BeginFlush();
  void EndFlush(const FlushPlan& plan, const absl::StatusOr<std::int64_t>& rows, Duration took);
  void AwaitFlush();
};

}  // namespace omo::store
