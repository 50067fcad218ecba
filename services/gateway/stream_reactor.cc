#include "services/gateway/stream_reactor.h"

#include <grpcpp/generic/generic_stub.h>

#include <charconv>
#include <utility>

#include "libs/rpc/errors.h"
#include "libs/rpc/route_key.h"
#include "libs/rpc/wire.h"

namespace omo::gateway {

// The stream to one owner. Its fields are under the reactor's mutex.
//
// A hold keeps gRPC from ending the stream (OnDone) while something may still be started on it: it
// goes when both the writing and the reading side have come to their end.
class OwnerStream final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  OwnerStream(StreamReactor& reactor, rpc::Endpoint& endpoint, const GatewayCall& call)
      : reactor_(reactor) {
    context_.set_deadline(call.deadline);
    for (const auto& [key, value] : call.metadata) context_.AddMetadata(key, value);
    endpoint.stub().PrepareBidiStreamingCall(&context_, call.target.route->method, {}, this);
    AddHold();
    ReadNext();
    StartCall();
  }

  std::size_t waiting() const { return waiting_.size(); }
  bool half_closed() const { return half_close_; }
  bool done() const { return done_; }
  const grpc::ByteBuffer& answer() const { return answer_; }

  void Write(grpc::ByteBuffer& message) {
    waiting_.emplace_back().Swap(&message);
    WriteNext();
  }
  // No more messages will come.
  void HalfClose() {
    half_close_ = true;
    WriteNext();
  }
  // The answer has been passed on.
  void ReadNext() {
    if (reads_ended_) return;
    reading_ = true;
    StartRead(&answer_);
  }
  // Ends the stream whatever runs on it.
  void Cancel() {
    if (done_) return;
    context_.TryCancel();
    if (!writing_) EndWrites();
    if (!reading_) EndReads();
  }

  // With the reactor's mutex held, by the reactor, on its way from gRPC's reactions below.
  void NoteWritten(bool ok) {
    writing_ = false;
    ok && !reads_ended_ ? WriteNext() : EndWrites();
  }
  void NoteRead(bool ok) {
    reading_ = false;
    if (ok) return;
    // The owner says no more: what is still to be written has no reader, and OnDone tells why.
    EndReads();
    if (!writing_) EndWrites();
  }
  void NoteDone() { done_ = true; }

 private:
  void OnWriteDone(bool ok) override { reactor_.OnOwnerWrote(*this, ok); }
  void OnReadDone(bool ok) override { reactor_.OnOwnerAnswered(*this, ok); }
  void OnDone(const grpc::Status& status) override { reactor_.OnOwnerDone(*this, status); }

  void WriteNext() {
    if (writing_ || writes_ended_) return;
    if (!waiting_.empty()) {
      written_.Swap(&waiting_.front());
      waiting_.pop_front();
      writing_ = true;
      StartWrite(&written_);
    } else if (half_close_) {
      StartWritesDone();
      EndWrites();
    }
  }
  void EndWrites() {
    if (!std::exchange(writes_ended_, true) && reads_ended_) RemoveHold();
  }
  void EndReads() {
    if (!std::exchange(reads_ended_, true) && writes_ended_) RemoveHold();
  }

  StreamReactor& reactor_;
  grpc::ClientContext context_;
  std::deque<grpc::ByteBuffer> waiting_;
  grpc::ByteBuffer written_;
  grpc::ByteBuffer answer_;
  bool writing_ = false;
  bool reading_ = false;
  bool half_close_ = false;
  bool writes_ended_ = false;
  bool reads_ended_ = false;
  bool done_ = false;
};

StreamReactor::StreamReactor(std::unique_ptr<GatewayCall> call) : call_(std::move(call)) {
  StartRead(&message_);
}

StreamReactor::~StreamReactor() = default;

void StreamReactor::OnReadDone(bool ok) {
  std::unique_lock lock(mutex_);
  if (!ok) {
    caller_done_ = true;
    for (const auto& [endpoint, owner] : owners_) {
      if (!owner->done()) owner->HalfClose();
    }
    return FinishIfOver(std::move(lock));
  }
  OwnerStream* owner = nullptr;
  const grpc::Status status = failure_.ok() ? Route(message_, owner) : failure_;
  if (!status.ok()) {
    Fail(status);
    return FinishIfOver(std::move(lock));
  }
  owner->Write(message_);
  full_ = owner->waiting() >= kWaitingMax ? owner : nullptr;
  if (full_ == nullptr) StartRead(&message_);
}

