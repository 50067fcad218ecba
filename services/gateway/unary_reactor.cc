#include "services/gateway/unary_reactor.h"

#include "libs/rpc/errors.h"
#include "libs/rpc/route_key.h"
#include "libs/rpc/wire.h"

namespace omo::gateway {

void UnaryReactor::OnReadDone(bool ok) {
  if (!ok) return Refuse(rpc::Fault("MALFORMED", "the call has no request"));
  const grpc::Status size = CheckSize(call_->shared, request_);
  if (!size.ok()) return Refuse(size);
  Run();
}

void UnaryReactor::Answer(const grpc::Status& status, grpc::ByteBuffer& response) {
  call_->shared.NoteEnd(status.error_code(), call_->began);
  if (!status.ok()) return Finish(status);
  response_.Swap(&response);
  StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
}

void UnaryReactor::Refuse(const grpc::Status& status) {
  grpc::ByteBuffer none;
  Answer(status, none);
}

// Called from within OnReadDone only: gRPC keeps the reactor while that runs, so `this` is alive
// here even if the answer has already gone out on another thread.
void UnaryReactor::Send(ShardId shard, grpc::ByteBuffer& request, rpc::CallOptions options,
                        rpc::CallDone done) {
  options.deadline = call_->deadline;
  auto handle = call_->target.client->Call(shard, call_->target.route->method, request,
                                           std::move(options), std::move(done));
  const std::lock_guard lock(mutex_);
  if (cancelled_) handle->Cancel();
  sent_.push_back(std::move(handle));
}

void UnaryReactor::CancelSent() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  for (const auto& handle : sent_) handle->Cancel();
}

void ForwardReactor::Run() {
  ShardId shard = rpc::kAnyShard;
  if (call().target.route->kind == type::v1::ROUTE_KIND_KEY) {
    const rpc::FlatBytes bytes(request());
    const grpc::Status found = rpc::FindShard(*call().target.route, bytes.view(),
                                              call().target.client->shard_count(), shard);
    if (!found.ok()) return Refuse(found);
  }
  Send(shard, request(), {std::move(call().metadata), {}},
       [this](const grpc::Status& status, rpc::ShardCall& sent) {
         if (status.ok()) return Answer(status, sent.response());
         Refuse(ExplainBareError(call(), status, sent.request()));
       });
}

}  // namespace omo::gateway
