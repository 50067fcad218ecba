#include "libs/service/read_call.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "libs/rpc/errors.h"
#include "libs/service/command_call.h"

namespace omo::service {
namespace {

// What is left of the caller's time is kept for the answer's way: behind the deadline the caller
// would not hear how far the shard is.
constexpr Duration kKeptMax{250};

Time WaitsUntil(Time deadline) {
  const Time now = shard::SteadyNow();
  return deadline - std::clamp((deadline - now) / 4, Duration{0}, kKeptMax);
}

// Since the rows last were all that the log had.
Duration AgeOf(const shard::ShardInstance& instance) {
  return std::max(shard::SteadyNow() - instance.at_end_since(), Duration{0});
}

// Under the read lock: one answer, one position.
grpc::Status FillLocked(shard::ShardInstance& instance, ShardId shard,
                        const ReadCall::FillShard& fill) {
  const store::Store::ReadLock lock(instance.store());
  type::v1::Freshness freshness;
  WritePosition(instance.confirmed(), *freshness.mutable_position());
  freshness.set_age_ms(AgeOf(instance).count());
  grpc::Status filled = fill(shard, instance.model(), freshness);
  // A row that could not be read looks absent: nothing that was read then is an answer.
  if (!instance.store().healthy()) return rpc::Fault("POISONED", "the shard's copy is damaged");
  return filled;
}

// `instance` may be null: its rows are being made anew.
grpc::Status NotReached(const shard::ShardInstance* instance, ShardId shard,
                        const std::optional<Position>& asked) {
  rpc::ReadSoFar so_far{.shard = shard};
  if (asked) so_far.asked = asked->offset;
  if (instance == nullptr)
    return rpc::PositionNotReached("the shard is being rebuilt here", so_far);
  {
    const store::Store::ReadLock lock(instance->store());
    so_far.reached = instance->confirmed().offset;
    const Time stamp = instance->confirmed_stamp();
    if (stamp != Time{}) so_far.stamp_age = std::max(shard::WallNow() - stamp, Duration{0});
  }
  if (instance->at_end_since() != Time{}) so_far.age = AgeOf(*instance);
  return rpc::PositionNotReached("not read up to there yet", so_far);
}

// A read that goes from shard to shard. Lives as long as somebody is to answer it.
struct ShardWalk {
  ShardWalk(shard::Runtime& of, type::v1::ReadOptions asked, std::vector<ShardId> to,
            ReadCall::FillShard with, ReadCall::End then)
      : runtime(of),
        options(std::move(asked)),
        shards(std::move(to)),
        fill(std::move(with)),
        end(std::move(then)) {}

  shard::Runtime& runtime;
  const type::v1::ReadOptions options;
  const std::vector<ShardId> shards;
  const ReadCall::FillShard fill;
  const ReadCall::End end;
  std::optional<Time> deadline;
  std::size_t at = 0;

  // Reads where the level needs nothing, asks the shard where it does.
  void Next(const std::shared_ptr<ShardWalk>& self) {
    for (; at < shards.size(); ++at) {
      shard::Read read = MakeRead(shards[at]);
      if (read.linearizable || read.min_position) return Ask(self, std::move(read));
      if (!FillHere()) return;
    }
    end(grpc::Status::OK);
  }

  shard::Read MakeRead(ShardId shard) const {
    shard::Read read;
    read.linearizable = options.level() == type::v1::READ_LEVEL_LINEARIZABLE;
    read.deadline = deadline;
    for (const auto& position : options.min_positions()) {
      if (position.shard() == shard) read.min_position = ReadPosition(position);
    }
    return read;
  }

  void Ask(const std::shared_ptr<ShardWalk>& self, shard::Read read) {
    read.reply = [self](shard::Verdict verdict, const shard::Outcome& outcome) {
      const ShardId shard = self->shards[self->at];
      if (verdict == shard::Verdict::kUnknown) {
        const auto instance = self->runtime.Instance(shard);
        return self->end(NotReached(instance.get(), shard, self->MakeRead(shard).min_position));
      }
      if (verdict != shard::Verdict::kNothingToDo) {
        return self->end(StatusOf(outcome, shard, ""));
      }
      if (!self->FillHere()) return;
      ++self->at;
      self->Next(self);
    };
    runtime.SubmitRead(shards[at], std::move(read));
  }

  // False when that ended the call.
  bool FillHere() {
    const auto instance = runtime.Instance(shards[at]);
    const grpc::Status filled =
        instance == nullptr ? NotReached(nullptr, shards[at], MakeRead(shards[at]).min_position)
                            : FillLocked(*instance, shards[at], fill);
    if (!filled.ok()) end(filled);
    return filled.ok();
  }
};

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
  return RunAtShards({shard}, [fill = std::move(fill)](ShardId, shard::Model& model,
                                                       const type::v1::Freshness& freshness) {
    return fill(model, freshness);
  });
}

grpc::ServerUnaryReactor* ReadCall::RunAtShards(std::vector<ShardId> shards, FillShard fill,
                                                std::function<void()> finish) {
  if (const grpc::Status bad = Faults(); !bad.ok()) return Fail(bad);
  grpc::ServerUnaryReactor* reactor = grpc_->DefaultReactor();
  auto walk = std::make_shared<ShardWalk>(
      runtime_, options_, std::move(shards), std::move(fill),
      [reactor, finish = std::move(finish)](const grpc::Status& status) {
        if (status.ok() && finish) finish();
        reactor->Finish(status);
      });
  if (context_.deadline) {
    walk->deadline = WaitsUntil(shard::SteadyNow() + (*context_.deadline - shard::WallNow()));
  }
  walk->Next(walk);
  return reactor;
}

grpc::Status ReadCall::Faults() const {
  if (!bad_context_.ok()) return bad_context_;
  return errors_.empty() ? grpc::Status::OK : errors_.Status();
}

void ReadCall::Reach(ShardId shard, Duration patience, End end) {
  const auto nothing = [](ShardId, shard::Model&, const type::v1::Freshness&) {
    return grpc::Status::OK;
  };
  auto walk = std::make_shared<ShardWalk>(runtime_, options_, std::vector<ShardId>{shard}, nothing,
                                          std::move(end));
  walk->deadline = shard::SteadyNow() + patience;
  if (context_.deadline) {
    const Time callers = shard::SteadyNow() + (*context_.deadline - shard::WallNow());
    walk->deadline = std::min(*walk->deadline, WaitsUntil(callers));
  }
  walk->Next(walk);
}

}  // namespace omo::service
