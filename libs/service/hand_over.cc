#include "libs/service/hand_over.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "omo/journal/v1/shard_service.grpc.pb.h"

namespace omo::service {
namespace {

constexpr std::chrono::milliseconds kPatience{500};  // protocol.md 2.6

}  // namespace

struct HandOverAsker::Asking {
  ShardId shard = 0;
  grpc::ClientContext context;
  journal::v1::HandOverRequest request;
  journal::v1::HandOverResponse response;
  std::unique_ptr<journal::v1::ShardService::Stub> stub;
};

HandOverAsker::HandOverAsker(std::function<void(ShardId)> unreachable)
    : unreachable_(std::move(unreachable)) {}

HandOverAsker::~HandOverAsker() { Stop(); }

void HandOverAsker::Ask(const std::string& address, ShardId shard, const std::string& successor) {
  auto asking = std::make_shared<Asking>();
  asking->shard = shard;
  asking->context.set_deadline(std::chrono::system_clock::now() + kPatience);
  asking->request.set_shard(shard);
  asking->request.set_successor(successor);
  asking->stub = journal::v1::ShardService::NewStub(
      grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    under_way_.insert(asking);
  }
  asking->stub->async()->HandOver(&asking->context, &asking->request, &asking->response,
                                  [this, asking](const grpc::Status& status) {
                                    Done(asking, status.error_code() != grpc::UNAVAILABLE);
                                  });
}

void HandOverAsker::Done(const std::shared_ptr<Asking>& asking, bool reached) {
  const std::lock_guard lock(mutex_);
  if (!reached && !stopped_) unreachable_(asking->shard);
  under_way_.erase(asking);
  quiet_.notify_all();
}

void HandOverAsker::Stop() {
  std::unique_lock lock(mutex_);
  stopped_ = true;
  for (const auto& asking : under_way_) asking->context.TryCancel();
  quiet_.wait(lock, [this] { return under_way_.empty(); });
}

}  // namespace omo::service
