#include "libs/service/read_call.h"

#include <algorithm>
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
  if (grpc::Status faults = Faults(); !faults.ok()) return Fail(faults);
  grpc::ServerUnaryReactor* reactor = grpc_->DefaultReactor();
  ReadOne(runtime_, options_, context_.deadline, shard, std::move(fill),
          [reactor](const grpc::Status& status) { reactor->Finish(status); });
  return reactor;
}

// What is left to read of one call; passed on from one shard's reply to the next shard's read.
struct ReadCall::ManyReads {
  grpc::ServerUnaryReactor* reactor;
  shard::Runtime& runtime;
  type::v1::ReadOptions options;
  std::optional<Time> deadline;
  std::vector<ShardId> shards;
  FillOne fill;
};

grpc::ServerUnaryReactor* ReadCall::RunAtShards(std::vector<ShardId> shards, FillOne fill) {
  if (grpc::Status faults = Faults(); !faults.ok()) return Fail(faults);
  grpc::ServerUnaryReactor* reactor = grpc_->DefaultReactor();
  std::reverse(shards.begin(), shards.end());
  ReadNext(std::make_shared<ManyReads>(ManyReads{reactor, runtime_, options_, context_.deadline,
                                                 std::move(shards), std::move(fill)}));
  return reactor;
}

void ReadCall::ReadNext(std::shared_ptr<ManyReads> reads) {
  const ShardId shard = reads->shards.back();
  reads->shards.pop_back();
  const auto fill = [reads, shard](shard::Model& model, const type::v1::Freshness& freshness) {
    return reads->fill(shard, model, freshness);
  };
  ReadOne(reads->runtime, reads->options, reads->deadline, shard, fill,
          [reads](const grpc::Status& status) {
            if (!status.ok() || reads->shards.empty()) return reads->reactor->Finish(status);
            ReadNext(reads);
          });
}

void ReadCall::ReadOne(shard::Runtime& runtime, const type::v1::ReadOptions& options,
                       std::optional<Time> deadline, ShardId shard, Fill fill, Done done) {
  shard::Read read;
  read.linearizable = options.level() == type::v1::READ_LEVEL_LINEARIZABLE;
  for (const auto& position : options.min_positions()) {
    if (position.shard() == shard) read.min_position = ReadPosition(position);
  }
  if (!read.linearizable && !read.min_position) {
    const auto instance = runtime.Instance(shard);
    return done(instance == nullptr ? NotReadable(shard) : FillLocked(*instance, fill));
  }
  if (deadline) read.deadline = shard::SteadyNow() + (*deadline - shard::WallNow());
  read.reply = [shard, &runtime, fill = std::move(fill), done = std::move(done)](
                   shard::Verdict verdict, const shard::Outcome& outcome) {
    if (verdict == shard::Verdict::kUnknown) {
      return done(rpc::Fault("POSITION_NOT_REACHED", "not read up to there yet"));
    }
    if (verdict != shard::Verdict::kNothingToDo) return done(StatusOf(outcome, shard, ""));
    const auto instance = runtime.Instance(shard);
    done(instance == nullptr ? NotReadable(shard) : FillLocked(*instance, fill));
  };
  runtime.SubmitRead(shard, std::move(read));
}

}  // namespace omo::service
