// The bulk stream from the gateway to one owner, of one caller's stream: calls gather while a
// message is on its way and go together in the next.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <cstdint>
#include <deque>
#include <string>

#include "libs/rpc/bulk_message.h"
#include "libs/rpc/channel_pool.h"
#include "services/gateway/gateway_call.h"

namespace omo::gateway {

class BulkReactor;

// Under the reactor's mutex, but for gRPC's own reactions. Deletes itself when it is done; until
// then the reactor lives.
class BulkOwner final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  BulkOwner(BulkReactor& reactor, rpc::Endpoint& endpoint, const GatewayCall& call);

  rpc::Endpoint& endpoint() const { return endpoint_; }
  // Whether calls may be sent.
  bool usable() const { return !ending_; }
  // Puts a call behind those that wait. `method` outlives the stream.
  void Add(std::uint64_t number, std::string_view method, std::string_view request);
  // Sends what waits, now or when the message before it is through.
  void Send();
  // Ends the stream whatever runs on it.
  void Cancel();
  bool left() const { return left_; }

  // By the reactor, on its way from gRPC's reactions.
  void NoteWritten(bool ok);
  void NoteRead(bool ok);
  const grpc::ByteBuffer& answers() const { return answers_; }

 private:
  void OnWriteDone(bool ok) override;
  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;
  void EndWrites();
  void EndReads();

  BulkReactor& reactor_;
  rpc::Endpoint& endpoint_;
  grpc::ClientContext context_;
  std::deque<std::string> waiting_;  // Messages.
  std::string_view last_method_;     // Of the last of them.
  grpc::ByteBuffer written_;
  grpc::ByteBuffer answers_;
  bool writing_ = false;
  bool reading_ = true;
  bool ending_ = false;
  bool left_ = false;  // Cancelled.
  bool writes_ended_ = false;
  bool reads_ended_ = false;
};

}  // namespace omo::gateway
