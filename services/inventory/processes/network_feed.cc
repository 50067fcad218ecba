#include "services/inventory/processes/network_feed.h"

#include <algorithm>
#include <utility>

#include "services/inventory/inventory_model.h"

namespace omo::inventory {
namespace {

// At a time: a shard that is far behind catches up over some ticks.
constexpr std::int64_t kChangesMax = 100;

std::int64_t VersionIn(shard::ShardInstance& instance) {
  const store::Store::ReadLock lock(instance.store());
  const auto& rows = static_cast<const InventoryModel&>(instance.model());
  return rows.network.FindConfirmed({}).value_or(Network{}).version;
}

}  // namespace

NetworkFeed::NetworkFeed(shard::Runtime& runtime)
    : runtime_(runtime), source_(runtime.ShardOfKey(kNetworkKey)) {
  for (ShardId shard = 0; shard < runtime.shards(); ++shard) {
    on_the_way_.push_back(std::make_shared<std::atomic<int>>(0));
  }
}

void NetworkFeed::Tick() {
  const auto source = runtime_.Instance(source_);
  if (source == nullptr) return;
  const std::int64_t newest = VersionIn(*source);
  if (newest == 0) return;
  for (ShardId shard = 0; shard < runtime_.shards(); ++shard) {
    if (shard != source_ && *on_the_way_[static_cast<std::size_t>(shard)] == 0) {
      Feed(shard, newest);
    }
  }
}

void NetworkFeed::Feed(ShardId shard, std::int64_t newest) {
  const auto target = runtime_.Instance(shard);
  const auto source = runtime_.Instance(source_);
  if (target == nullptr || source == nullptr || !target->owned()) return;
  const std::int64_t applied = VersionIn(*target);
  std::vector<ApplyNetworkChange> commands;
  {
    const store::Store::ReadLock lock(source->store());
    const auto& rows = static_cast<const InventoryModel&>(source->model());
    for (std::int64_t version = applied + 1; version <= std::min(newest, applied + kChangesMax);
         ++version) {
      const auto change = rows.network_changes.FindConfirmed(version);
      if (!change) break;
      commands.push_back({.version = version, .change = *change});
    }
  }
  const auto& count = on_the_way_[static_cast<std::size_t>(shard)];
  *count = static_cast<int>(commands.size());
  std::vector<shard::Submission> submissions;
  for (ApplyNetworkChange& body : commands) {
    auto command = std::make_unique<shard::Command>();
    command->body = shard::MakeBody<InventoryModel>(std::move(body));
    command->envelope.caller = shard::kTimerCaller;
    command->envelope.command_time = shard::WallNow();
    command->reply = [count](shard::Model&, const shard::Outcome&) { --*count; };
    submissions.push_back({shard, std::move(command)});
  }
  runtime_.SubmitAll(std::move(submissions));
}

}  // namespace omo::inventory
