#include "libs/rpc/shard_client.h"

#include "libs/core/partition.h"

namespace omo::rpc {
namespace {

constexpr std::chrono::milliseconds kWatchEvery{250};

std::size_t ThisThreadsLane() {
  static std::atomic<std::size_t> threads{0};
  thread_local const std::size_t lane = threads.fetch_add(1);
  return lane;
}

}  // namespace

ShardClient::ShardClient(std::string service, std::int32_t shard_count,
                         journal::OwnerDirectory& directory, std::shared_ptr<ChannelPool> channels)
    : channels_(std::move(channels)),
      owners_(std::move(service), shard_count, directory, *channels_),
      watch_([this] { Watch(); }) {}

ShardClient::~ShardClient() {
  {
    const std::lock_guard lock(watch_mutex_);
    stopping_ = true;
  }
  watch_wake_.notify_all();
  watch_.join();
  for (Lane& lane : lanes_) {
    std::unique_lock lock(lane.mutex);
    for (ShardCall* call = lane.first; call != nullptr; call = call->lane_next_) call->Cancel();
    lane.empty.wait(lock, [&] { return lane.first == nullptr; });
  }
}

ShardId ShardClient::ShardOf(std::string_view key) const {
  return omo::ShardOf(key, shard_count());
}

ShardCallHandle ShardClient::Call(ShardId shard, const std::string& method,
                                  grpc::ByteBuffer& request, CallOptions options, CallDone done) {
  auto call =
      std::make_shared<ShardCall>(*this, shard, method, std::move(options), std::move(done));
  call->Start(request);
  return call;
}

void ShardClient::Enter(ShardCall& call) {
  call.lane_ = ThisThreadsLane() % kLanes;
  Lane& lane = lanes_[call.lane_];
  const std::lock_guard lock(lane.mutex);
  call.lane_next_ = lane.first;
  if (lane.first != nullptr) lane.first->lane_previous_ = &call;
  lane.first = &call;
}

void ShardClient::Leave(ShardCall& call) {
  Lane& lane = lanes_[call.lane_];
  const std::lock_guard lock(lane.mutex);
  (call.lane_previous_ != nullptr ? call.lane_previous_->lane_next_ : lane.first) = call.lane_next_;
  if (call.lane_next_ != nullptr) call.lane_next_->lane_previous_ = call.lane_previous_;
  // Under the lock, so that the client cannot end before this is through.
  if (lane.first == nullptr) lane.empty.notify_all();
}

void ShardClient::Watch() {
  std::unique_lock lock(watch_mutex_);
  while (!watch_wake_.wait_for(lock, kWatchEvery, [this] { return stopping_; })) {
    const std::int64_t now_ms = SteadyMillis();
    for (Lane& lane : lanes_) {
      const std::lock_guard lane_lock(lane.mutex);
      for (ShardCall* call = lane.first; call != nullptr; call = call->lane_next_) {
        call->LeaveIfSilent(now_ms);
      }
    }
  }
}

}  // namespace omo::rpc
