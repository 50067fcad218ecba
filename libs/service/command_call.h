// A mutation's way through a service: request fields checked by the api, then the command to its
// shard, then the outcome as a response or a typed error. Every service's api is written with it,
// and does not see whether the command came as an RPC of its own or in a bulk stream.
//
//   void InventoryService::ReserveStock(service::CommandCall& call,
//       const ReserveStockRequest& request, ReserveStockResponse& response) {
//     call.errors().RequireId("reservation_id", request.reservation_id());
//     ...
//     call.Run<InventoryModel>(key, ReserveStock{...}, Answer{...});
//   }
#pragma once

#include <grpcpp/server_context.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "libs/core/envelope.h"
#include "libs/rpc/call_context.h"
#include "libs/rpc/require.h"
#include "libs/shard/runtime.h"
#include "libs/shard/typed_model.h"
#include "omo/type/v1/position.pb.h"

namespace omo::service {

// What the api makes of an outcome. Called on the shard's thread, once; must not block.
struct CommandAnswer {
  // The event behind the command fills the response; `duplicate`: an earlier attempt made it.
  std::function<void(const shard::Fact& fact, const shard::Outcome& outcome)> accepted;
  // The state already was as asked: the response is filled from confirmed rows, which do not change
  // during the call.
  std::function<grpc::Status(shard::Model& model, const shard::Outcome& outcome)> nothing_to_do;
  // The service's refusal as a status.
  std::function<grpc::Status(const shard::Refusal& refusal)> refused;
};

// Who asks: read once an RPC, or once a stream of commands.
struct Caller {
  explicit Caller(const grpc::ServerContextBase& call);

  rpc::CallContext context;
  grpc::Status fault;            // Not OK: the answer to every command.
  Envelope envelope;             // Of every command, but for its own times.
  std::optional<Time> deadline;  // By the loops' clock.
};

// Where a command came in, and where its answer goes out.
class CommandDoor {
 public:
  // Answers OUTCOME_UNKNOWN if Finish was not called: nobody decides the command any more.
  virtual ~CommandDoor() = default;
  // The response is filled, if the status is OK. Once; on any thread.
  virtual void Finish(const grpc::Status& status) = 0;
  // Hands on a command whose reply owns this door. On the thread that made the call.
  virtual void Submit(ShardId shard, std::unique_ptr<shard::Command> command) = 0;
};

// One command between its door and its shard. Lives while its handler runs, which ends with Run or
// Fail. The request and the response live until the door's Finish.
class CommandCall {
 public:
  // Checks `command_id`, a field of the request.
  CommandCall(std::unique_ptr<CommandDoor> door, const Caller& caller,
              const shard::Runtime& runtime, const std::string& command_id);

  // Where the api notes bad fields; any fault, and Run answers INVALID_ARGUMENT with all of them.
  rpc::FieldErrors& errors() { return errors_; }
  const rpc::CallContext& context() const { return caller_.context; }
  // The roles that may override limits.
  bool HasRole(std::string_view role) const { return context().context.role() == role; }

  void set_occurred_at(Time time) { occurred_at_ = time; }
  void set_min_position(const type::v1::Position& position);

  // Sends the command to the shard of `key`.
  template <class ServiceModel, class Command>
  void Run(std::string_view key, Command command, CommandAnswer answer) {
    Send(key, shard::MakeBody<ServiceModel>(std::move(command)), std::move(answer));
  }
  // Ends the call with a status, when the api found more wrong than fields.
  void Fail(const grpc::Status& status);

 private:
  void Send(std::string_view key, std::unique_ptr<shard::CommandBody> body, CommandAnswer answer);

  std::unique_ptr<CommandDoor> door_;
  const Caller& caller_;
  const shard::Runtime& runtime_;
  const std::string& command_id_;
  rpc::FieldErrors errors_;
  std::optional<Time> occurred_at_;
  std::optional<Position> min_position_;
};

// The status of an outcome that is neither accepted nor the service's own refusal (design.md 7).
grpc::Status StatusOf(const shard::Outcome& outcome, ShardId shard, const std::string& command_id);

void WritePosition(const Position& position, type::v1::Position& out);
Position ReadPosition(const type::v1::Position& in);

}  // namespace omo::service
