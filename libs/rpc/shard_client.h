// Calls the owner of a shard, whoever that is by the time the call arrives: follows NOT_OWNER, goes
// round dead instances, and repeats what is safe to repeat. Used by the gateway, outboxes, omoctl.
//
// Repeating is safe because every mutation carries a command id and is sent again with the same
// bytes: UNAVAILABLE (the connection broke, not the owner, no owner) and ABORTED NOT_RECORDED are
// repeated until the deadline, 5 ms apart doubling to 100 ms (a new hint is followed at once). All
// else is the answer, and so is POSITION_NOT_REACHED of an instance that says how far it has read.
// If the deadline comes when some attempt may have arrived, the answer is DEADLINE_EXCEEDED
// OUTCOME_UNKNOWN; if none can have, it is the last attempt's.
#pragma once

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "libs/core/types.h"
#include "libs/journal/ownership.h"
#include "libs/rpc/channel_pool.h"
#include "libs/rpc/owner_table.h"
#include "libs/rpc/shard_call.h"

namespace omo::rpc {

// One service's shards as seen from outside. Thread-safe. Calls that run when it ends are
// cancelled and waited for.
class ShardClient {
 public:
  ShardClient(std::string service, std::int32_t shard_count, journal::OwnerDirectory& directory,
              std::shared_ptr<ChannelPool> channels);
  ~ShardClient();
  ShardClient(const ShardClient&) = delete;
  ShardClient& operator=(const ShardClient&) = delete;

  const std::string& service() const { return owners_.service(); }
  std::int32_t shard_count() const { return owners_.shard_count(); }
  ShardId ShardOf(std::string_view key) const;
  OwnerTable& owners() { return owners_; }
  // The instance at "host:port", where a hint leads.
  Endpoint& EndpointAt(std::string_view address) { return channels_->Get(address); }

  // Sends `request` as it is to `method` ("/omo.inventory.v1.InventoryService/ReserveStock") at the
  // owner of `shard`, or with kAnyShard at some instance. `done` is called once, on one of gRPC's
  // threads or on this one; it must not block. The handle may be dropped; it cancels if asked to.
  // The request is swapped away.
  ShardCallHandle Call(ShardId shard, const std::string& method, grpc::ByteBuffer& request,
                       CallOptions options, CallDone done);

  // The same for a message that is not bytes yet; `done(status, response)`.
  template <class Request, class Response>
  ShardCallHandle CallTyped(ShardId shard, const std::string& method, const Request& request,
                            CallOptions options,
                            std::function<void(const grpc::Status&, Response)> done) {
    grpc::ByteBuffer bytes = Pack(request);
    return Call(shard, method, bytes, std::move(options),
                [done = std::move(done)](const grpc::Status& status, ShardCall& call) {
                  Response response;
                  const grpc::Status parsed =
                      status.ok() ? Unpack(call.response(), response) : status;
                  done(parsed, std::move(response));
                });
  }

  // The same, waiting for the answer: for tools and tests, never on gRPC's threads.
  template <class Request, class Response>
  grpc::Status CallAndWait(ShardId shard, const std::string& method, const Request& request,
                           CallOptions options, Response& response) {
    std::promise<grpc::Status> answered;
    CallTyped<Request, Response>(shard, method, request, std::move(options),
                                 [&](const grpc::Status& status, Response answer) {
                                   response = std::move(answer);
                                   answered.set_value(status);
                                 });
    return answered.get_future().get();
  }

 private:
  friend class ShardCall;
  // Calls that run, in lanes so that threads seldom meet at a lock.
  struct alignas(64) Lane {
    std::mutex mutex;
    std::condition_variable empty;
    ShardCall* first = nullptr;
  };
  static constexpr std::size_t kLanes = 8;

  template <class Message>
  static grpc::ByteBuffer Pack(const Message& message) {
    grpc::ByteBuffer bytes;
    bool own_buffer = false;
    (void)grpc::SerializationTraits<Message>::Serialize(message, &bytes, &own_buffer);
    return bytes;
  }
  template <class Message>
  static grpc::Status Unpack(grpc::ByteBuffer& bytes, Message& message) {
    return grpc::SerializationTraits<Message>::Deserialize(&bytes, &message);
  }

  void Enter(ShardCall& call);
  void Leave(ShardCall& call);
  void Watch();

  std::shared_ptr<ChannelPool> channels_;
  OwnerTable owners_;
  std::array<Lane, kLanes> lanes_;
  std::mutex watch_mutex_;
  std::condition_variable watch_wake_;
  bool stopping_ = false;
  std::thread watch_;
};

}  // namespace omo::rpc
