#include "libs/service/read_call.h"

#include <utility>

#include "libs/rpc/errors.h"
#include "libs/service/command_call.h"

namespace omo::service {
namespace {

// Under the read lock: one answer, one position.
grpc::Status FillLocked(shard::ShardInstance& instance, const ReadCall::Fill& fill) {
  const store::Store::ReadLock lock(instance.store());
  type::v1::Freshness freshness;
  WritePosition(instance.confirmed(), *freshness.mutable_position());
  const Duration age = shard::SteadyNow() - instance.at_end_since();
  freshness.set_age_ms(std::max<std::int64_t>(0, age.count()));
  return fill(instance.model(), freshness);
}

grpc::Status NotReadable(ShardId shard) {
  return rpc::Fault("POSITION_NOT_REACHED",
                    "shard " + std::to_string(shard) + " is being rebuilt here");
}

}  // namespace

ReadCall::ReadCall(grpc::CallbackServerContext* context, shard::Runtime& runtime,
                   const type::v1::ReadOptions& options)
    : grpc_(context), runtime_(runtime), options_(options) {
  bad_context_ = rpc::ReadCallContext(*context, context_);
  if (!type::v1::ReadLevel_IsValid(options.level())) {
    errors_.Add("read.level", "UNKNOWN_VALUE", "not a read level");
  }
  const bool by_position = options.level() == type::v1::READ_LEVEL_MIN_POSITION;
  if (by_position && options.min_positions().empty()) {
    errors_.Add("read.min_positions", "REQUIRED", "the level asks for a position");
  }
}

grpc::ServerUnaryReactor* ReadCall::Fail(const grpc::Status& status) {
  grpc::ServerUnaryReactor* reactor = grpc_->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

grpc::ServerUnaryReactor* ReadCall::RunAtKey(std::string_view key, Fill fill) {
  return Run(runtime_.ShardOfKey(key), std::move(fill));
}

grpc::ServerUnaryReactor* ReadCall::Run(ShardId shard, Fill fill) {
  if (!bad_context_.ok()) return Fail(bad_context_);
  if (!errors_.empty()) return Fail(errors_.Status());
  grpc::ServerUnaryReactor* reactor = grpc_->DefaultReactor();
  shard::Read read;
  read.linearizable = options_.level() == type::v1::READ_LEVEL_LINEARIZABLE;
  for (const auto& position : options_.min_positions()) {
    if (position.shard() == shard) read.min_position = ReadPosition(position);
  }
  if (!read.linearizable && !read.min_position) {
    const auto instance = runtime_.Instance(shard);
    reactor->Finish(instance == nullptr ? NotReadable(shard) : FillLocked(*instance, fill));
    return reactor;
  }
  if (context_.deadline) {
    read.deadline = shard::SteadyNow() + (*context_.deadline - shard::WallNow());
  }
  read.reply = [reactor, shard, &runtime = runtime_, fill = std::move(fill)](
                   shard::Verdict verdict, const shard::Outcome& outcome) {
    if (verdict == shard::Verdict::kUnknown) {
      return reactor->Finish(rpc::Fault("POSITION_NOT_REACHED", "not read up to there yet"));
    }
    if (verdict != shard::Verdict::kNothingToDo) {
      return reactor->Finish(StatusOf(outcome, shard, ""));
    }
    const auto instance = runtime.Instance(shard);
    reactor->Finish(instance == nullptr ? NotReadable(shard) : FillLocked(*instance, fill));
  };
  runtime_.SubmitRead(shard, std::move(read));
  return reactor;
}

}  // namespace omo::service
