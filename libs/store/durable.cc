#include "libs/store/durable.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace omo::store {
namespace {

std::filesystem::path Removed(std::filesystem::path directory) { return directory += ".removed"; }

}  // namespace

absl::Status FileFailure(const std::filesystem::path& path, const std::error_code& error) {
  const std::string text = path.string() + ": " + error.message();
  if (error == std::errc::no_space_on_device) return absl::ResourceExhaustedError(text);
  if (error == std::errc::no_such_file_or_directory) return absl::NotFoundError(text);
  return absl::UnavailableError(text);
}

absl::Status Sync(const std::filesystem::path& file_or_directory) {
  const int file = open(file_or_directory.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && fsync(file) == 0;
  const std::error_code error(errno, std::generic_category());
  if (file >= 0) close(file);
  return synced ? absl::OkStatus() : FileFailure(file_or_directory, error);
}

absl::Status RemoveWhole(const std::filesystem::path& directory) {
  std::error_code error;
  if (!std::filesystem::exists(directory, error)) return absl::OkStatus();
  const std::filesystem::path removed = Removed(directory);
  std::filesystem::remove_all(removed, error);
  if (!error) std::filesystem::rename(directory, removed, error);
  if (error) return FileFailure(directory, error);
  if (absl::Status status = Sync(directory.parent_path()); !status.ok()) return status;
  std::filesystem::remove_all(removed, error);
  return error ? FileFailure(removed, error) : absl::OkStatus();
}

void SweepRemoved(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::remove_all(Removed(directory), error);
}

}  // namespace omo::store