grpc::Status StreamReactor::Route(const grpc::ByteBuffer& message, OwnerStream*& owner) {
  const Target& target = call_->target;
  grpc::Status size = CheckSize(call_->shared, message);
  if (!size.ok()) return size;
  ShardId shard = rpc::kAnyShard;
  rpc::Endpoint* endpoint = nullptr;
  if (target.route->kind == type::v1::ROUTE_KIND_KEY) {
    const rpc::FlatBytes bytes(message);
    grpc::Status found =
        rpc::FindShard(*target.route, bytes.view(), target.client->shard_count(), shard);
    if (!found.ok()) return found;
    endpoint = target.client->owners().Find(shard);
  } else {
    endpoint = owners_.empty() ? target.client->owners().Any() : owners_.begin()->first;
  }
  if (endpoint == nullptr) return rpc::NoOwner(target.client->service(), shard);
  std::unique_ptr<OwnerStream>& stream = owners_[endpoint];
  if (stream == nullptr) {
    stream = std::make_unique<OwnerStream>(*this, *endpoint, *call_);
    ++owners_running_;
  }
  if (stream->done()) return {grpc::UNAVAILABLE, "the owner ended the stream"};
  owner = stream.get();
  return grpc::Status::OK;
}

void StreamReactor::OnOwnerWrote(OwnerStream& owner, bool ok) {
  const std::lock_guard lock(mutex_);
  owner.NoteWritten(ok && failure_.ok());
  if (full_ != &owner || owner.waiting() >= kWaitingMax) return;
  full_ = nullptr;
  if (failure_.ok()) StartRead(&message_);
}

void StreamReactor::OnOwnerAnswered(OwnerStream& owner, bool ok) {
  const std::lock_guard lock(mutex_);
  owner.NoteRead(ok && failure_.ok());
  if (!ok || !failure_.ok()) return;
  answered_.push_back(&owner);
  WriteNext();
}

void StreamReactor::WriteNext() {
  if (writing_ || answered_.empty() || !failure_.ok()) return;
  writing_ = true;
  StartWrite(&answered_.front()->answer());
}

void StreamReactor::OnWriteDone(bool ok) {
  std::unique_lock lock(mutex_);
  writing_ = false;
  OwnerStream* owner = answered_.front();
  answered_.pop_front();
  if (!ok) Fail(grpc::Status(grpc::CANCELLED, "the caller is gone"));
  if (failure_.ok()) owner->ReadNext();
  WriteNext();
  FinishIfOver(std::move(lock));
}

void StreamReactor::OnOwnerDone(OwnerStream& owner, const grpc::Status& status) {
  std::unique_lock lock(mutex_);
  owner.NoteDone();
  --owners_running_;
  const bool ended_early =
      status.ok() && !owner.half_closed() && call_->target.route->descriptor->client_streaming();
  // Cancelled not by us, whose failure is known by then: by an owner that stops.
  if (ended_early || status.error_code() == grpc::CANCELLED) {
    Fail(grpc::Status(grpc::UNAVAILABLE, "the owner ended the stream"));
  } else if (!status.ok()) {
    NoteHint(status);
    Fail(status);
  }
  FinishIfOver(std::move(lock));
}

// The caller's next stream then finds the owner.
void StreamReactor::NoteHint(const grpc::Status& status) {
  const rpc::ErrorInfo error = rpc::ReadError(status);
  if (error.reason != "NOT_OWNER") return;
  ShardId shard = -1;
  const std::string_view text = error.Find("shard");
  std::from_chars(text.data(), text.data() + text.size(), shard);
  call_->target.client->owners().Hint(shard, error.Hint());
}

void StreamReactor::Fail(const grpc::Status& status) {
  if (!failure_.ok()) return;
  failure_ = status;
  for (const auto& [endpoint, owner] : owners_) owner->Cancel();
}

bool StreamReactor::IsOver() const {
  if (finished_ || writing_ || owners_running_ > 0) return false;
  return !failure_.ok() || (caller_done_ && answered_.empty());
}

void StreamReactor::FinishIfOver(std::unique_lock<std::mutex> lock) {
  if (!IsOver()) return;
  finished_ = true;
  const grpc::Status status = failure_;
  call_->shared.NoteEnd(status.error_code(), call_->began);
  lock.unlock();
  Finish(status);
}

void StreamReactor::OnCancel() {
  std::unique_lock lock(mutex_);
  Fail(grpc::Status(grpc::CANCELLED, "the caller cancelled"));
  FinishIfOver(std::move(lock));
}

}  // namespace omo::gateway
