// ShardService.CopyCheckpoint, both ends: what is sent arrives, and what is wrong on its way is
// found.
#include <grpcpp/grpcpp.h>

#include <utility>

#include "libs/service/checkpoint_copy.h"
#include "libs/service/shard_service.h"
#include "libs/shard/stored_position.h"
#include "tests/support/toy_shop.h"

namespace omo::service {
namespace {

namespace pb = omo::journal::v1;
using testing::kToyShards;
using testing::ToyInstance;
using testing::ToyLog;
using testing::WaitUntil;

const std::atomic<bool> kNotCancelled = false;

// An instance with flushed rows, behind its door.
struct Peer {
  testing::TempDirectory folder;
  ToyLog log;
  std::vector<std::uint64_t> hashes = testing::WriteHistory(log, folder.path() / "peer", 200);
  ToyInstance instance{log, "peer", folder.path() / "peer"};
  ShardService service{"peer", instance.runtime(), folder.path() / "outgoing"};
  std::unique_ptr<grpc::Server> server = Serve();

  Peer() {
    REQUIRE(WaitUntil([this] { return instance.CaughtUp(); }));
  }
  ~Peer() { server->Shutdown(); }
  std::unique_ptr<grpc::Server> Serve() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service);
    return builder.BuildAndStart();
  }
  shard::CopyWanted Wanted(ShardId shard = 0) const {
    return {.shard = shard, .directory = folder.path() / "received"};
  }
  absl::StatusOr<shard::CopyMade> Copy(const shard::CopyWanted& wanted,
                                       const std::string& schema = "toy") {
    return CopyCheckpoint(server->InProcessChannel({}), schema, wanted, kNotCancelled);
  }
};

using Parts = std::vector<pb::CopyCheckpointResponse>;

// What the peer sends of shard 0.
Parts Sent(Peer& peer) {
  const auto stub = pb::ShardService::NewStub(peer.server->InProcessChannel({}));
  grpc::ClientContext call;
  pb::CopyCheckpointRequest request;
  request.set_schema("toy");
  const auto stream = stub->CopyCheckpoint(&call, request);
  Parts parts;
  for (pb::CopyCheckpointResponse part; stream->Read(&part);) parts.push_back(part);
  REQUIRE(stream->Finish().ok());
  REQUIRE(parts.size() > 2);
  REQUIRE(parts[0].has_head());
  return parts;
}

