#include "libs/store/disk.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <system_error>
#include <utility>

#include "libs/store/durable.h"
#include "libs/store/rocks.h"

namespace omo::store {

std::filesystem::path RowsDirectory(const std::filesystem::path& store) { return store / "rows"; }
std::filesystem::path IncomingDirectory(const std::filesystem::path& store) {
  return store / "incoming";
}

struct Disk::Rocks {
  std::unique_ptr<rocksdb::DB> db;
};

namespace {

class RocksCursor final : public Disk::Cursor {
 public:
  RocksCursor(Disk& disk, rocksdb::DB& db, std::string lower, std::string upper, bool whole)
      : disk_(disk), lower_(std::move(lower)), upper_(std::move(upper)) {
    lower_slice_ = ToSlice(lower_);
    upper_slice_ = ToSlice(upper_);
    rocksdb::ReadOptions options;
    options.iterate_lower_bound = &lower_slice_;
    options.iterate_upper_bound = &upper_slice_;
    options.fill_cache = !whole;
    rows_.reset(db.NewIterator(options));
  }

  void Seek(std::string_view key) override { rows_->Seek(ToSlice(key)); }
  void SeekBack(std::string_view key) override { rows_->SeekForPrev(ToSlice(key)); }
  // At the end of the rows, and at a failure, which would otherwise pass for the end.
  bool Valid() const override {
    if (rows_->Valid()) return true;
    if (!rows_->status().ok()) disk_.Fail(ToStatus(rows_->status()));
    return false;
  }
  void Next() override { rows_->Next(); }
  void Previous() override { rows_->Prev(); }
  std::string_view key() const override { return ToView(rows_->key()); }
  std::string_view row() const override { return ToView(rows_->value()); }

 private:
  Disk& disk_;
  std::string lower_;
  std::string upper_;
  rocksdb::Slice lower_slice_;
  rocksdb::Slice upper_slice_;
  std::unique_ptr<rocksdb::Iterator> rows_;
};

class EmptyCursor final : public Disk::Cursor {
 public:
  void Seek(std::string_view) override {}
  void SeekBack(std::string_view) override {}
  bool Valid() const override { return false; }
  void Next() override {}
  void Previous() override {}
  std::string_view key() const override { return {}; }
  std::string_view row() const override { return {}; }
};

// While it lives no file of the database goes.
class Kept {
 public:
  explicit Kept(rocksdb::DB& db) : db_(db), status_(db.DisableFileDeletions()) {}
  ~Kept() {
    if (status_.ok()) (void)db_.EnableFileDeletions(/*force=*/false);
  }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  const rocksdb::Status& status() const { return status_; }

