// Copying a checkpoint to a peer: its files, their bytes in chunks, and the receiving end. The
// transport (gRPC) is the caller's.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace omo::store {

struct CheckpointFile {
  std::string name;  // Relative to the checkpoint, '/' between its parts.
  std::int64_t bytes = 0;
  std::uint64_t checksum = 0;  // XXH3-64 of the whole file.
  bool operator==(const CheckpointFile&) const = default;
};

// The files of a checkpoint that Store::Checkpoint made, by name. Reads them once for the
// checksums.
absl::StatusOr<std::vector<CheckpointFile>> ListCheckpoint(const std::filesystem::path& checkpoint);

// Up to `bytes` of a file from `offset`; fewer only at its end. INVALID_ARGUMENT for a name that
// leads out of the checkpoint.
absl::StatusOr<std::string> ReadCheckpoint(const std::filesystem::path& checkpoint,
                                           std::string_view name, std::int64_t offset,
                                           std::int64_t bytes);

// Receives a copy into `directory`, which is made anew (what an earlier attempt left is deleted).
// One thread. After Finish is ok the directory goes to Store::InstallCheckpoint.
class CheckpointReceiver {
 public:
  CheckpointReceiver(std::filesystem::path directory, std::vector<CheckpointFile> files);

  // Makes the directory.
  absl::Status Begin();
  // Appends a file's next bytes. INVALID_ARGUMENT for a file not listed, OUT_OF_RANGE for more
  // bytes than listed.
  absl::Status Write(std::string_view name, std::string_view bytes);
  // Checks every file's size and checksum (DATA_LOSS when one differs) and makes all durable.
  absl::Status Finish();

 private:
  std::filesystem::path directory_;
  std::vector<CheckpointFile> files_;
  std::vector<std::int64_t> received_;  // Bytes of the file at the same index.
};

}  // namespace omo::store
