// One instance of inventory in this process, without gRPC: what the bench drives and starts anew.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/service/checkpoint_copy.h"
#include "libs/service/shard_service.h"
#include "libs/shard/runtime.h"
#include "libs/shard/typed_model.h"
#include "services/inventory/inventory_model.h"
#include "tests/bench/inventory_load.h"
#include "tests/bench/load.h"
#include "tests/support/static_owners.h"

namespace omo::bench {

inline constexpr char kCoreTopic[] = "omo.core.journal.v1";

class Core {
 public:
  // Follows kCoreTopic from what is in `data`; owns nothing. `peer`: whose checkpoints it copies,
  // however short the log is; empty: nobody's.
  Core(const std::string& bootstrap, const std::string& name, std::filesystem::path data,
       const std::string& peer = "");
  ~Core();

  // Waits until it owns every shard.
  void Own();
  // Seconds since it was made until every shard's rows are all that the log has.
  double CaughtUp();
  // Its address, for peers.
  std::string Serve(const std::filesystem::path& outgoing);

  std::vector<std::uint64_t> Hashes();
  // Of all shards' logs.
  std::uint64_t Records();
  // Checkpoints that came from its peer.
  int copied() const { return copied_; }

  template <class Command>
  void Submit(const std::string& sku, Command body, shard::Reply reply) {
    auto command = std::make_unique<shard::Command>();
    command->body = shard::MakeBody<inventory::InventoryModel>(std::move(body));
    command->id = CommandId();
    command->envelope.caller = "bench";
    command->envelope.command_time = shard::WallNow();
    command->reply = std::move(reply);
    runtime_->Submit(runtime_->ShardOfKey(sku), std::move(command));
  }

 private:
  const Clock::time_point begun_ = Clock::now();
  testing::StaticOwners owners_;
  std::atomic<int> copied_ = 0;
  std::unique_ptr<service::PeerCopies> copies_;
  std::unique_ptr<shard::Runtime> runtime_;
  std::unique_ptr<service::ShardService> service_;
  std::unique_ptr<grpc::Server> server_;
};

// Each throws where a start did not end as it should: with these hashes; with every shard copied.
void CheckSame(Core& core, const std::vector<std::uint64_t>& hashes);
void CheckCopied(const Core& core);

}  // namespace omo::bench
