// Shards that are not open yet, or no more: rebuilds, stand-ins, and what is put in their place.
#include <utility>

#include "libs/core/partition.h"
#include "libs/shard/loop.h"
#include "libs/telemetry/log_line.h"

namespace omo::shard {
namespace {

constexpr int kRebuildsMax = 1;  // Wrong again after a rebuild: a person must look.

}  // namespace

std::shared_ptr<HostedShard> Loop::MakeInstance(ShardId shard, std::unique_ptr<store::Store> store,
                                                Origin origin) {
  ShardOptions options = options_.shard;
  options.shard = shard;
  options.claimer = options_.claimer;
  options.schema = static_cast<std::int32_t>(Murmur2(options_.schema) & INT32_MAX);
  return std::make_shared<HostedShard>(std::move(store), origin,
                                       HostedShard::Parts{.options = std::move(options),
                                                          .make_model = parts_.make_model,
                                                          .journal = *journal_,
                                                          .listener = *this});
}

// Stands where a shard is not open yet: it says so to everybody.
void Loop::PutStandIn(ShardId shard, const absl::Status& why) {
  auto stand_in = MakeInstance(shard, store::Store::OpenInMemory(options_.schema, resources_),
                               Origin::kStandIn);
  stand_in->shard().Stop(why);
  const std::lock_guard lock(instances_mutex_);
  instances_[shard] = std::move(stand_in);
}

void Loop::OnRebuildNeeded(ShardId shard) { to_rebuild_.insert(shard); }

void Loop::OnStopped(ShardId shard, const absl::Status& why) {
  if (absl::IsCancelled(why)) return;  // We stop it ourselves.
  telemetry::Log(telemetry::Level::kError, "shard stopped",
                 {{"shard", shard}, {"why", std::string(why.message())}});
  const auto found = instances_.find(shard);
  // Rows of a peer that do not fit our log: the log itself still can tell.
  const bool peers_log = absl::IsDataLoss(why) && found != instances_.end() &&
                         found->second->origin() == Origin::kPeer &&
                         found->second->BehindSinceOpen();
  if (peers_log) to_rebuild_.insert(shard);
}

// Not within the journal's Poll: the shard that asked for it is still on the stack there.
void Loop::BeginRebuilds() {
  for (const ShardId id : std::exchange(to_rebuild_, {})) {
    std::shared_ptr<HostedShard> old = instances_[id];
    if (old->origin() == Origin::kStandIn) continue;
    Shard& shard = old->shard();
    Rebuilds& before = rebuilds_[id];
    // A rebuild that a skip asks for, or after one that proved right, is another matter.
    if (shard.log().skips_met() > 0 || shard.hash_agreed_at() > before.wrong_at) before = {};
    before.wrong_at = std::max(before.wrong_at, shard.confirmed().offset);
    if (before.count++ >= kRebuildsMax) {
      shard.Stop(absl::DataLossError("wrong again after a rebuild: a person must look"));
      continue;
    }
    telemetry::Log(telemetry::Level::kWarning, "rebuilding the shard from the log",
                   {{"shard", id}});
    journal_->Unfollow(id);
    std::set<SkipNote> skipped = shard.log().skipped();
    shard.Stop(absl::CancelledError("the shard is being rebuilt"));
    PutStandIn(id, absl::CancelledError("the shard is being rebuilt"));
    openings_.Begin({.shard = id, .retired = std::move(old), .skipped = std::move(skipped)});
  }
}

void Loop::PutOpened(Opened opened) {
  const ShardId id = opened.shard;
  if (!opened.instance.ok()) {
    telemetry::Log(telemetry::Level::kError, "shard cannot be opened",
                   {{"shard", id}, {"why", std::string(opened.instance.status().message())}});
    return PutStandIn(id, opened.instance.status());
  }
  std::shared_ptr<HostedShard> instance = *std::move(opened.instance);
  Shard& shard = instance->shard();
  // Before anybody reads there: rows without their position would be an answer of another time.
  const absl::Status begun = shard.Start(std::move(opened.skipped));
  {
    const std::lock_guard lock(instances_mutex_);
    instances_[id] = instance;
  }
  if (!begun.ok()) shard.Stop(begun);
  if (unfit_) shard.policy().Forbid();
  if (assigned_.contains(id)) shard.policy().Assign(generation_, SteadyNow());
}

// The rows of a shard that is read from its log's beginning stay in memory as long as they fit:
// they are written once, in order, and before that nothing is looked for on the disk.
bool Loop::HoldsFlush(HostedShard& instance) const {
  if (instance.origin() != Origin::kNothing || !instance.BehindSinceOpen()) return false;
  if (instance.rows().NearOverfull()) return false;
  std::int64_t bytes = 0;
  for (const auto& [id, each] : instances_) bytes += each->rows().changed_bytes();
  return bytes < options_.rebuild_bytes / options_.threads;
}

}  // namespace omo::shard