// Sends what a test makes of it.
class TwistedPeer final : public pb::ShardService::CallbackService {
 public:
  explicit TwistedPeer(Parts parts, grpc::Status end = grpc::Status::OK)
      : parts_(std::move(parts)), end_(std::move(end)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~TwistedPeer() override { server_->Shutdown(); }

  grpc::ServerWriteReactor<pb::CopyCheckpointResponse>* CopyCheckpoint(
      grpc::CallbackServerContext*, const pb::CopyCheckpointRequest*) override {
    return new Writing(*this);
  }
  absl::Status Copy(const shard::CopyWanted& wanted, const std::atomic<bool>& cancelled) {
    return service::CopyCheckpoint(server_->InProcessChannel({}), "toy", wanted, cancelled)
        .status();
  }

  bool silent = false;  // Never ends by itself.

 private:
  class Writing final : public grpc::ServerWriteReactor<pb::CopyCheckpointResponse> {
   public:
    explicit Writing(TwistedPeer& peer) : peer_(peer) { OnWriteDone(true); }
    void OnWriteDone(bool) override {
      if (next_ < peer_.parts_.size()) return StartWrite(&peer_.parts_[next_++]);
      if (!peer_.silent) Finish(peer_.end_);
    }
    void OnCancel() override {
      if (peer_.silent) Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    TwistedPeer& peer_;
    std::size_t next_ = 0;
  };

  const Parts parts_;
  const grpc::Status end_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

TEST_CASE("a checkpoint copied from a peer is the peer's rows", "[service]") {
  Peer peer;
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    const shard::CopyWanted wanted = peer.Wanted(shard);
    const auto made = peer.Copy(wanted);
    INFO(made.status());
    REQUIRE(made.ok());
    CHECK(made->state_hash == peer.hashes[shard]);
    CHECK(made->bytes > 0);
    store::Resources resources;
    auto store = store::Store::Open({.directory = wanted.directory, .schema = "toy"}, resources);
    REQUIRE(store.ok());
    CHECK((*store)->stored_position() == made->position);
    CHECK((*store)->StateHash() == made->state_hash);
  }
  // What was sent is not kept.
  CHECK(WaitUntil([&] { return std::filesystem::is_empty(peer.folder.path() / "outgoing"); }));
}

TEST_CASE("a peer refuses rows that are of no use to the caller", "[service]") {
  Peer peer;
  shard::CopyWanted wanted = peer.Wanted();
  wanted.at_least = 1'000'000;
  CHECK(absl::IsNotFound(peer.Copy(wanted).status()));
  wanted = peer.Wanted();
  wanted.log_id = 1;
  CHECK(absl::IsFailedPrecondition(peer.Copy(wanted).status()));
  CHECK(absl::IsInvalidArgument(peer.Copy(peer.Wanted(), "another schema").status()));
  CHECK(absl::IsInvalidArgument(peer.Copy(peer.Wanted(kToyShards)).status()));
  wanted = peer.Wanted();
  wanted.at_least = -1;
  CHECK(absl::IsInvalidArgument(peer.Copy(wanted).status()));
  wanted.at_least = 0;
  wanted.log_id = peer.instance.Status(0).log_id;
  CHECK(peer.Copy(wanted).ok());
}

TEST_CASE("a peer with nothing flushed has nothing to send", "[service]") {
  testing::TempDirectory folder;
  ToyLog log;
  ToyInstance instance(log, "young", folder.path() / "young");
  ShardService service("young", instance.runtime(), folder.path() / "outgoing");
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  const auto made = CopyCheckpoint(server->InProcessChannel({}), "toy",
                                   {.directory = folder.path() / "received"}, kNotCancelled);
  CHECK(absl::IsNotFound(made.status()));
  server->Shutdown();
}

TEST_CASE("a copy that is not as it was told is found out", "[service]") {
  Peer peer;
  const Parts sent = Sent(peer);
  const auto copy = [&](Parts parts, grpc::Status end = grpc::Status::OK) {
    return TwistedPeer(std::move(parts), std::move(end)).Copy(peer.Wanted(), kNotCancelled);
  };
  CHECK(copy(sent).ok());

  Parts truncated(sent.begin(), sent.end() - 1);
  CHECK(absl::IsDataLoss(copy(truncated)));
  CHECK(absl::IsUnavailable(copy(truncated, {grpc::UNAVAILABLE, "the peer went away"})));
  CHECK(absl::IsDataLoss(copy({})));

  Parts damaged = sent;
  damaged[1].mutable_chunk()->mutable_data()->front() ^= 1;
  CHECK(absl::IsDataLoss(copy(damaged)));
  Parts missing = sent;
  missing.erase(missing.begin() + 1);
  CHECK_FALSE(copy(missing).ok());
  Parts shifted = sent;
  shifted[1].mutable_chunk()->set_offset(1);
  CHECK(absl::IsDataLoss(copy(shifted)));
  Parts twice = sent;
  twice.insert(twice.begin() + 1, sent[1]);
  CHECK(absl::IsDataLoss(copy(twice)));

  Parts headless(sent.begin() + 1, sent.end());
  CHECK(absl::IsDataLoss(copy(headless)));
  Parts two_heads = sent;
  two_heads.insert(two_heads.begin() + 1, sent[0]);
  CHECK(absl::IsDataLoss(copy(two_heads)));
  Parts other_file = sent;
  other_file[1].mutable_chunk()->set_file(10'000);
  CHECK(absl::IsDataLoss(copy(other_file)));
  Parts other_sum = sent;
  other_sum[0].mutable_head()->mutable_files(0)->set_checksum(1);
  CHECK(absl::IsDataLoss(copy(other_sum)));
  Parts escape = sent;
  escape[0].mutable_head()->mutable_files(0)->set_name("../../escape");
  CHECK(absl::IsInvalidArgument(copy(escape)));
}

TEST_CASE("rows of another schema or log are not received, whatever the peer thinks", "[service]") {
  Peer peer;
  const Parts sent = Sent(peer);
  Parts other_schema = sent;
  other_schema[0].mutable_head()->set_schema("another");
  CHECK(absl::IsInvalidArgument(TwistedPeer(other_schema).Copy(peer.Wanted(), kNotCancelled)));
  shard::CopyWanted wanted = peer.Wanted();
  wanted.log_id = 1;
  CHECK(absl::IsFailedPrecondition(TwistedPeer(sent).Copy(wanted, kNotCancelled)));
  wanted = peer.Wanted();
  wanted.at_least = 1'000'000;
  CHECK(absl::IsNotFound(TwistedPeer(sent).Copy(wanted, kNotCancelled)));
}

TEST_CASE("a silent peer holds nobody who is to stop", "[service]") {
  Peer peer;
  const Parts sent = Sent(peer);
  TwistedPeer silent(Parts(sent.begin(), sent.end() - 1));
  silent.silent = true;
  const std::atomic<bool> cancelled = true;
  CHECK(absl::IsCancelled(silent.Copy(peer.Wanted(), cancelled)));
}

TEST_CASE("the owner is asked first, then whoever else owns something", "[service]") {
  Peer peer;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&peer.service);
  const auto server = builder.BuildAndStart();
  const std::string address = "127.0.0.1:" + std::to_string(port);
  const std::uint64_t log_id = peer.instance.Status(0).log_id;

  testing::StaticOwners owners;
  const auto own = [&](ShardId shard, std::uint64_t log, const std::string& at) {
    owners.Publish({.service = "toy", .shard = shard, .log_id = log, .term = 1, .address = at});
  };
  const PeerCopies copies({.service = "toy",
                           .schema = "toy",
                           .address = "127.0.0.1:1",
                           .directory_ready = [] { return true; }},
                          owners);
  CHECK(absl::IsNotFound(copies.Copy(peer.Wanted(), kNotCancelled).status()));
  own(0, log_id, "127.0.0.1:1");  // We ourselves, before our rows were lost.
  CHECK(absl::IsNotFound(copies.Copy(peer.Wanted(), kNotCancelled).status()));
  own(1, peer.instance.Status(1).log_id, address);
  const auto made = copies.Copy(peer.Wanted(), kNotCancelled);
  REQUIRE(made.ok());
  CHECK(made->peer == address);
  CHECK(made->state_hash == peer.hashes[0]);
  own(0, log_id + 1, address);  // The newest log is not the one that the peer has.
  CHECK(absl::IsFailedPrecondition(copies.Copy(peer.Wanted(), kNotCancelled).status()));
  server->Shutdown();
}

}  // namespace omo::service
