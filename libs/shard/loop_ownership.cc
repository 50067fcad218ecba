// Who owns what: assignments, what is told and heard of owners, giving up and stopping.
#include <algorithm>
#include <utility>

#include "libs/shard/loop.h"
#include "libs/telemetry/log_line.h"

namespace omo::shard {
namespace {

constexpr Duration kPublishEvery{30'000};
// How long a stop waits to be asked for its shards: the others hear of it with their heartbeats,
// every half second at most, and then share the shards out.
constexpr Duration kHandOverWait{1'500};

}  // namespace

void Loop::Assign(const journal::Assignment& assignment) {
  if (unfit_) return;  // Of a rebalance that had begun before we left the group.
  assigned_ = {assignment.shards.begin(), assignment.shards.end()};
  generation_ = assignment.generation;
  for (auto& [id, instance] : instances_) {
    ClaimPolicy& policy = instance->shard().policy();
    instance->news = true;
    if (assigned_.contains(id)) {
      policy.Assign(assignment.generation, SteadyNow());
    } else {
      policy.Unassign();  // Taken from us: it goes on until the assignee asks for it, or claims.
    }
  }
}

void Loop::OwnerSeen(const journal::Owner& owner) {
  const auto found = instances_.find(owner.shard);
  if (found == instances_.end() || owner.instance == options_.claimer.instance) return;
  found->second->news = true;
  Shard& shard = found->second->shard();
  if (owner.log_id == shard.log().reader().log_id) shard.log().HigherTermSeen(owner.term);
}

void Loop::OnOwned(ShardId shard, std::uint64_t log_id, std::uint64_t term) {
  owned_[shard] = {.log_id = log_id, .term = term};
  Publish(shard);
  telemetry::Log(telemetry::Level::kInfo, "shard owned", {{"shard", shard}, {"term", term}});
}

void Loop::OnReleased(ShardId shard, std::uint64_t, std::uint64_t term) {
  owned_.erase(shard);
  telemetry::Log(telemetry::Level::kInfo, "shard no longer owned",
                 {{"shard", shard}, {"term", term}});
}

void Loop::OnHandOverWanted(ShardId shard, const Claimer& owner) {
  parts_.ask_hand_over(owner.address, shard, options_.claimer.instance);
}

void Loop::Publish(ShardId shard) {
  const Owned& owned = owned_.at(shard);
  parts_.directory.Publish({.service = options_.service,
                            .shard = shard,
                            .log_id = owned.log_id,
                            .term = owned.term,
                            .instance = options_.claimer.instance,
                            .address = options_.claimer.address});
}

void Loop::PublishAgain() {
  publish_again_at_ = SteadyNow() + kPublishEvery;
  for (const auto& [shard, owned] : owned_) Publish(shard);
}

// A stop goes on serving until the others ask for the shards, one by one, so that each is without
// an owner for moments only. True: nothing is owned any more, or patience is over.
bool Loop::StepStop() {
  const Time steady = SteadyNow();
  if (stop_began_ == Time{}) {
    stop_began_ = steady;
    release_all_at_ = steady;
    if (OthersLive()) release_all_at_ += std::min(kHandOverWait, stop_patience_ / 2);
  }
  if (!released_all_ && steady >= release_all_at_) {
    released_all_ = true;
    ReleaseAll();
  }
  return owned_.empty() || steady >= stop_began_ + stop_patience_;
}

// Another instance owns a shard: it is there to take ours. Alone, nobody will ask for them.
bool Loop::OthersLive() const {
  const std::vector<journal::Owner> owners = parts_.directory.List(options_.service);
  return std::any_of(owners.begin(), owners.end(), [&](const journal::Owner& owner) {
    return owner.instance != options_.claimer.instance;
  });
}

void Loop::ReleaseAll() {
  for (auto& [id, instance] : instances_) {
    instance->news = true;
    instance->shard().policy().Unassign();
    instance->shard().BeginRelease("");
  }
}

void Loop::GiveUpAll() {
  unfit_ = true;
  assigned_.clear();
  for (auto& [id, instance] : instances_) {
    instance->news = true;
    instance->shard().policy().Forbid();
    instance->shard().BeginRelease("");
  }
}

}  // namespace omo::shard
