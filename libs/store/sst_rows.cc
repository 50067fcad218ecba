#include "libs/store/sst_rows.h"

#include <rocksdb/sst_file_writer.h>

#include <utility>

#include "libs/store/rocks.h"

namespace omo::store {

struct SstRows::Writer {
  explicit Writer(const rocksdb::Options& options)
      : sst(rocksdb::EnvOptions(options), options, nullptr, false, rocksdb::Env::IO_LOW) {}
  rocksdb::SstFileWriter sst;
};

SstRows::SstRows(const Resources& resources, std::filesystem::path directory,
                 std::int64_t file_bytes, Failpoint failpoint)
    : directory_(std::move(directory)),
      file_bytes_(file_bytes),
      failpoint_(std::move(failpoint)),
      writer_(std::make_unique<Writer>(RocksOptions(resources.shared()))) {}

SstRows::~SstRows() = default;

void SstRows::Put(std::string_view key, std::string_view row) {
  if (!Ready()) return;
  Note(ToStatus(writer_->sst.Put(ToSlice(key), ToSlice(row))));
  ++rows_;
}

void SstRows::Delete(std::string_view key) {
  if (!Ready()) return;
  Note(ToStatus(writer_->sst.Delete(ToSlice(key))));
  ++rows_;
}

void SstRows::DeleteRange(std::string_view begin, std::string_view end) {
  if (!Ready()) return;
  Note(ToStatus(writer_->sst.DeleteRange(ToSlice(begin), ToSlice(end))));
}

void SstRows::EndFile() {
  if (!open_) return;
  open_ = false;
  Note(ToStatus(writer_->sst.Finish()));
  if (status_.ok() && failpoint_) Note(failpoint_("file_finished"));
}

absl::StatusOr<std::vector<std::string>> SstRows::Finish() {
  EndFile();
  if (!status_.ok()) return status_;
  return files_;
}

bool SstRows::Ready() {
  if (!status_.ok()) return false;
  if (open_ && static_cast<std::int64_t>(writer_->sst.FileSize()) >= file_bytes_) EndFile();
  if (!open_ && status_.ok()) {
    files_.push_back((directory_ / (std::to_string(files_.size()) + ".sst")).string());
    Note(ToStatus(writer_->sst.Open(files_.back())));
    open_ = status_.ok();
    if (open_ && failpoint_) Note(failpoint_("file_opened"));
  }
  return status_.ok();
}

void SstRows::Note(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

}  // namespace omo::store
