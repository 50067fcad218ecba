// Files and directories that outlive a power cut, and directories that change in one step.
#pragma once

#include <absl/status/status.h>

#include <filesystem>

namespace omo::store {

// What was written to a file, or made, renamed and removed in a directory, is on the disk.
absl::Status Sync(const std::filesystem::path& file_or_directory);

// Takes `directory` away in one step; after a crash it is whole or gone. Absent: nothing to do.
absl::Status RemoveWhole(const std::filesystem::path& directory);
// Deletes what a crash within RemoveWhole left beside `directory`.
void SweepRemoved(const std::filesystem::path& directory);

absl::Status FileFailure(const std::filesystem::path& path, const std::error_code& error);

}  // namespace omo::store
