#include "libs/service/checkpoint_copy.h"

#include <grpcpp/grpcpp.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "libs/rpc/errors.h"
#include "libs/store/checkpoint.h"
#include "libs/telemetry/log_line.h"
#include "omo/journal/v1/shard_service.grpc.pb.h"

namespace omo::service {
namespace {

namespace pb = omo::journal::v1;

// A peer reads all of its files before it sends the head.
constexpr Duration kHeadPatience{120'000};
constexpr Duration kChunkPatience{20'000};
constexpr std::chrono::milliseconds kCancelLook{50};
constexpr Duration kDirectoryPatience{5'000};
constexpr Duration kConnectPatience{2'000};
constexpr std::size_t kPeersMax = 3;

// One part at a time: what is not asked for waits at the peer. No lock is held over a call of gRPC,
// which may call back from within.
class Receiving final : public grpc::ClientReadReactor<pb::CopyCheckpointResponse> {
 public:
  Receiving(pb::ShardService::Stub& stub, const pb::CopyCheckpointRequest& request) {
    stub.async()->CopyCheckpoint(&context_, &request, this);
    AddHold();  // Between two reads the call may end: it is not done before we say so.
    StartCall();
  }
  // Waits for the call's end.
  ~Receiving() override { (void)End(); }

  // The next part; null behind the last one and on any failure, which End tells.
  const pb::CopyCheckpointResponse* Next(Duration patience, const std::atomic<bool>& cancelled) {
    reading_ = true;  // Nothing is under way that could look at it.
    StartRead(&part_);
    std::unique_lock lock(mutex_);
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (!changed_.wait_for(lock, kCancelLook, [this] { return !reading_; })) {
      if (!cancelled && std::chrono::steady_clock::now() < give_up) continue;
      lock.unlock();
      context_.TryCancel();
      lock.lock();
    }
    return got_ ? &part_ : nullptr;
  }

  grpc::Status End() {
    if (std::exchange(holding_, false)) {
      if (got_) context_.TryCancel();  // Parts may be left that nobody wants any more.
      RemoveHold();
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
    return status_;
  }

  void OnReadDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    reading_ = false;
    got_ = ok;
    changed_.notify_all();
  }
  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(mutex_);
    done_ = true;
    status_ = status;
    changed_.notify_all();
  }

 private:
  grpc::ClientContext context_;
  pb::CopyCheckpointResponse part_;
  bool holding_ = true;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool reading_ = false;
  bool got_ = true;
  bool done_ = false;
  grpc::Status status_;
};

absl::Status ToAbsl(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (rpc::ReadError(status).reason == "POSITION_NOT_REACHED") {
    return absl::NotFoundError(status.error_message());
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

// What came so far.
class Copying {
 public:
  Copying(const std::string& schema, const shard::CopyWanted& wanted)
      : schema_(schema), wanted_(wanted) {}

  absl::Status TakeHead(const pb::CheckpointHead& head) {
    if (head.schema() != schema_) {
      return absl::InvalidArgumentError("the peer's rows are of schema " + head.schema());
    }
    if (wanted_.log_id != 0 && head.log_id() != wanted_.log_id) {
      return absl::FailedPreconditionError("the peer's rows come from another log");
    }
    if (head.next_offset() < wanted_.at_least) {
      return absl::NotFoundError("the peer's rows stand at " + std::to_string(head.next_offset()));
    }
    std::vector<store::CheckpointFile> files;
    for (const pb::CheckpointFile& file : head.files()) {
      files.push_back({file.name(), file.bytes(), file.checksum()});
      made_.bytes += file.bytes();
    }
    made_.position = head.position();
    made_.state_hash = head.state_hash();
    names_ = head.files();
    received_.assign(files.size(), 0);
    receiver_.emplace(wanted_.directory, std::move(files));
    return receiver_->Begin();
  }

  absl::Status TakeChunk(const pb::CheckpointChunk& chunk) {
    if (chunk.file() < 0 || chunk.file() >= names_.size()) {
      return absl::DataLossError("a chunk of a file that was not listed");
    }
    const std::string& data = chunk.data();
    std::int64_t& received = received_[static_cast<std::size_t>(chunk.file())];
    if (chunk.offset() != received) return absl::DataLossError("a chunk is missing");
    const auto* bytes = reinterpret_cast<const Bytef*>(data.data());
    if (crc32_z(0, bytes, data.size()) != chunk.checksum()) {
      return absl::DataLossError("a chunk was damaged on its way");
    }
    received += static_cast<std::int64_t>(data.size());
    return receiver_->Write(names_[chunk.file()].name(), data);
  }

  absl::StatusOr<shard::CopyMade> Finish() {
    if (absl::Status whole = receiver_->Finish(); !whole.ok()) return whole;
    return std::move(made_);
  }

 private:
  const std::string& schema_;
  const shard::CopyWanted& wanted_;
  shard::CopyMade made_;
  google::protobuf::RepeatedPtrField<pb::CheckpointFile> names_;
  std::vector<std::int64_t> received_;
  std::optional<store::CheckpointReceiver> receiver_;
};

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  // A peer that vanished without a word is noticed.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 2'000);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

absl::StatusOr<shard::CopyMade> CopyCheckpoint(const std::shared_ptr<grpc::Channel>& channel,
                                               const std::string& schema,
                                               const shard::CopyWanted& wanted,
                                               const std::atomic<bool>& cancelled) {
  const auto stub = pb::ShardService::NewStub(channel);
  pb::CopyCheckpointRequest request;
  request.set_shard(wanted.shard);
  request.set_schema(schema);
  request.set_log_id(wanted.log_id);
  request.set_at_least_offset(wanted.at_least);
  Receiving receiving(*stub, request);
  Copying copying(schema, wanted);

  const pb::CopyCheckpointResponse* part = receiving.Next(kHeadPatience, cancelled);
  if (part == nullptr) {
    if (absl::Status failed = ToAbsl(receiving.End()); !failed.ok()) return failed;
    return absl::DataLossError("the peer sent nothing");
  }
  if (!part->has_head()) return absl::DataLossError("the peer did not begin with a head");
  absl::Status taken = copying.TakeHead(part->head());
  while (taken.ok() && (part = receiving.Next(kChunkPatience, cancelled)) != nullptr) {
    taken = part->has_chunk() ? copying.TakeChunk(part->chunk())
                              : absl::DataLossError("the peer sent a second head");
  }
  if (!taken.ok()) return taken;
  if (absl::Status ended = ToAbsl(receiving.End()); !ended.ok()) return ended;
  return copying.Finish();
}

PeerCopies::PeerCopies(Options options, const journal::OwnerDirectory& directory)
    : options_(std::move(options)),
      directory_(directory),
      directory_until_(std::chrono::steady_clock::now() + kDirectoryPatience) {}

absl::StatusOr<shard::CopyMade> PeerCopies::Copy(const shard::CopyWanted& asked,
                                                 const std::atomic<bool>& cancelled) const {
  AwaitDirectory(cancelled);
  shard::CopyWanted wanted = asked;
  const auto owner = directory_.Find(options_.service, asked.shard);
  if (wanted.log_id == 0 && owner) wanted.log_id = owner->log_id;
  absl::Status last = absl::NotFoundError("no peer is known");
  for (const std::string& peer : Peers(asked.shard)) {
    if (cancelled) return absl::CancelledError("stopping");
    auto made = Ask(peer, wanted, cancelled);
    if (made.ok()) {
      made->peer = peer;
      return made;
    }
    last = made.status();
    if (absl::IsNotFound(last)) continue;
    telemetry::Log(telemetry::Level::kWarning, "a peer's copy cannot be used",
                   {{"shard", asked.shard}, {"peer", peer}, {"why", std::string(last.message())}});
  }
  return last;
}

absl::StatusOr<shard::CopyMade> PeerCopies::Ask(const std::string& peer,
                                                const shard::CopyWanted& wanted,
                                                const std::atomic<bool>& cancelled) const {
  const auto channel = Connect(peer);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + kConnectPatience)) {
    return absl::UnavailableError("the peer cannot be reached");
  }
  return CopyCheckpoint(channel, options_.schema, wanted, cancelled);
}

void PeerCopies::AwaitDirectory(const std::atomic<bool>& cancelled) const {
  while (!options_.directory_ready() && !cancelled &&
         std::chrono::steady_clock::now() < directory_until_) {
    std::this_thread::sleep_for(kCancelLook);
  }
}

std::vector<std::string> PeerCopies::Peers(ShardId shard) const {
  std::vector<std::string> peers;
  const auto add = [&](const std::string& address) {
    const bool ours = address.empty() || address == options_.address;
    const bool known = std::find(peers.begin(), peers.end(), address) != peers.end();
    if (!ours && !known && peers.size() < kPeersMax) peers.push_back(address);
  };
  if (const auto owner = directory_.Find(options_.service, shard)) add(owner->address);
  for (const journal::Owner& owner : directory_.List(options_.service)) add(owner.address);
  return peers;
}

}  // namespace omo::service
