#include "services/gateway/bulk_owner.h"

#include <utility>

#include "services/gateway/bulk_reactor.h"

namespace omo::gateway {
namespace {

constexpr std::size_t kMessageBytes = 256 << 10;  // Of a message, unless one call has more.

}  // namespace

// The hold keeps gRPC from ending the stream (OnDone) while something may still be started on it:
// it goes when both the writing and the reading side have come to their end.
BulkOwner::BulkOwner(BulkReactor& reactor, rpc::Endpoint& endpoint, const GatewayCall& call)
    : reactor_(reactor), endpoint_(endpoint) {
  context_.set_deadline(call.deadline);
  for (const auto& [key, value] : call.metadata) context_.AddMetadata(key, value);
  endpoint.stub().PrepareBidiStreamingCall(&context_, call.target.route->method, {}, this);
  AddHold();
  StartRead(&answers_);
  StartCall();
}

void BulkOwner::Add(std::uint64_t number, std::string_view method, std::string_view request) {
  if (waiting_.empty() || waiting_.back().size() + request.size() > kMessageBytes) {
    waiting_.emplace_back();
    last_method_ = {};
  }
  const bool same = last_method_.data() == method.data();
  rpc::AppendBulkCall(waiting_.back(), {number, same ? std::string_view() : method, request});
  last_method_ = method;
}

void BulkOwner::Send() {
  if (writing_ || ending_ || waiting_.empty()) return;
  written_ = rpc::MoveToByteBuffer(std::move(waiting_.front()));
  waiting_.pop_front();
  writing_ = true;
  StartWrite(&written_);
}

void BulkOwner::Cancel() {
  if (std::exchange(ending_, true)) return;
  left_ = true;
  context_.TryCancel();
  if (!writing_) EndWrites();
  if (!reading_) EndReads();
}

void BulkOwner::NoteWritten(bool ok) {
  writing_ = false;
  if (!ok) ending_ = true;
  ending_ ? EndWrites() : Send();
}

void BulkOwner::NoteRead(bool ok) {
  reading_ = ok && !ending_;
  if (reading_) return StartRead(&answers_);
  // The owner says no more: what is still to be written has no reader, and OnDone tells why.
  ending_ = true;
  EndReads();
  if (!writing_) EndWrites();
}

void BulkOwner::OnWriteDone(bool ok) { reactor_.OnOwnerWrote(*this, ok); }
void BulkOwner::OnReadDone(bool ok) { reactor_.OnOwnerAnswered(*this, ok); }

void BulkOwner::OnDone(const grpc::Status& status) {
  reactor_.OnOwnerDone(*this, status);
  delete this;
}

void BulkOwner::EndWrites() {
  if (!std::exchange(writes_ended_, true) && reads_ended_) RemoveHold();
}

void BulkOwner::EndReads() {
  if (!std::exchange(reads_ended_, true) && writes_ended_) RemoveHold();
}

}  // namespace omo::gateway
