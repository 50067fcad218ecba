// A flush's rows as SST files that RocksDB can take in.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libs/store/any_table.h"
#include "libs/store/resources.h"
#include "libs/store/store.h"

namespace omo::store {

// One thread. The first failure stays and comes out of Finish.
class SstRows final : public SortedRows {
 public:
  // Files go into `directory`, which exists, a new one when one has `file_bytes`.
  SstRows(const Resources& resources, std::filesystem::path directory, std::int64_t file_bytes,
          Failpoint failpoint);
  ~SstRows() override;

  void Put(std::string_view key, std::string_view row) override;
  void Delete(std::string_view key) override;
  void DeleteRange(std::string_view begin, std::string_view end) override;

  // Ends the file under way: what follows lies over it.
  void EndFile();
  // The files, durable, each to be ingested over those before it.
  absl::StatusOr<std::vector<std::string>> Finish();
  std::int64_t rows() const { return rows_; }

 private:
  struct Writer;

  // True when a file is open and nothing has failed.
  bool Ready();
  void Note(absl::Status status);

  std::filesystem::path directory_;
  std::int64_t file_bytes_;
  Failpoint failpoint_;
  std::unique_ptr<Writer> writer_;
  std::vector<std::string> files_;
  bool open_ = false;
  std::int64_t rows_ = 0;
  absl::Status status_;
};

}  // namespace omo::store
