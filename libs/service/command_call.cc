#include "libs/service/command_call.h"

#include "libs/core/uuid.h"
#include "libs/rpc/errors.h"

namespace omo::service {
namespace {

Context ReadContext(const type::v1::Context& in) {
  return {.actor = in.actor(),
          .role = in.role(),
          .channel = in.channel(),
          .store = in.store(),
          .device = in.device(),
          .guide = in.guide(),
          .campaign = in.campaign(),
          .reference = in.reference(),
          .cause = in.cause()};
}

}  // namespace

void WritePosition(const Position& position, type::v1::Position& out) {
  out.set_log_id(position.log_id);
  out.set_shard(position.shard);
  out.set_offset(position.offset);
}

Position ReadPosition(const type::v1::Position& in) {
  return {.log_id = in.log_id(), .shard = in.shard(), .offset = in.offset()};
}

grpc::Status StatusOf(const shard::Outcome& outcome, ShardId shard, const std::string& command_id) {
  using enum shard::Verdict;
  switch (outcome.verdict) {
    case kInvalid:
      if (outcome.reason == "COMMAND_ID_REUSED") return rpc::CommandIdReused(command_id);
      return rpc::Fault(outcome.reason, "the command was not decided: " + outcome.reason,
                        std::vector<Detail>{{"command_id", command_id}});
    case kNotOwner:
      return rpc::NotOwner(shard, {outcome.owner_address, outcome.owner_term});
    case kNotRecorded:
      return rpc::NotRecorded(command_id);
    case kOverloaded:
      return rpc::Overloaded("queue of shard " + std::to_string(shard), outcome.retry_after);
    case kUnknown:
      return rpc::OutcomeUnknown(command_id);
    case kStopped:
      return rpc::Fault("POISONED", "the shard stopped: " + outcome.reason);
    case kAccepted:
    case kNothingToDo:
    case kRefused:
      break;
  }
  return grpc::Status::OK;
}

Caller::Caller(const grpc::ServerContextBase& call) {
  fault = rpc::ReadCallContext(call, context);
  if (fault.ok()) fault = rpc::RequireCaller(context);
  envelope.caller = context.caller;
  envelope.traceparent = context.traceparent;
  envelope.context = ReadContext(context.context);
  if (context.deadline) deadline = shard::SteadyNow() + (*context.deadline - shard::WallNow());
}

CommandCall::CommandCall(std::unique_ptr<CommandDoor> door, const Caller& caller,
                         const shard::Runtime& runtime, const std::string& command_id)
    : door_(std::move(door)), caller_(caller), runtime_(runtime), command_id_(command_id) {
  errors_.RequireUuid7("command_id", command_id);
}

void CommandCall::set_min_position(const type::v1::Position& position) {
  min_position_ = ReadPosition(position);
}

void CommandCall::Fail(const grpc::Status& status) { door_->Finish(status); }

void CommandCall::Send(std::string_view key, std::unique_ptr<shard::CommandBody> body,
                       CommandAnswer answer) {
  if (!caller_.fault.ok()) return Fail(caller_.fault);
  if (!errors_.empty()) return Fail(errors_.Status());
  const ShardId shard = runtime_.ShardOfKey(key);
  if (min_position_ && min_position_->shard != shard) {
    return Fail(rpc::InvalidArgument("min_position.shard", "OUT_OF_RANGE",
                                     "the command's key lives in shard " + std::to_string(shard)));
  }
  auto command = std::make_unique<shard::Command>();
  command->body = std::move(body);
  command->id = command_id_;
  command->envelope = caller_.envelope;
  command->envelope.command_time = *UuidTime(command_id_);
  command->envelope.occurred_at = occurred_at_;
  command->min_position = min_position_;
  command->deadline = caller_.deadline;
  CommandDoor& door = *door_;
  command->reply = [door = std::move(door_), shard, &id = command_id_, answer = std::move(answer)](
                       shard::Model& model, const shard::Outcome& outcome) {
    switch (outcome.verdict) {
      case shard::Verdict::kAccepted:
        answer.accepted(*outcome.fact, outcome);
        return door->Finish(grpc::Status::OK);
      case shard::Verdict::kNothingToDo:
        return door->Finish(answer.nothing_to_do(model, outcome));
      case shard::Verdict::kRefused:
        return door->Finish(answer.refused(outcome.refusal));
      default:
        return door->Finish(StatusOf(outcome, shard, id));
    }
  };
  door.Submit(shard, std::move(command));
}

}  // namespace omo::service
