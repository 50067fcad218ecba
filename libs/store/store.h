// One shard's copy of what its log adds up to: typed tables in memory over RocksDB.
//
// Life of a row: a decision in flight puts it into the overlay (only the loop's own deciders see
// it); when the record behind it is confirmed it moves to the confirmed rows in memory (readers see
// it); a flush writes all rows changed since the last one, with the position, as one SST file that
// RocksDB ingests in one atomic, durable step (no WAL, no memtable: ADR-0004). Rows that came and
// went between two flushes are never written. Delete the directory and the log brings it back.
//
// Threads: one loop thread writes; any thread reads through a ReadLock. A flush runs on a
// background thread on rows that no longer change.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "libs/core/types.h"
#include "libs/store/resources.h"

namespace omo::store {

class TableBase;  // table.h

struct StoreOptions {
  std::filesystem::path directory;  // Of this shard and schema version; made if absent.
  std::string schema;               // Stored beside the rows; another one is a fresh, empty store.
  std::int64_t flush_bytes = 64 << 20;  // Changed rows in memory before a flush is due.
  Duration flush_interval{10'000};      // The longest that changed rows wait for a flush.
};

class Store {
 public:
  // Opens the directory, or makes it. Whatever an earlier crash left half-made is deleted.
  // `resources` (block cache, background thread, file limits) is shared by all stores of a process
  // and outlives them.
  static absl::StatusOr<std::unique_ptr<Store>> Open(StoreOptions options, Resources& resources);
  ~Store();

  // --- The loop's thread.

  // Rows put from here on belong to the in-flight record `seq` (each call's seq above the last's).
  void Speculate(std::uint64_t seq);
  // Forgets every row of records in flight.
  void DropSpeculation();

  // A write section: in it, readers wait. Promotes rows and applies confirmed records.
  class WriteSection {
   public:
    explicit WriteSection(Store& store);
    ~WriteSection();
    // Moves the rows of all in-flight records up to `through_seq` to the confirmed rows.
    void Promote(std::uint64_t through_seq);
    // While in Direct mode every table's Put and Erase changes confirmed rows at once: for
    // followers, whose records are confirmed when read. There must be no speculation.
    void Direct();
    // What the next flush stores as the position of these rows; opaque here.
    void SetPosition(std::string position);

   private:
    Store& store_;
  };

  // The position stored by the last flush; empty for a new store.
  const std::string& stored_position() const;

  // The order-independent hash of all confirmed rows of hashed tables: the sum over rows of
  // XXH3-64 of prefix, ordered key and canonical row bytes. Equal rows, equal hash, on any machine.
  std::uint64_t StateHash();

  // Begins a background flush when one is due (or `force`) and none is under way. Cheap otherwise.
  void MaybeFlush(Time now, bool force = false);
  // Waits for a flush under way, then flushes what is left: at hand-over and on a stop.
  absl::Status FlushAll();
  // The status of background flushes: the first failure stays (disk full: the shard stops).
  absl::Status health() const;

  // A copy of the flushed state with its position, hard-linked where possible. `target` must not
  // exist. Any thread.
  absl::Status Checkpoint(const std::filesystem::path& target);

  // --- Any thread.

  // While it lives, confirmed rows and the position do not change: one answer, one position. Keep
  // it short: the loop waits for it.
  class ReadLock {
   public:
    explicit ReadLock(const Store& store);
    ~ReadLock();
    // What SetPosition was given last.
    const std::string& position() const;

   private:
    const Store& store_;
  };

 private:
  friend class TableBase;
  class Rocks;
  Store(StoreOptions options, Resources& resources);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace omo::store
