// The server's side of a call with one request and one answer.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <mutex>
#include <vector>

#include "services/gateway/gateway_call.h"

namespace omo::gateway {

// Reads the request, then Run does the work and ends with Answer. Deletes itself when gRPC is done.
class UnaryReactor : public grpc::ServerGenericBidiReactor {
 public:
  explicit UnaryReactor(std::unique_ptr<GatewayCall> call) : call_(std::move(call)) {
    StartRead(&request_);
  }

 protected:
  // Called once, with the request; calls Answer once, now or later, on any thread.
  virtual void Run() = 0;

  // Ends the call. `response` is swapped away when the status is OK.
  void Answer(const grpc::Status& status, grpc::ByteBuffer& response);
  void Refuse(const grpc::Status& status);
  // Hands a call on to a shard with the caller's metadata and deadline; it is cancelled when the
  // caller cancels.
  void Send(ShardId shard, grpc::ByteBuffer& request, rpc::CallOptions options, rpc::CallDone done);
  void CancelSent();

  GatewayCall& call() { return *call_; }
  grpc::ByteBuffer& request() { return request_; }

 private:
  void OnReadDone(bool ok) override;
  void OnCancel() override { CancelSent(); }
  void OnDone() override { delete this; }

  const std::unique_ptr<GatewayCall> call_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::mutex mutex_;  // Send meets OnCancel.
  std::vector<rpc::ShardCallHandle> sent_;
  bool cancelled_ = false;
};

// A call that ends before it began.
class RefusedReactor final : public grpc::ServerGenericBidiReactor {
 public:
  explicit RefusedReactor(const grpc::Status& status) { Finish(status); }

 private:
  void OnDone() override { delete this; }
};

// ROUTE_KIND_KEY and ROUTE_KIND_ANY: the bytes go to one instance as they are.
class ForwardReactor final : public UnaryReactor {
 public:
  using UnaryReactor::UnaryReactor;

 private:
  void Run() override;
};

}  // namespace omo::gateway
