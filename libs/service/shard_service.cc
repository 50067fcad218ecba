#include "libs/service/shard_service.h"

#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <utility>

#include "libs/rpc/errors.h"
#include "libs/rpc/require.h"
#include "libs/service/command_call.h"
#include "libs/shard/control.h"

namespace omo::service {
namespace {

namespace pb = omo::journal::v1;

constexpr std::size_t kReasonBytesMax = 1'000;

void Write(const shard::ShardStatus& status, pb::ShardState& out) {
  out.set_shard(status.shard);
  out.set_state(status.state);
  out.set_log_id(status.log_id);
  out.set_term(status.term);
  out.set_next_offset(status.next_offset);
  out.set_state_hash(status.state_hash);
  out.set_queued(status.queued);
  out.set_in_flight(status.in_flight);
  out.set_events(status.events);
  out.set_refusals(status.refusals);
  out.set_duplicates(status.duplicates);
  out.set_void_records(status.log.void_records);
  out.set_barriers(status.barriers);
  out.set_jumps(status.log.jumps);
  out.set_suspects(status.log.suspects);
  out.set_claims_won(status.log.claims_won);
  out.set_claims_lost(status.log.claims_lost);
  out.set_stop_reason(status.stop_reason);
  if (status.poison) {
    out.set_poison_offset(status.poison->offset);
    out.set_poison_checksum(status.poison->checksum);
  }
  for (const shard::FeatureNote& feature : status.features) {
    pb::Feature& written = *out.add_features();
    written.set_name(feature.name);
    written.set_level(feature.level);
  }
}

void WriteAll(shard::Runtime& runtime, pb::ListShardsResponse& out) {
  out.set_feature_level(runtime.feature_level());
  for (const shard::ShardStatus& status : runtime.Status()) Write(status, *out.add_shards());
}

grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context, const grpc::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

// Answers an operator's order with the offset of its record.
template <class Response>
shard::ControlReply AnswerOrder(grpc::ServerUnaryReactor& reactor, Response& response,
                                ShardId shard) {
  return [&reactor, &response, shard](const shard::Outcome& outcome) {
    const grpc::Status status = StatusOf(outcome, shard, "");
    if (status.ok()) response.set_offset(outcome.position.offset);
    reactor.Finish(status);
  };
}

}  // namespace

ShardService::ShardService(std::string instance, shard::Runtime& runtime,
                           std::filesystem::path outgoing)
    : instance_(std::move(instance)),
      runtime_(runtime),
      checkpoints_(runtime, std::move(outgoing)) {}

grpc::ServerUnaryReactor* ShardService::HandOver(grpc::CallbackServerContext* context,
                                                 const pb::HandOverRequest* request,
                                                 pb::HandOverResponse*) {
  rpc::FieldErrors errors;
  errors.RequireRange("shard", request->shard(), 0, runtime_.shards() - 1);
  errors.RequireId("successor", request->successor());
  if (errors.empty()) runtime_.HandOver(request->shard(), request->successor());
  return Finish(context, errors.Status());
}

grpc::ServerUnaryReactor* ShardService::ListShards(grpc::CallbackServerContext* context,
                                                   const pb::ListShardsRequest*,
                                                   pb::ListShardsResponse* response) {
  response->set_instance(instance_);
  WriteAll(runtime_, *response);
  return Finish(context, grpc::Status::OK);
}

grpc::ServerUnaryReactor* ShardService::SkipRecord(grpc::CallbackServerContext* context,
                                                   const pb::SkipRecordRequest* request,
                                                   pb::SkipRecordResponse* response) {
  rpc::FieldErrors errors;
  errors.RequireRange("shard", request->shard(), 0, runtime_.shards() - 1);
  errors.RequireRange("offset", request->offset(), 0, INT64_MAX);
  errors.RequireId("operator", request->operator_());
  errors.RequirePrintable("reason", request->reason(), kReasonBytesMax);
  if (!errors.empty()) return Finish(context, errors.Status());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  runtime_.AppendSkip(
      request->shard(), {.offset = request->offset(), .checksum = request->checksum()},
      request->operator_(), request->reason(), AnswerOrder(*reactor, *response, request->shard()));
  return reactor;
}

grpc::ServerWriteReactor<pb::CopyCheckpointResponse>* ShardService::CopyCheckpoint(
    grpc::CallbackServerContext* context, const pb::CopyCheckpointRequest* request) {
  return checkpoints_.Send(*context, *request);
}

grpc::ServerUnaryReactor* ShardService::EnableFeature(grpc::CallbackServerContext* context,
                                                      const pb::EnableFeatureRequest* request,
                                                      pb::EnableFeatureResponse* response) {
  rpc::FieldErrors errors;
  errors.RequireRange("shard", request->shard(), 0, runtime_.shards() - 1);
  errors.RequireId("feature.name", request->feature().name());
  errors.RequireRange("feature.level", request->feature().level(), 1, INT32_MAX);
  if (!errors.empty()) return Finish(context, errors.Status());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  runtime_.EnableFeature(request->shard(), {request->feature().name(), request->feature().level()},
                         AnswerOrder(*reactor, *response, request->shard()));
  return reactor;
}

grpc::ServerUnaryReactor* ShardService::TakeClockTime(grpc::CallbackServerContext* context,
                                                      const pb::TakeClockTimeRequest* request,
                                                      pb::TakeClockTimeResponse* response) {
  rpc::FieldErrors errors;
  errors.RequireRange("shard", request->shard(), 0, runtime_.shards() - 1);
  errors.RequireId("operator", request->operator_());
  errors.RequirePrintable("reason", request->reason(), kReasonBytesMax);
  if (!errors.empty()) return Finish(context, errors.Status());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  runtime_.TakeClockTime(request->shard(), request->operator_(), request->reason(),
                         AnswerOrder(*reactor, *response, request->shard()));
  return reactor;
}

std::string ShardsAsJson(const std::string& instance, shard::Runtime& runtime) {
  pb::ListShardsResponse all;
  all.set_instance(instance);
  WriteAll(runtime, all);
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(all, &json, options);
  return json;
}

}  // namespace omo::service
