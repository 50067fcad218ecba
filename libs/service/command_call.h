// A mutation's way through a service: request fields checked by the api, then the command to its
// shard, then the outcome as a response or a typed error. Every service's api is written with it.
//
//   grpc::ServerUnaryReactor* InventoryService::ReserveStock(CallbackServerContext* context,
//       const ReserveStockRequest* request, ReserveStockResponse* response) {
//     service::CommandCall call(context, runtime_, request->command_id());
//     call.errors().RequireId("reservation_id", request->reservation_id());
//     ...
//     return call.Run<InventoryModel>(key, ReserveStock{...}, Answer{...});
//   }
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

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

class CommandCall {
 public:
  // Reads the call's metadata and checks `command_id`. Keep to one a call, on the handler's stack.
  CommandCall(grpc::CallbackServerContext* context, shard::Runtime& runtime,
              const std::string& command_id);

  // Where the api notes bad fields; any fault, and Run answers INVALID_ARGUMENT with all of them.
  rpc::FieldErrors& errors() { return errors_; }
  const rpc::CallContext& context() const { return context_; }
  // The roles that may override limits.
  bool HasRole(std::string_view role) const { return context_.context.role() == role; }

  void set_occurred_at(Time time) { envelope_.occurred_at = time; }
  void set_min_position(const type::v1::Position& position);

  // Sends the command to the shard of `key`. Returns the reactor that the handler returns.
  template <class ServiceModel, class Command>
  grpc::ServerUnaryReactor* Run(std::string_view key, Command command, CommandAnswer answer) {
    return Send(key, shard::MakeBody<ServiceModel>(std::move(command)), std::move(answer));
  }
  // Ends the call with a status, when the api found more wrong than fields.
  grpc::ServerUnaryReactor* Fail(const grpc::Status& status);

 private:
  grpc::ServerUnaryReactor* Send(std::string_view key, std::unique_ptr<shard::CommandBody> body,
                                 CommandAnswer answer);

  grpc::CallbackServerContext* const grpc_;
  shard::Runtime& runtime_;
  const std::string command_id_;
  rpc::CallContext context_;
  grpc::Status bad_context_;
  rpc::FieldErrors errors_;
  Envelope envelope_;
  std::optional<Position> min_position_;
};

// The status of an outcome that is neither accepted nor the service's own refusal (design.md 7).
grpc::Status StatusOf(const shard::Outcome& outcome, ShardId shard, const std::string& command_id);

void WritePosition(const Position& position, type::v1::Position& out);
Position ReadPosition(const type::v1::Position& in);

}  // namespace omo::service
