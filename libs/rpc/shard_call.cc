#include "libs/rpc/shard_call.h"

#include <grpcpp/generic/generic_stub.h>

#include "libs/rpc/errors.h"
#include "libs/rpc/retry.h"
#include "libs/rpc/shard_client.h"

namespace omo::rpc {

ShardCall::ShardCall(ShardClient& client, ShardId shard, const std::string& method,
                     CallOptions options, CallDone done)
    : client_(client),
      shard_(shard),
      method_(method),
      options_(std::move(options)),
      done_(std::move(done)) {}

void ShardCall::Start(grpc::ByteBuffer& request) {
  request_.Swap(&request);
  self_ = shared_from_this();
  client_.Enter(*this);
  Attempt();
}

void ShardCall::Attempt() {
  Endpoint* endpoint = next_;
  next_ = nullptr;
  if (endpoint == nullptr && shard_ != kAnyShard) endpoint = client_.owners_.Find(shard_);
  if (endpoint == nullptr) endpoint = client_.owners_.Any(endpoint_);
  if (endpoint == nullptr) endpoint = endpoint_;
  if (endpoint == nullptr) return Wait(NoOwner(client_.service(), shard_));
  std::unique_lock lock(mutex_);
  if (cancelled_) {
    lock.unlock();
    return Finish(grpc::Status(grpc::CANCELLED, "given up"));
  }
  endpoint_ = endpoint;
  attempt_ms_.store(SteadyMillis(), std::memory_order_relaxed);
  left_ = false;
  attempting_ = true;
  context_.emplace();
  context_->set_deadline(options_.deadline);
  for (const auto& [key, value] : options_.metadata) context_->AddMetadata(key, value);
  endpoint->stub().UnaryCall(&*context_, method_, {}, &request_, &response_,
                             [this](const grpc::Status& status) { OnAnswer(status); });
}

void ShardCall::OnAnswer(const grpc::Status& status) {
  bool left = false;
  bool cancelled = false;
  {
    const std::lock_guard lock(mutex_);
    attempting_ = false;
    left = left_;
    cancelled = cancelled_;
  }
  const bool ours = status.ok() || !status.error_details().empty();
  if (ours) endpoint_->NoteAnswer(SteadyMillis());
  if (status.ok() || cancelled) return Finish(status);
  if (left && status.error_code() == grpc::CANCELLED) {
    may_have_arrived_ = true;
    return Attempt();
  }
  if (MayRepeat(status)) return Repeat(status);
  const bool late = status.error_code() == grpc::DEADLINE_EXCEEDED && !ours;
  Finish(late ? OutcomeUnknown("") : status);
}

void ShardCall::Repeat(const grpc::Status& status) {
  const ErrorInfo error = ReadError(status);
  if (error.reason.empty()) {
    // The connection broke: nobody knows whether the request got through. Ask another instance:
    // it knows the new owner, or says that the old one still is.
    may_have_arrived_ = true;
    next_ = client_.owners_.Any(endpoint_);
    return Wait(status);
  }
  // It waited already, for as long as it might: the answer says how far it is.
  const bool waited = error.reason == "POSITION_NOT_REACHED";
  if (waited && !error.Find("reached_offset").empty()) return Finish(status);
  if (error.reason != "NOT_OWNER") return Wait(status);
  const OwnerHint hint = error.Hint();
  if (hint.address.empty() || shard_ == kAnyShard) return Wait(status);
  client_.owners_.Hint(shard_, hint);
  next_ = &client_.channels_->Get(hint.address);
  if (next_ == endpoint_ || ++hints_followed_ > kHintsInARowMax) return Wait(status);
  Attempt();
}

void ShardCall::Wait(const grpc::Status& status) {
  hints_followed_ = 0;
  backoff_ = NextBackoff(backoff_);
  const auto at = std::chrono::system_clock::now() + backoff_;
  if (at >= options_.deadline) return Finish(may_have_arrived_ ? OutcomeUnknown("") : status);
  alarm_.emplace();
  alarm_->Set(at, [this](bool /*ok*/) { Attempt(); });
}

void ShardCall::Finish(const grpc::Status& status) {
  if (!status.ok()) response_.Clear();
  done_(status, *this);
  const std::shared_ptr<ShardCall> last = std::move(self_);
  client_.Leave(*this);  // From here on the client may be gone.
}

void ShardCall::Cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  if (attempting_) context_->TryCancel();
}

void ShardCall::LeaveIfSilent(std::int64_t now_ms) {
  if (now_ms - attempt_ms_.load(std::memory_order_relaxed) < kSilentMsMax) return;
  const std::lock_guard lock(mutex_);
  if (!attempting_ || left_) return;
  if (now_ms - endpoint_->answered_ms() < kSilentMsMax) return;
  Endpoint* owner = shard_ == kAnyShard ? nullptr : client_.owners_.Find(shard_);
  Endpoint* other = owner != nullptr && owner != endpoint_ ? owner : client_.owners_.Any(endpoint_);
  if (other == nullptr) return;
  next_ = other;
  left_ = true;
  context_->TryCancel();
}

}  // namespace omo::rpc
