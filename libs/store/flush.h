// One flush: frozen rows and their position, written to files, taken in by RocksDB in one step.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "libs/store/any_table.h"
#include "libs/store/disk.h"
#include "libs/store/resources.h"
#include "libs/store/sst_rows.h"

namespace omo::store {

// The sums of one BucketOrder table.
struct TableSums {
  std::uint8_t prefix = 0;
  std::vector<BucketSum> sums;
  static auto Fields(auto& self) { return std::tie(self.prefix, self.sums); }
};

// What stands beside the rows: which position they are exact at. Its key sorts before all rows.
struct PositionRow {
  std::string schema;
  std::string position;
  std::uint64_t state_hash = 0;
  std::vector<TableSums> sums;
  static auto Fields(auto& self) {
    return std::tie(self.schema, self.position, self.state_hash, self.sums);
  }
};

inline constexpr std::string_view kPositionKey{"\0", 1};

std::string EncodePositionRow(const PositionRow& row);
// nullopt for bytes that are not a whole position row of this library's form.
std::optional<PositionRow> DecodePositionRow(std::string_view bytes);

struct FlushPlan {
  std::filesystem::path incoming;  // Where the files are written; made and removed by the flush.
  std::int64_t file_bytes = 0;
  Failpoint failpoint;
  PositionRow position;
  std::vector<std::shared_ptr<const ChangedRows>> rows;     // By table prefix.
  std::vector<std::shared_ptr<const ChangedRows>> dropped;  // To be freed off the loop's thread.
};

// Runs it: the number of rows written. Any failure leaves RocksDB as it was, except one of the
// failpoint "ingested".
absl::StatusOr<std::int64_t> RunFlush(const FlushPlan& plan, Disk& disk,
                                      const Resources& resources);

}  // namespace omo::store
