#include "libs/store/flush.h"

#include <system_error>
#include <utility>

#include "libs/core/fields.h"
#include "libs/store/row_hash.h"

namespace omo::store {
namespace {

constexpr std::uint64_t kForm = 1;  // Of the position row and of everything beside it.

absl::Status AtStep(const FlushPlan& plan, std::string_view step) {
  return plan.failpoint ? plan.failpoint(step) : absl::OkStatus();
}

}  // namespace

std::string EncodePositionRow(const PositionRow& row) {
  std::string bytes;
  WriteFields(bytes, kForm);
  WriteFields(bytes, row);
  const std::uint64_t checksum = HashBytes(bytes);
  WriteFields(bytes, checksum);
  return bytes;
}

std::optional<PositionRow> DecodePositionRow(std::string_view bytes) {
  const std::string_view whole = bytes;
  std::uint64_t form = 0;
  PositionRow row;
  if (!ReadFields(bytes, form) || form != kForm || !ReadFields(bytes, row)) return std::nullopt;
  const std::uint64_t computed = HashBytes(whole.substr(0, whole.size() - bytes.size()));
  std::uint64_t checksum = 0;
  if (!ReadFields(bytes, checksum) || checksum != computed || !bytes.empty()) return std::nullopt;
  return row;
}

absl::StatusOr<std::int64_t> RunFlush(const FlushPlan& plan, Disk& disk,
                                      const Resources& resources) {
  if (absl::Status status = AtStep(plan, "begun"); !status.ok()) return status;
  std::error_code error;
  std::filesystem::remove_all(plan.incoming, error);
  if (!error) std::filesystem::create_directories(plan.incoming, error);
  if (error) return absl::UnavailableError(plan.incoming.string() + ": " + error.message());

  SstRows out(resources, plan.incoming, plan.file_bytes, plan.failpoint);
  for (const auto& rows : plan.rows) rows->WriteRanges(out);
  out.EndFile();
  out.Put(kPositionKey, EncodePositionRow(plan.position));
  for (const auto& rows : plan.rows) rows->WriteRows(out);
  absl::StatusOr<std::vector<std::string>> files = out.Finish();
  if (!files.ok()) return files.status();

  if (absl::Status status = AtStep(plan, "written"); !status.ok()) return status;
  if (absl::Status status = disk.Ingest(*files); !status.ok()) return status;
  if (absl::Status status = AtStep(plan, "ingested"); !status.ok()) return status;
  std::filesystem::remove_all(plan.incoming, error);
  return out.rows();
}

}  // namespace omo::store
