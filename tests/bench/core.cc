#include "tests/bench/core.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "libs/journal/kafka/kafka_journal.h"
#include "tests/bench/latencies.h"
#include "tests/bench/rig.h"
#include "tests/support/wait.h"

namespace omo::bench {
namespace {

constexpr char kSchema[] = "inventory-2";
constexpr std::chrono::minutes kPatience{20};

}  // namespace

Core::Core(const std::string& bootstrap, const std::string& name, std::filesystem::path data,
           const std::string& peer) {
  shard::Runtime::Parts parts{
      .make_journal = [bootstrap](journal::Wakeup& wakeup)
          -> absl::StatusOr<std::unique_ptr<journal::Journal>> {
        return journal::KafkaJournal::Open(
            {.connection = {.bootstrap = bootstrap}, .topic = kCoreTopic, .source = "/bench"},
            wakeup);
      },
      .make_model =
          [](store::Store& store) { return std::make_unique<inventory::InventoryModel>(store); },
      .directory = owners_,
      .ask_hand_over = [](const auto&...) {}};
  if (!peer.empty()) {
    owners_.Publish({.service = "core", .address = peer});
    copies_ = std::make_unique<service::PeerCopies>(
        service::PeerCopies::Options{.service = "core",
                                     .schema = kSchema,
                                     .address = name,
                                     .directory_ready = [] { return true; }},
        owners_);
    parts.copy_from_peer = [this](const shard::CopyWanted& wanted,
                                  const std::atomic<bool>& cancelled) {
      auto made = copies_->Copy(wanted, cancelled);
      if (made.ok()) ++copied_;
      return made;
    };
  }
  runtime_ = std::make_unique<shard::Runtime>(
      shard::RuntimeOptions{.service = "core",
                            .schema = kSchema,
                            .shards = kShards,
                            .data = std::move(data),
                            .claimer = {.instance = name, .address = name, .group = "core"},
                            .copy_records_min = 1},
      std::move(parts));
  if (!runtime_->Start().ok()) throw std::runtime_error("the core does not start");
}

Core::~Core() {
  if (server_ != nullptr) server_->Shutdown();
  runtime_->Stop(Duration{10'000});
}

void Core::Own() {
  journal::Assignment all{.group = "core", .generation = 1};
  for (ShardId shard = 0; shard < kShards; ++shard) all.shards.push_back(shard);
  runtime_->Assign(all);
  const bool owned = testing::WaitUntil([&] {
    return std::ranges::all_of(runtime_->Status(false),
                               [](const auto& status) { return status.state == "owning"; });
  });
  if (!owned) throw std::runtime_error("the core does not own its shards");
}

double Core::CaughtUp() {
  if (!testing::WaitUntil([this] { return runtime_->Ready(); }, kPatience)) {
    throw std::runtime_error("the core does not come to the end of its logs");
  }
  return SecondsSince(begun_);
}

std::string Core::Serve(const std::filesystem::path& outgoing) {
  service_ = std::make_unique<service::ShardService>("peer", *runtime_, outgoing);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  return "127.0.0.1:" + std::to_string(port);
}

std::vector<std::uint64_t> Core::Hashes() {
  std::vector<std::uint64_t> hashes;
  for (const auto& status : runtime_->Status()) hashes.push_back(status.state_hash);
  return hashes;
}

std::uint64_t Core::Records() {
  std::uint64_t records = 0;
  for (const auto& status : runtime_->Status(false)) {
    records += static_cast<std::uint64_t>(status.next_offset);
  }
  return records;
}

void CheckSame(Core& core, const std::vector<std::uint64_t>& hashes) {
  if (core.Hashes() != hashes) throw std::runtime_error("a start ended with another state");
}

void CheckCopied(const Core& core) {
  if (core.copied() != kShards) throw std::runtime_error("a start did not copy every shard");
}

}  // namespace omo::bench
