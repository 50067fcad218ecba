#include "services/omoctl/shards.h"

#include <grpcpp/client_context.h>

#include <optional>
#include <thread>

#include "libs/rpc/errors.h"
#include "omo/journal/v1/shard_service.grpc.pb.h"

namespace omo::omoctl {
namespace {

namespace pb = omo::journal::v1;

constexpr std::chrono::seconds kAnswerWithin{10};
constexpr std::chrono::milliseconds kBetweenLooks{50};

void SetDeadline(grpc::ClientContext& call) {
  call.set_deadline(std::chrono::system_clock::now() + kAnswerWithin);
}

absl::Status StatusOf(const grpc::Status& status) {
  const rpc::ErrorInfo error = rpc::ReadError(status);
  const std::string reason = error.reason.empty() ? "" : error.reason + ": ";
  return absl::FailedPreconditionError(reason + error.message);
}

absl::StatusOr<pb::ShardState> StateOf(pb::ShardService::Stub& stub, ShardId shard) {
  grpc::ClientContext call;
  SetDeadline(call);
  pb::ListShardsResponse all;
  const grpc::Status listed = stub.ListShards(&call, {}, &all);
  if (!listed.ok()) return StatusOf(listed);
  for (const pb::ShardState& state : all.shards()) {
    if (state.shard() == shard) return state;
  }
  return absl::FailedPreconditionError("the instance has no shard " + std::to_string(shard));
}

absl::Status AwaitGoingOn(pb::ShardService::Stub& stub, ShardId shard,
                          std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto state = StateOf(stub, shard);
    if (!state.ok()) return state.status();
    if (!state->has_poison_offset()) return absl::OkStatus();
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return absl::DeadlineExceededError("the skip was asked for, the shard has not gone on yet");
}

}  // namespace

absl::Status SkipRecord(const std::shared_ptr<grpc::Channel>& instance, const ShardOrder& order,
                        Offset offset, std::chrono::seconds patience) {
  const auto stub = pb::ShardService::NewStub(instance);
  const auto state = StateOf(*stub, order.shard);
  if (!state.ok()) return state.status();
  if (!state->has_poison_offset() || state->poison_offset() != offset) {
    const std::string where = state->has_poison_offset()
                                  ? "is stopped at offset " + std::to_string(state->poison_offset())
                                  : "is " + state->state();
    return absl::FailedPreconditionError("the shard " + where + ", not stopped at offset " +
                                         std::to_string(offset));
  }
  pb::SkipRecordRequest request;
  request.set_shard(order.shard);
  request.set_offset(offset);
  request.set_checksum(state->poison_checksum());
  request.set_operator_(order.decided_by);
  request.set_reason(order.reason);
  grpc::ClientContext call;
  SetDeadline(call);
  pb::SkipRecordResponse response;
  const grpc::Status asked = stub->SkipRecord(&call, request, &response);
  if (!asked.ok()) return StatusOf(asked);
  return AwaitGoingOn(*stub, order.shard, patience);
}

absl::StatusOr<Offset> EnableFeature(const std::shared_ptr<grpc::Channel>& instance, ShardId shard,
                                     const std::string& feature, std::int32_t level) {
  const auto stub = pb::ShardService::NewStub(instance);
  pb::EnableFeatureRequest request;
  request.set_shard(shard);
  request.mutable_feature()->set_name(feature);
  request.mutable_feature()->set_level(level);
  grpc::ClientContext call;
  SetDeadline(call);
  pb::EnableFeatureResponse response;
  const grpc::Status enabled = stub->EnableFeature(&call, request, &response);
  if (!enabled.ok()) return StatusOf(enabled);
  return response.offset();
}

absl::StatusOr<Offset> TakeClockTime(const std::shared_ptr<grpc::Channel>& instance,
                                     const ShardOrder& order) {
  const auto stub = pb::ShardService::NewStub(instance);
  pb::TakeClockTimeRequest request;
  request.set_shard(order.shard);
  request.set_operator_(order.decided_by);
  request.set_reason(order.reason);
  grpc::ClientContext call;
  SetDeadline(call);
  pb::TakeClockTimeResponse response;
  const grpc::Status taken = stub->TakeClockTime(&call, request, &response);
  if (!taken.ok()) return StatusOf(taken);
  return response.offset();
}

}  // namespace omo::omoctl
