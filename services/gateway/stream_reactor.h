// A stream through the gateway: each message goes to the owner of its own key over one stream an
// owner, answers come back as they are made. A slow reader on either side stops what feeds it:
// at most kWaitingMax messages wait for an owner, and one answer of each owner for the caller.
//
// The stream ends with the first owner's "no". The caller then sends what is unanswered again: ids
// make that safe, and the next stream finds the new owners.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "services/gateway/gateway_call.h"

namespace omo::gateway {

class OwnerStream;

class StreamReactor final : public grpc::ServerGenericBidiReactor {
 public:
  static constexpr std::size_t kWaitingMax = 16;

  explicit StreamReactor(std::unique_ptr<GatewayCall> call);
  ~StreamReactor() override;

  // From the owners' streams.
  void OnOwnerWrote(OwnerStream& owner, bool ok);
  void OnOwnerAnswered(OwnerStream& owner, bool ok);
  void OnOwnerDone(OwnerStream& owner, const grpc::Status& status);

 private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

  // All below with mutex_ held.
  grpc::Status Route(const grpc::ByteBuffer& message, OwnerStream*& owner);
  void Fail(const grpc::Status& status);
  void NoteHint(const grpc::Status& status);
  void WriteNext();
  // Whether nothing is left to do but to finish.
  bool IsOver() const;

  // Finishes if all is over; the last thing a callback does, without mutex_: this may be gone then.
  void FinishIfOver(std::unique_lock<std::mutex> lock);

  const std::unique_ptr<GatewayCall> call_;
  std::mutex mutex_;
  std::map<rpc::Endpoint*, std::unique_ptr<OwnerStream>> owners_;
  std::size_t owners_running_ = 0;
  grpc::ByteBuffer message_;           // Being read from the caller.
  OwnerStream* full_ = nullptr;        // Whom the reading waits for.
  bool caller_done_ = false;           // No more messages will come.
  std::deque<OwnerStream*> answered_;  // With an answer for the caller; the first is being written.
  bool writing_ = false;
  bool finished_ = false;
  grpc::Status failure_;
};

}  // namespace omo::gateway
