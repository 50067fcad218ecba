// One unary call on its way to a shard's owner: its attempts, their order and their end.
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/core/types.h"
#include "libs/rpc/channel_pool.h"

namespace omo::rpc {

class ShardClient;

inline constexpr ShardId kAnyShard = -1;

struct CallOptions {
  std::vector<std::pair<std::string, std::string>> metadata;
  // Absolute; the answer comes by then, and attempts end by then.
  std::chrono::system_clock::time_point deadline;
};

class ShardCall;

// Takes the answer: the status, and of `call` the request as it was and the response (empty unless
// the status is OK; it may be swapped away).
using CallDone = std::function<void(const grpc::Status& status, ShardCall& call)>;

class ShardCall : public std::enable_shared_from_this<ShardCall> {
 public:
  // By ShardClient::Call only.
  ShardCall(ShardClient& client, ShardId shard, const std::string& method, CallOptions options,
            CallDone done);

  // Gives up; `done` still is called, with CANCELLED unless the answer was there already.
  void Cancel();

  const grpc::ByteBuffer& request() const { return request_; }
  grpc::ByteBuffer& response() { return response_; }

 private:
  friend class ShardClient;

  void Start(grpc::ByteBuffer& request);
  void Attempt();
  void OnAnswer(const grpc::Status& status);
  // What follows an attempt that failed in a way that may be repeated.
  void Repeat(const grpc::Status& status);
  void Wait(const grpc::Status& status);
  void Finish(const grpc::Status& status);
  // Called every now and then by the client's watch: leaves an endpoint that has gone silent.
  void LeaveIfSilent(std::int64_t now_ms);

  ShardClient& client_;
  const ShardId shard_;
  const std::string method_;
  grpc::ByteBuffer request_;
  const CallOptions options_;
  const CallDone done_;

  std::mutex mutex_;  // Cancel and LeaveIfSilent meet an attempt's begin and end.
  std::optional<grpc::ClientContext> context_;  // Of the running attempt.
  bool attempting_ = false;
  bool cancelled_ = false;
  bool left_ = false;  // The running attempt was cancelled to be made elsewhere.

  grpc::ByteBuffer response_;
  Endpoint* endpoint_ = nullptr;  // Of the running or last attempt.
  Endpoint* next_ = nullptr;      // Where to try next, if not where the table says.
  std::atomic<std::int64_t> attempt_ms_{0};
  int hints_followed_ = 0;  // In a row.
  Duration backoff_{0};
  bool may_have_arrived_ = false;  // Some attempt ended without proof that it wrote nothing.
  std::optional<grpc::Alarm> alarm_;

  std::shared_ptr<ShardCall> self_;  // While it runs.
  ShardCall* lane_previous_ = nullptr;
  ShardCall* lane_next_ = nullptr;
  std::size_t lane_ = 0;
};

using ShardCallHandle = std::shared_ptr<ShardCall>;

}  // namespace omo::rpc
