// One shard's copy of what its log adds up to: typed tables in memory over RocksDB.
//
// Life of a row: a decision in flight puts it into the overlay (only the loop's own deciders see
// it); when the record behind it is confirmed it moves to the confirmed rows in memory (readers see
// it); a flush writes all rows changed since the last one, with the position, as SST files that
// RocksDB ingests in one atomic, durable step (no WAL, no memtable: ADR-0004). Rows that came and
// went between two flushes are never written. Delete the directory and the log brings it back.
//
// Use: Open, make the tables (table.h) over it, then run. The tables are members of the service's
// state; they die before the store.
//
// Threads: one loop thread writes, and reads without a lock; any other thread reads through a
// ReadLock. A flush runs on a thread of Resources, on rows that no longer change.
//
// Failure: reads and flushes do not return a status. The first failure stays in health(), and from
// then on a row may look absent that is not: look at healthy() after deciding and before anything
// decided is appended, and after reading and before anything read is answered.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "libs/core/types.h"
#include "libs/store/resources.h"

namespace omo::store {

class AnyTable;  // any_table.h

// Called at each step of a flush with the step's name: begun, file_opened, file_finished, written,
// ingested. Not ok makes that step fail. For tests.
using Failpoint = std::function<absl::Status(std::string_view step)>;

struct StoreOptions {
  std::filesystem::path directory{};    // Of this shard and schema version; made if absent.
  std::string schema{};                 // Kept beside the rows; of another one nothing is kept.
  std::int64_t flush_bytes = 64 << 20;  // Changed rows in memory before a flush is due.
  Duration flush_interval{10'000};      // The longest that changed rows wait for a flush.
  std::int64_t cache_bytes = 32 << 20;  // Decoded rows kept after they were read from RocksDB.
  std::int64_t file_bytes = 64 << 20;   // One flush writes several files when it is larger.
  Failpoint failpoint{};
};

// What a flush and the memory cost, for metrics.
struct StoreFigures {
  std::int64_t changed_bytes = 0;  // Rows changed since the last freeze, approximately.
  std::int64_t cached_bytes = 0;   // Rows kept after they were read from RocksDB.
  std::int64_t flushes = 0;        // Finished since Open.
  std::int64_t flushed_rows = 0;   // Puts and deletes of all of them.
  Duration last_flush{0};          // How long the last one ran,
  Duration all_flushes{0};         // and all of them together.
};

// What a checkpoint's rows are exact at, and what they add up to.
struct CheckpointHead {
  std::string schema;
  std::string position;
  std::uint64_t state_hash = 0;
};

class Store {
 public:
  // Opens the directory, or makes it. Whatever an earlier crash left half-made is deleted, and so
  // are rows of another schema or without a position. DATA_LOSS: files are torn or damaged; Wipe
  // the directory and rebuild. Another code (disk full, no permission) is not mended by a wipe.
  // `resources` (block cache, background threads, file limits) is shared by all stores of a process
  // and outlives them.
  static absl::StatusOr<std::unique_ptr<Store>> Open(StoreOptions options, Resources& resources);

  // A store that is never flushed: for simulations and folds, whose rows live as long as it does.
  static std::unique_ptr<Store> OpenInMemory(std::string schema, Resources& resources);

  // Deletes a store's directory, which no store has open.
  static absl::Status Wipe(const std::filesystem::path& directory);

  // Waits for a flush under way. Rows not yet flushed are lost (the log has them).
  ~Store();

  // --- The loop's thread.

  // Rows put from here on belong to the in-flight record `seq`, which is not 0 and above those of
  // all rows in flight.
  // Rows that Find returned before are no longer valid.
  void Speculate(std::uint64_t seq);
  // Forgets every row of records in flight.
  void DropSpeculation();

  // A write section: while it lives, readers wait. Promotes rows and applies confirmed records.
  class WriteSection {
   public:
    explicit WriteSection(Store& store);
    ~WriteSection();
    WriteSection(const WriteSection&) = delete;
    WriteSection& operator=(const WriteSection&) = delete;

    // Moves the rows of all in-flight records up to `through_seq` to the confirmed rows.
    void Promote(std::uint64_t through_seq);
    // From here to the section's end Put and Erase of ShardTables change confirmed rows at once:
    // for followers, whose records are confirmed when read. There must be no speculation.
    void Direct();
    // What the next flush stores as the position of these rows; opaque here.
    void SetPosition(std::string position);

   private:
    Store& store_;
  };

  // The position stored by the last finished flush; empty for a new store.
  std::string stored_position() const;

  // The order-independent hash of all confirmed rows of the tables that count: the sum (mod 2^64)
  // over rows of XXH3-64 of prefix, ordered key and canonical row bytes. Equal rows, equal hash, on
  // any machine. Costs as many rows as changed since the last call. Outside a write section.
  std::uint64_t StateHash();
  // Does some of that work ahead, for `max` changed rows at most: for moments when the loop has
  // nothing else to do. Returns for how many; 0: StateHash costs nothing now.
  std::size_t CountSome(std::size_t max);
  // The same from nothing but the rows: reads them all. For audits and tests.
  std::uint64_t RecomputeStateHash();

  // Whether MaybeFlush would begin one now: the moment to bring the position up to date.
  bool FlushDue(Time now);
  // Begins a background flush when one is due (or `force`) and none is under way. Outside a write
  // section; takes one for the moment of the freeze. Costs a StateHash when it begins a flush.
  void MaybeFlush(Time now, bool force = false);
  // Waits for a flush under way, then flushes what is left. Blocks.
  absl::Status FlushAll();
  // True while changed rows pile up faster than flushes take them (four times flush_bytes): take no
  // more records until it is false.
  bool Overfull() const;
  // Half of that: a flush that was put off must begin.
  bool NearOverfull() const;
  // Rows changed since the last freeze, approximately.
  std::int64_t changed_bytes() const;

  // --- Any thread.

  // Waits for the end of a flush under way, if there is one; then health(). Blocks.
  absl::Status AwaitFlush() const;
  // The first failure of a flush or a read (disk full, damaged file): the shard stops.
  absl::Status health() const;
  bool healthy() const;
  StoreFigures figures() const;

  // Hard-links the last flushed state with its position to `target`, which must not exist, on the
  // store's file system. It is a directory that Open takes, and of the form checkpoint.h sends and
  // receives. NOT_FOUND before the first flush.
  absl::StatusOr<CheckpointHead> Checkpoint(const std::filesystem::path& target) const;

  // Puts the copy `from` (on the same file system) in the place `to`, which no store has open, by
  // renames: a crash at any step leaves `to` old, absent or new.
  static absl::Status InstallCheckpoint(const std::filesystem::path& from,
                                        const std::filesystem::path& to);

  // While it lives, confirmed rows and the position do not change: one answer, one position. Keep
  // it short: the loop waits for it. On the loop's own thread never while a WriteSection lives: it
  // would wait for itself.
  class ReadLock {
   public:
    explicit ReadLock(const Store& store);
    ~ReadLock();
    ReadLock(const ReadLock&) = delete;
    ReadLock& operator=(const ReadLock&) = delete;

    // What SetPosition was given last.
    const std::string& position() const;

   private:
    const Store& store_;
  };

 private:
  friend class AnyTable;
  struct State;
  explicit Store(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace omo::store
