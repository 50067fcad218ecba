// Between a store and its tables: what the store asks of a table of any type, and what a table may
// take from its store. Services use table.h.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace omo::store {

class Disk;   // disk.h
class Store;  // store.h

struct TableOptions {
  std::uint8_t prefix = 0;    // 1 to 254, its own in the store, never given to another table.
  std::string name{};         // For messages.
  bool in_state_hash = true;  // Whether its rows count in the state hash.
};

// Where a flush writes rows. Keys come in the order of their bytes, prefix first.
class SortedRows {
 public:
  virtual ~SortedRows() = default;
  virtual void Put(std::string_view key, std::string_view row) = 0;
  virtual void Delete(std::string_view key) = 0;
  // Deletes what earlier flushes wrote from `begin` up to, not including, `end`. Before any Put.
  virtual void DeleteRange(std::string_view begin, std::string_view end) = 0;
};

// The rows of one table that changed between two freezes. Immutable once frozen.
class ChangedRows {
 public:
  virtual ~ChangedRows() = default;
  virtual bool empty() const = 0;
  virtual void WriteRanges(SortedRows& out) const = 0;
  virtual void WriteRows(SortedRows& out) const = 0;
};

// The part of the state hash that the rows of one bucket add up to (BucketOrder, table.h).
struct BucketSum {
  std::int64_t bucket = 0;
  std::uint64_t sum = 0;
  static auto Fields(auto& self) { return std::tie(self.bucket, self.sum); }
};

// What the loop's thread and the tables share. The atomics are written by the loop's thread only.
struct LoopState {
  Disk* disk = nullptr;
  bool writing = false;          // In a write section.
  bool direct = false;           // In one where Put and Erase change confirmed rows.
  std::uint64_t seq = 0;         // Of the record in flight that rows are put for.
  std::uint64_t state_hash = 0;  // Lacks the tables' pending rows.
  std::atomic<std::int64_t> changed_bytes = 0;
  std::atomic<std::int64_t> cached_bytes = 0;

  static void Add(std::atomic<std::int64_t>& figure, std::int64_t bytes) {
    figure.store(figure.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
  }
};

class AnyTable {
 public:
  AnyTable(const AnyTable&) = delete;
  AnyTable& operator=(const AnyTable&) = delete;

  const TableOptions& options() const { return options_; }

 protected:
  // Registers with the store, before it is first used. Ends the process on a prefix taken twice.
  AnyTable(Store& store, TableOptions options);
  virtual ~AnyTable();

  LoopState& loop() const { return *loop_; }
  Disk& disk() const { return *loop_->disk; }
  // The seq of the record in flight; ends the process when there was no Speculate.
  std::uint64_t SpeculatedSeq() const;
  // Ends the process outside a write section.
  void RequireWriting() const;
  // Whether RocksDB may hold rows of this table; while it does not, no read of it is worth its
  // cost. Under a ReadLock, or on the loop's thread.
  bool stored() const { return stored_; }
  // From the freeze that gives it rows to store. In a write section.
  void SetStored() { stored_ = true; }
  // The sums that the last flush before Open stored for this table.
  std::vector<BucketSum> StoredSums() const;

 private:
  friend class Store;

  virtual void Promote(std::uint64_t through_seq) = 0;
  virtual void DropSpeculation() = 0;
  virtual bool Speculating() const = 0;
  // Brings the state hash up to date with the changed rows it lacks, `max` of them at most; how
  // many.
  virtual std::size_t CountPending(std::size_t max) = 0;
  virtual std::uint64_t Recount() const = 0;
  virtual std::vector<BucketSum> Sums() const = 0;
  // Shrinks its part of the cache as the whole is to shrink from `of_bytes` to `to_bytes`.
  virtual void TrimCache(std::int64_t of_bytes, std::int64_t to_bytes) = 0;
  // The rows changed so far become the frozen ones, which it returns; the frozen ones before them
  // go to `dropped`. In a write section.
  virtual std::shared_ptr<const ChangedRows> Freeze(
      std::vector<std::shared_ptr<const ChangedRows>>& dropped) = 0;

  Store& store_;
  TableOptions options_;
  LoopState* loop_;
  bool stored_ = false;
};

// Ends the process: a caller broke a rule that this library's headers state.
[[noreturn]] void BrokenRule(std::string_view rule, std::string_view table = {});

}  // namespace omo::store
