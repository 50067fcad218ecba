#include "libs/shard/runtime.h"

#include <chrono>
#include <future>
#include <utility>

#include "libs/core/partition.h"
#include "libs/shard/loop.h"

namespace omo::shard {

Time WallNow() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

Time SteadyNow() {
  return Time{
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

Runtime::Runtime(RuntimeOptions options, Parts parts)
    : options_(std::move(options)), parts_(std::move(parts)), resources_(options_.resources) {
  std::vector<std::vector<ShardId>> by_loop(static_cast<std::size_t>(options_.threads));
  for (ShardId shard = 0; shard < options_.shards; ++shard) {
    by_loop[LoopAt(shard)].push_back(shard);
  }
  for (auto& shards : by_loop) {
    loops_.push_back(std::make_unique<Loop>(options_, parts_, resources_, std::move(shards)));
  }
}

Runtime::~Runtime() {
  {
    const std::lock_guard lock(listener_->mutex);
    listener_->runtime = nullptr;
  }
  Stop(Duration{0});
}

absl::Status Runtime::Start() {
  for (auto& loop : loops_) {
    if (absl::Status started = loop->Start(); !started.ok()) return started;
  }
  listener_->runtime = this;
  parts_.directory.Listen([listener = listener_](const journal::Owner& owner) {
    const std::lock_guard lock(listener->mutex);
    if (listener->runtime != nullptr) listener->runtime->Take(owner);
  });
  return absl::OkStatus();
}

void Runtime::Take(const journal::Owner& owner) {
  const bool ours = owner.service == options_.service && owner.shard >= 0;
  if (!ours || owner.shard >= options_.shards) return;
  LoopOf(owner.shard).Post([owner](Loop& loop) { loop.OwnerSeen(owner); });
}

void Runtime::Stop(Duration patience) {
  std::vector<std::thread> stops;
  for (auto& loop : loops_) stops.emplace_back([&loop, patience] { loop->Stop(patience); });
  for (std::thread& stop : stops) stop.join();
}

void Runtime::Assign(const journal::Assignment& assignment) {
  for (auto& loop : loops_) {
    loop->Post([assignment](Loop& there) { there.Assign(assignment); });
  }
}

void Runtime::Submit(ShardId shard, std::unique_ptr<Command> command) {
  LoopOf(shard).Submit(shard, std::move(command));
}

void Runtime::SubmitAll(std::vector<Submission> submissions) {
  if (submissions.empty()) return;
  if (loops_.size() == 1) return loops_.front()->SubmitAll(submissions);
  std::vector<std::vector<Submission>> by_loop(loops_.size());
  for (Submission& each : submissions) {
    by_loop[LoopAt(each.shard)].push_back(std::move(each));
  }
  for (std::size_t i = 0; i < by_loop.size(); ++i) {
    if (!by_loop[i].empty()) loops_[i]->SubmitAll(by_loop[i]);
  }
}

void Runtime::SubmitRead(ShardId shard, Read read) {
  LoopOf(shard).Post([shard, read = std::move(read)](Loop& loop) mutable {
    if (Shard* found = loop.Find(shard)) return found->SubmitRead(std::move(read));
    read.reply(Verdict::kStopped, Outcome{.verdict = Verdict::kStopped});
  });
}

void Runtime::HandOver(ShardId shard, const std::string& successor) {
  LoopOf(shard).Post([shard, successor](Loop& loop) {
    if (Shard* found = loop.Find(shard)) found->BeginRelease(successor);
  });
}

void Runtime::OwnerUnreachable(ShardId shard) {
  LoopOf(shard).Post([shard](Loop& loop) {
    if (Shard* found = loop.Find(shard)) found->policy().OwnerUnreachable();
  });
}

void Runtime::GiveUpAll() {
  for (auto& loop : loops_) {
    loop->Post([](Loop& there) { there.GiveUpAll(); });
  }
}

void Runtime::MayOwnAgain() {
  for (auto& loop : loops_) {
    loop->Post([](Loop& there) { there.MayOwnAgain(); });
  }
}

void Runtime::EnableFeature(ShardId shard, FeatureNote feature, ControlReply reply) {
  LoopOf(shard).Post(
      [shard, feature = std::move(feature), reply = std::move(reply)](Loop& loop) mutable {
        if (Shard* found = loop.Find(shard)) return found->EnableFeature(feature, std::move(reply));
        reply(Outcome{.verdict = Verdict::kStopped});
      });
}

void Runtime::TakeClockTime(ShardId shard, std::string decided_by, std::string reason,
                            ControlReply reply) {
  LoopOf(shard).Post([shard, decided_by = std::move(decided_by), reason = std::move(reason),
                      reply = std::move(reply)](Loop& loop) mutable {
    if (Shard* found = loop.Find(shard)) {
      return found->TakeClockTime(decided_by, reason, std::move(reply));
    }
    reply(Outcome{.verdict = Verdict::kStopped});
  });
}

void Runtime::AppendSkip(ShardId shard, SkipNote skip, std::string decided_by, std::string reason,
                         ControlReply reply) {
  LoopOf(shard).Post([shard, skip, decided_by = std::move(decided_by), reason = std::move(reason),
                      reply = std::move(reply)](Loop& loop) mutable {
    if (Shard* found = loop.Find(shard)) {
      return found->AppendSkip(skip, decided_by, reason, std::move(reply));
    }
    reply(Outcome{.verdict = Verdict::kStopped});
  });
}

std::shared_ptr<ShardInstance> Runtime::Instance(ShardId shard) const {
  return LoopOf(shard).Instance(shard);
}

std::vector<ShardStatus> Runtime::Status(bool with_state_hash) {
  std::vector<ShardStatus> all;
  for (auto& loop : loops_) {
    std::promise<void> done;
    const std::future<void> told = done.get_future();
    loop->Post([&, done = std::move(done)](Loop& there) mutable {
      for (ShardStatus& status : there.Status(with_state_hash)) all.push_back(std::move(status));
      done.set_value();
    });
    told.wait();
  }
  return all;
}

bool Runtime::Ready() {
  bool ready = true;
  for (auto& loop : loops_) {
    std::promise<void> done;
    const std::future<void> told = done.get_future();
    loop->Post([&, done = std::move(done)](Loop& there) mutable {
      ready = ready && there.Ready();
      done.set_value();
    });
    told.wait();
  }
  return ready;
}

ShardId Runtime::ShardOfKey(std::string_view key) const { return ShardOf(key, options_.shards); }

// Neighbours share a loop: a loop's shards are spread over its journal's producers by their number,
// which a loop that had every other shard would undo.
std::size_t Runtime::LoopAt(ShardId shard) const {
  return static_cast<std::size_t>(std::int64_t{shard} * options_.threads / options_.shards);
}

Loop& Runtime::LoopOf(ShardId shard) const { return *loops_[LoopAt(shard)]; }

}  // namespace omo::shard