 private:
  rocksdb::DB& db_;
  rocksdb::Status status_;
};

// The manifest grows: as long as it was, under the name that CURRENT then says.
rocksdb::Status CopyManifest(const std::filesystem::path& from, std::uint64_t bytes,
                             const std::filesystem::path& target) {
  rocksdb::Env* files = rocksdb::Env::Default();
  std::string manifest;
  rocksdb::Status status = rocksdb::ReadFileToString(files, from.string(), &manifest);
  if (!status.ok()) return status;
  if (manifest.size() < bytes) return rocksdb::Status::Corruption(from.string(), "is too short");
  manifest.resize(bytes);
  const std::string name = from.filename().string();
  status = rocksdb::WriteStringToFile(files, manifest, (target / name).string(), true);
  if (!status.ok()) return status;
  return rocksdb::WriteStringToFile(files, name + "\n", (target / "CURRENT").string(), true);
}

// Hard-links all that a database of these rows needs; no write-ahead log, we write none.
absl::Status LinkFiles(rocksdb::DB& db, const std::filesystem::path& target) {
  const Kept kept(db);
  if (!kept.status().ok()) return ToStatus(kept.status());
  std::vector<std::string> names;  // Each begins with a slash.
  std::uint64_t manifest_bytes = 0;
  rocksdb::Status status = db.GetLiveFiles(names, &manifest_bytes, /*flush_memtable=*/false);
  if (!status.ok()) return ToStatus(status);
  std::error_code error;
  std::filesystem::create_directory(target, error);
  if (error) return FileFailure(target, error);
  for (const std::string& slashed : names) {
    const std::string name = slashed.substr(1);
    const std::filesystem::path file = db.GetName() + slashed;
    if (name == "CURRENT") continue;
    if (name.starts_with("MANIFEST-")) {
      status = CopyManifest(file, manifest_bytes, target);
      if (!status.ok()) return ToStatus(status);
      continue;
    }
    std::filesystem::create_hard_link(file, target / name, error);
    if (error) return FileFailure(target / name, error);
  }
  return Sync(target);
}

}  // namespace

Disk::Disk(std::unique_ptr<Rocks> rocks) : rocks_(std::move(rocks)) {}
Disk::~Disk() = default;

absl::StatusOr<std::unique_ptr<Disk>> Disk::Open(const std::filesystem::path& store,
                                                 const Resources& resources) {
  auto rocks = std::make_unique<Rocks>();
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(RocksOptions(resources.shared()), RowsDirectory(store).string(), &db);
  if (!status.ok()) return ToStatus(status);
  rocks->db.reset(db);
  std::unique_ptr<Disk> disk(new Disk(std::move(rocks)));
  std::vector<rocksdb::LiveFileMetaData> files;
  db->GetLiveFilesMetaData(&files);
  disk->holds_rows_ = !files.empty();
  return disk;
}

std::unique_ptr<Disk> Disk::Nowhere() { return std::unique_ptr<Disk>(new Disk(nullptr)); }

bool Disk::Get(std::string_view key, std::string& row) {
  if (rocks_ == nullptr) return false;
  const rocksdb::Status status = rocks_->db->Get(rocksdb::ReadOptions(), ToSlice(key), &row);
  if (!status.ok() && !status.IsNotFound()) Fail(ToStatus(status));
  return status.ok();
}

bool Disk::HoldsAny(std::uint8_t prefix) {
  if (!holds_rows()) return false;
  const std::string first(1, static_cast<char>(prefix));
  const std::unique_ptr<Cursor> rows = Walk(first, std::string(1, static_cast<char>(prefix + 1)));
  rows->Seek(first);
  return rows->Valid();
}

std::unique_ptr<Disk::Cursor> Disk::Walk(std::string lower, std::string upper, bool whole) {
  if (rocks_ == nullptr) return std::make_unique<EmptyCursor>();
  return std::make_unique<RocksCursor>(*this, *rocks_->db, std::move(lower), std::move(upper),
                                       whole);
}

absl::Status Disk::Ingest(const std::vector<std::string>& files) {
  if (rocks_ == nullptr) return absl::FailedPreconditionError("a store in memory has no files");
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  options.write_global_seqno = false;
  const std::lock_guard lock(ingest_mutex_);
  const rocksdb::Status status = rocks_->db->IngestExternalFile(files, options);
  if (status.ok()) holds_rows_.store(true, std::memory_order_release);
  return ToStatus(status);
}

absl::Status Disk::Checkpoint(const std::filesystem::path& target, std::string_view key,
                              std::string& row) {
  if (rocks_ == nullptr) return absl::FailedPreconditionError("a store in memory has no files");
  const std::lock_guard lock(ingest_mutex_);
  if (!Get(key, row)) return absl::NotFoundError("nothing was flushed yet");
  // Not by RocksDB's Checkpoint, which may wait for ever beside a reader (ADR 15).
  return LinkFiles(*rocks_->db, target);
}

void Disk::Fail(absl::Status status) {
  const std::lock_guard lock(mutex_);
  if (failure_.ok()) failure_ = std::move(status);
  healthy_.store(false, std::memory_order_release);
}

absl::Status Disk::health() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace omo::store
