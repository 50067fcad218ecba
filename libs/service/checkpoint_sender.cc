#include "libs/service/checkpoint_sender.h"

#include <grpcpp/grpcpp.h>
#include <zlib.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "libs/rpc/errors.h"
#include "libs/rpc/require.h"
#include "libs/shard/stored_position.h"
#include "libs/store/checkpoint.h"

namespace omo::service {
namespace {

namespace pb = omo::journal::v1;

constexpr int kCopiesMax = 4;
constexpr std::int64_t kChunkBytes = 256 << 10;
constexpr Duration kRetryAfter{1'000};
constexpr Duration kPatience{30'000};  // With a caller that does not read.

// Why rows at `stored` are of no use to the caller; ok: they are.
grpc::Status Useful(const shard::ReaderState& stored, const pb::CopyCheckpointRequest& request) {
  if (request.log_id() != 0 && stored.log_id != 0 && request.log_id() != stored.log_id) {
    return rpc::Fault("POSITION_OF_ANOTHER_LOG", "the rows here come from another log");
  }
  if (stored.log_id == 0 || stored.next_offset < request.at_least_offset()) {
    return rpc::Fault("POSITION_NOT_REACHED",
                      "the rows here stand at " + std::to_string(stored.next_offset));
  }
  return grpc::Status::OK;
}

grpc::Status Failed(const absl::Status& status) {
  const bool nothing = absl::IsNotFound(status);
  return rpc::Fault(nothing ? "POSITION_NOT_REACHED" : "POISONED", std::string(status.message()));
}

}  // namespace

// One write at a time: gRPC's flow control is what the sender's thread waits for.
class CheckpointSender::Sending final
    : public grpc::ServerWriteReactor<pb::CopyCheckpointResponse> {
 public:
  explicit Sending(grpc::CallbackServerContext& call) : call_(call) {}

  // False: the caller went away. `part` stays as it is until it returns.
  bool Write(const pb::CopyCheckpointResponse& part) {
    writing_ = true;    // Nothing is under way that could look at it.
    StartWrite(&part);  // Its end may come within the call: no lock is held.
    std::unique_lock lock(mutex_);
    const auto written = [this] { return !writing_; };
    if (!written_.wait_for(lock, kPatience, written)) {
      call_.TryCancel();
      written_.wait(lock, written);
    }
    return !gone_;
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    gone_ = gone_ || !ok;
    written_.notify_one();
  }
  void OnDone() override { delete this; }

 private:
  grpc::CallbackServerContext& call_;
  std::mutex mutex_;
  std::condition_variable written_;
  bool writing_ = false;
  bool gone_ = false;
};

CheckpointSender::CheckpointSender(shard::Runtime& runtime, std::filesystem::path folder)
    : runtime_(runtime), folder_(std::move(folder)) {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

CheckpointSender::~CheckpointSender() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return under_way_ == 0; });
}

grpc::ServerWriteReactor<pb::CopyCheckpointResponse>* CheckpointSender::Send(
    grpc::CallbackServerContext& call, const pb::CopyCheckpointRequest& request) {
  auto* sending = new Sending(call);
  rpc::FieldErrors errors;
  errors.RequireRange("shard", request.shard(), 0, runtime_.shards() - 1);
  errors.RequireRange("at_least_offset", request.at_least_offset(), 0, INT64_MAX);
  if (!errors.empty()) {
    sending->Finish(errors.Status());
    return sending;
  }
  {
    const std::lock_guard lock(mutex_);
    if (under_way_ == kCopiesMax) {
      sending->Finish(rpc::Overloaded("copies under way", kRetryAfter));
      return sending;
    }
    ++under_way_;
  }
  std::thread([this, sending, request] {
    sending->Finish(Copy(request, *sending));  // Deletes it, now or soon.
    const std::lock_guard lock(mutex_);
    --under_way_;
    ended_.notify_all();
  }).detach();
  return sending;
}

grpc::Status CheckpointSender::Copy(const pb::CopyCheckpointRequest& request, Sending& out) {
  std::filesystem::path copy;
  {
    const std::lock_guard lock(mutex_);
    copy = folder_ / (std::to_string(request.shard()) + "-" + std::to_string(next_++));
  }
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) return Failed(absl::UnavailableError(folder_.string() + ": " + error.message()));
  grpc::Status sent = CopyFrom(copy, request, out);
  std::filesystem::remove_all(copy, error);
  return sent;
}

grpc::Status CheckpointSender::CopyFrom(const std::filesystem::path& copy,
                                        const pb::CopyCheckpointRequest& request, Sending& out) {
  auto instance = runtime_.Instance(request.shard());
  if (instance == nullptr) {
    return rpc::Fault("POSITION_NOT_REACHED", "the shard is being rebuilt here");
  }
  const auto before = shard::ReadStoredPosition(instance->store().stored_position());
  if (!before) return rpc::Fault("POISONED", "the shard's copy is damaged");
  if (grpc::Status useful = Useful(before->reader, request); !useful.ok()) return useful;
  const auto head = instance->store().Checkpoint(copy);
  instance.reset();  // The shard may close its store while we send.
  if (!head.ok()) return Failed(head.status());
  if (head->schema != request.schema()) {
    return rpc::InvalidArgument("schema", "UNKNOWN_VALUE", "the rows here are of " + head->schema);
  }
  const auto stored = shard::ReadStoredPosition(head->position);
  const auto files = store::ListCheckpoint(copy);
  if (!stored || !files.ok()) return Failed(files.status());

  pb::CopyCheckpointResponse part;
  pb::CheckpointHead& told = *part.mutable_head();
  told.set_schema(head->schema);
  told.set_log_id(stored->reader.log_id);
  told.set_next_offset(stored->reader.next_offset);
  told.set_position(head->position);
  told.set_state_hash(head->state_hash);
  for (const store::CheckpointFile& file : *files) {
    pb::CheckpointFile& listed = *told.add_files();
    listed.set_name(file.name);
    listed.set_bytes(file.bytes);
    listed.set_checksum(file.checksum);
  }
  if (!out.Write(part)) return grpc::Status::CANCELLED;
  for (std::size_t index = 0; index < files->size(); ++index) {
    const store::CheckpointFile& file = (*files)[index];
    for (std::int64_t at = 0; at < file.bytes;) {
      auto bytes = store::ReadCheckpoint(copy, file.name, at, kChunkBytes);
      if (!bytes.ok()) return Failed(bytes.status());
      if (bytes->empty()) return Failed(absl::DataLossError(file.name + " became shorter"));
      pb::CheckpointChunk& chunk = *part.mutable_chunk();
      chunk.set_file(static_cast<std::int32_t>(index));
      chunk.set_offset(at);
      at += static_cast<std::int64_t>(bytes->size());
      chunk.set_checksum(static_cast<std::uint32_t>(
          crc32_z(0, reinterpret_cast<const Bytef*>(bytes->data()), bytes->size())));
      chunk.set_data(*std::move(bytes));
      if (!out.Write(part)) return grpc::Status::CANCELLED;
    }
  }
  return grpc::Status::OK;
}

}  // namespace omo::service
