#include "services/gateway/fan_out_reactor.h"

#include "libs/rpc/call_context.h"

namespace omo::gateway {

void FanOutReactor::Run() {
  std::vector<Part> parts;
  {
    const rpc::FlatBytes bytes(request());
    const grpc::Status planned = Plan(bytes.view(), parts);
    if (!planned.ok()) return Refuse(planned);
  }
  responses_.resize(parts.size());
  waiting_ = parts.size();
  if (parts.empty()) return Complete();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    rpc::CallOptions options{call().metadata, {}};
    if (parts[i].name_shard) {
      options.metadata.emplace_back(rpc::kShardKey, std::to_string(parts[i].shard));
    }
    Send(
        parts[i].shard, parts[i].request, std::move(options),
        [this, i](const grpc::Status& status, rpc::ShardCall& sent) { OnAnswer(i, status, sent); });
  }
}

void FanOutReactor::OnAnswer(std::size_t part, const grpc::Status& status, rpc::ShardCall& sent) {
  bool first_failure = false;
  if (status.ok()) {
    responses_[part].Swap(&sent.response());
  } else {
    const std::lock_guard lock(failure_mutex_);
    first_failure = failure_.ok();
    if (first_failure) failure_ = ExplainBareError(call(), status, sent.request());
  }
  // This part still counts as waiting, so the reactor lives through the cancelling.
  if (first_failure) CancelSent();
  if (waiting_.fetch_sub(1) == 1) Complete();
}

void FanOutReactor::Complete() {
  if (!failure_.ok()) return Refuse(failure_);
  std::vector<rpc::FlatBytes> flat(responses_.begin(), responses_.end());
  std::vector<std::string_view> views;
  views.reserve(flat.size());
  for (const rpc::FlatBytes& bytes : flat) views.push_back(bytes.view());
  std::string combined;
  const grpc::Status status = Combine(views, combined);
  if (!status.ok()) return Refuse(status);
  grpc::ByteBuffer response = rpc::ToByteBuffer(combined);
  Answer(status, response);
}

grpc::Status KeysReactor::Plan(std::string_view request, std::vector<Part>& parts) {
  grpc::Status split = SplitByShard(*call().target.route, request,
                                    call().target.client->shard_count(), shard_parts_);
  for (ShardPart& part : shard_parts_) {
    parts.push_back({part.shard, rpc::ToByteBuffer(part.request), false});
    part.request.clear();
  }
  return split;
}

grpc::Status KeysReactor::Combine(const std::vector<std::string_view>& responses,
                                  std::string& combined) {
  return JoinAnswers(*call().target.route, shard_parts_, responses, combined);
}

grpc::Status EveryShardReactor::Plan(std::string_view request, std::vector<Part>& parts) {
  const std::int32_t shard_count = call().target.client->shard_count();
  grpc::Status read = ReadPageRequest(*call().target.route, request, shard_count, page_);
  if (!read.ok()) return read;
  for (ShardId shard = 0; shard < shard_count; ++shard) {
    if (page_.cursors[static_cast<std::size_t>(shard)].done) continue;
    asked_.push_back(shard);
    const std::string part = ShardPageRequest(*call().target.route, request, page_, shard);
    parts.push_back({shard, rpc::ToByteBuffer(part), true});
  }
  return grpc::Status::OK;
}

grpc::Status EveryShardReactor::Combine(const std::vector<std::string_view>& responses,
                                        std::string& combined) {
  std::vector<ShardPage> pages;
  for (std::size_t i = 0; i < asked_.size(); ++i) pages.push_back({asked_[i], responses[i]});
  return MergePages(*call().target.route, page_, pages, combined);
}

}  // namespace omo::gateway
