// RocksDB under one store, by bytes: point reads, cursors, the ingest of a flush, checkpoints. The
// only class of the tree behind which RocksDB is known (disk.cc, sst_rows.cc).
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "libs/store/resources.h"

namespace omo::store {

// A directory of a store is `rows` (RocksDB) and, while a flush runs, `incoming` (its files).
std::filesystem::path RowsDirectory(const std::filesystem::path& store);
std::filesystem::path IncomingDirectory(const std::filesystem::path& store);

// Thread-safe; the cursors it makes are not.
class Disk {
 public:
  // DATA_LOSS for files that are torn, damaged or missing.
  static absl::StatusOr<std::unique_ptr<Disk>> Open(const std::filesystem::path& store,
                                                    const Resources& resources);
  // One that holds nothing and takes nothing.
  static std::unique_ptr<Disk> Nowhere();
  ~Disk();

  // True and `row` when the key is there. A read that fails counts as absent and goes to health().
  bool Get(std::string_view key, std::string& row);
  // False while nothing was ever ingested.
  bool holds_rows() const { return holds_rows_.load(std::memory_order_acquire); }
  // Whether there is a key of this prefix.
  bool HoldsAny(std::uint8_t prefix);

  // Walks the keys from `lower` up to, not including, `upper`, as they stood when it was made.
  class Cursor {
   public:
    virtual ~Cursor() = default;
    // Each of the two puts it at the first key not below, the last key not above.
    virtual void Seek(std::string_view key) = 0;
    virtual void SeekBack(std::string_view key) = 0;
    virtual bool Valid() const = 0;
    virtual void Next() = 0;
    virtual void Previous() = 0;
    virtual std::string_view key() const = 0;
    virtual std::string_view row() const = 0;
  };
  // `whole` is for walks over most rows, which would only push others out of the block cache.
  std::unique_ptr<Cursor> Walk(std::string lower, std::string upper, bool whole = false);

  // Takes the files in, a later one over an earlier one: all or nothing, and durable.
  absl::Status Ingest(const std::vector<std::string>& files);
  // Hard-links the state of the last ingest to `target`, which must not exist; `row` becomes what
  // that state has for `key`. NOT_FOUND when it has nothing.
  absl::Status Checkpoint(const std::filesystem::path& target, std::string_view key,
                          std::string& row);

  // The first failure stays.
  void Fail(absl::Status status);
  bool healthy() const { return healthy_.load(std::memory_order_acquire); }
  absl::Status health() const;

 private:
  struct Rocks;
  explicit Disk(std::unique_ptr<Rocks> rocks);

  std::unique_ptr<Rocks> rocks_;
  std::mutex ingest_mutex_;  // No ingest between a checkpoint and the row read beside it.
  std::atomic<bool> holds_rows_ = false;
  std::atomic<bool> healthy_ = true;
  mutable std::mutex mutex_;
  absl::Status failure_;
};

}  // namespace omo::store
