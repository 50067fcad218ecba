#include "libs/store/checkpoint.h"

#include <xxhash.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

#include "libs/store/durable.h"

namespace omo::store {
namespace {

constexpr std::int64_t kReadBytes = 1 << 20;

// Where a file named by a peer lies; empty for a name that leads elsewhere.
std::filesystem::path Inside(const std::filesystem::path& checkpoint, std::string_view name) {
  const std::filesystem::path relative(name);
  if (relative.empty() || relative.is_absolute()) return {};
  for (const auto& part : relative) {
    if (part.empty() || part == "." || part == "..") return {};
  }
  return checkpoint / relative;
}

absl::StatusOr<CheckpointFile> Describe(const std::filesystem::path& path, std::string name) {
  CheckpointFile file{.name = std::move(name)};
  std::ifstream in(path, std::ios::binary);
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                       &XXH3_freeState);
  XXH3_64bits_reset(state.get());
  std::string chunk(kReadBytes, '\0');
  while (in) {
    in.read(chunk.data(), kReadBytes);
    XXH3_64bits_update(state.get(), chunk.data(), static_cast<std::size_t>(in.gcount()));
    file.bytes += in.gcount();
  }
  if (!in.eof()) return absl::UnavailableError(path.string() + " cannot be read");
  file.checksum = XXH3_64bits_digest(state.get());
  return file;
}

}  // namespace

absl::StatusOr<std::vector<CheckpointFile>> ListCheckpoint(
    const std::filesystem::path& checkpoint) {
  std::vector<CheckpointFile> files;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entries(checkpoint, error);
  for (; !error && entries != std::filesystem::end(entries); entries.increment(error)) {
    if (!entries->is_regular_file()) continue;
    const std::filesystem::path& path = entries->path();
    absl::StatusOr<CheckpointFile> file =
        Describe(path, path.lexically_relative(checkpoint).generic_string());
    if (!file.ok()) return file.status();
    files.push_back(*std::move(file));
  }
  if (error) return FileFailure(checkpoint, error);
  std::sort(files.begin(), files.end(),
            [](const CheckpointFile& a, const CheckpointFile& b) { return a.name < b.name; });
  return files;
}

absl::StatusOr<std::string> ReadCheckpoint(const std::filesystem::path& checkpoint,
                                           std::string_view name, std::int64_t offset,
                                           std::int64_t bytes) {
  const std::filesystem::path path = Inside(checkpoint, name);
  if (path.empty() || offset < 0 || bytes < 0) {
    return absl::InvalidArgumentError("not a part of a checkpoint's file");
  }
  std::ifstream in(path, std::ios::binary);
  std::string chunk(static_cast<std::size_t>(bytes), '\0');
  in.seekg(offset);
  if (!in) return absl::NotFoundError(path.string() + " cannot be read there");
  in.read(chunk.data(), bytes);
  chunk.resize(static_cast<std::size_t>(in.gcount()));
  return chunk;
}

CheckpointReceiver::CheckpointReceiver(std::filesystem::path directory,
                                       std::vector<CheckpointFile> files)
    : directory_(std::move(directory)), files_(std::move(files)), received_(files_.size()) {}

absl::Status CheckpointReceiver::Begin() {
  std::error_code error;
  std::filesystem::remove_all(directory_, error);
  if (!error) std::filesystem::create_directories(directory_, error);
  for (const CheckpointFile& file : files_) {
    const std::filesystem::path path = Inside(directory_, file.name);
    if (path.empty()) return absl::InvalidArgumentError(file.name + " is not a file's name");
    if (!error) std::filesystem::create_directories(path.parent_path(), error);
    if (!error && !std::ofstream(path, std::ios::binary)) {
      return absl::UnavailableError(path.string() + " cannot be made");
    }
  }
  return error ? FileFailure(directory_, error) : absl::OkStatus();
}

absl::Status CheckpointReceiver::Write(std::string_view name, std::string_view bytes) {
  const auto file =
      std::find_if(files_.begin(), files_.end(),
                   [name](const CheckpointFile& listed) { return listed.name == name; });
  if (file == files_.end()) return absl::InvalidArgumentError("a file that was not listed");
  std::int64_t& received = received_[static_cast<std::size_t>(file - files_.begin())];
  received += static_cast<std::int64_t>(bytes.size());
  if (received > file->bytes) return absl::OutOfRangeError(file->name + " is longer than listed");
  std::ofstream out(Inside(directory_, name), std::ios::binary | std::ios::app);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.flush();
  return out ? absl::OkStatus() : absl::UnavailableError(file->name + " cannot be written");
}

absl::Status CheckpointReceiver::Finish() {
  for (const CheckpointFile& file : files_) {
    const std::filesystem::path path = Inside(directory_, file.name);
    const absl::StatusOr<CheckpointFile> written = Describe(path, file.name);
    if (!written.ok()) return written.status();
    if (*written != file) return absl::DataLossError(file.name + " is not as listed");
    if (absl::Status status = Sync(path); !status.ok()) return status;
    if (absl::Status status = Sync(path.parent_path()); !status.ok()) return status;
  }
  return Sync(directory_);
}

}  // namespace omo::store
