#include "services/inventory/api/availability_watch.h"

#include <algorithm>
#include <utility>

#include "libs/rpc/errors.h"
#include "services/inventory/api/watcher.h"

namespace omo::inventory {
namespace {

constexpr Duration kRetryAfter{1'000};
// How late a heartbeat may be, or the end of a shard's rows be seen.
Duration LookEvery(Duration heartbeat) {
  return std::clamp(heartbeat / 5, Duration{5}, Duration{500});
}

}  // namespace

AvailabilityWatch::AvailabilityWatch(shard::Runtime& runtime, const WatchOptions& options)
    : runtime_(runtime), options_(options), thread_([this] { Run(); }) {}

AvailabilityWatch::~AvailabilityWatch() { End(Duration{0}); }

grpc::Status AvailabilityWatch::Enter(const std::shared_ptr<Watcher>& watcher) {
  const std::lock_guard lock(mutex_);
  if (ended_) return WatchEnded("the instance stops");
  if (watchers_.size() >= options_.watchers_max) {
    return rpc::Overloaded("watches of availability", kRetryAfter);
  }
  watchers_.insert(watcher);
  bell_->Listen(true);
  return grpc::Status::OK;
}

void AvailabilityWatch::Leave(const std::shared_ptr<Watcher>& watcher) {
  const std::lock_guard lock(mutex_);
  watchers_.erase(watcher);
  if (!ended_) bell_->Listen(!watchers_.empty());
  if (watchers_.empty()) left_.notify_all();
}

void AvailabilityWatch::End(Duration patience) {
  Watchers watchers;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(ended_, true)) return;
    watchers = watchers_;
    bell_->Listen(true);
  }
  bell_->Ring();
  thread_.join();
  for (const auto& watcher : watchers) watcher->End(WatchEnded("the instance stops"));
  // A server that stops meanwhile may cut a stream off before its status is out.
  std::unique_lock lock(mutex_);
  left_.wait_for(lock, patience, [this] { return watchers_.empty(); });
}

std::size_t AvailabilityWatch::watchers() const {
  const std::lock_guard lock(mutex_);
  return watchers_.size();
}

void AvailabilityWatch::Run() {
  while (true) {
    bell_->Wait(LookEvery(options_.heartbeat));
    Watchers watchers;
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return;
      watchers = watchers_;
    }
    for (const auto& watcher : watchers) watcher->TellNext();
  }
}

}  // namespace omo::inventory
