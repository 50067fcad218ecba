// An instance that owns shards of the service "shelf" and does as a test says.
#pragma once

#include <grpcpp/grpcpp.h>

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "libs/core/partition.h"
#include "libs/rpc/call_context.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/require.h"
#include "libs/rpc/server.h"
#include "omo/bulk/v1/bulk_service.grpc.pb.h"
#include "shelf_service.grpc.pb.h"
#include "tests/support/static_owners.h"

namespace omo::testing {

inline constexpr std::int32_t kShelfShards = 16;

class FakeShelf final : public test::v1::ShelfService::CallbackService {
 public:
  using PutRequest = test::v1::PutRequest;
  using PutResponse = test::v1::PutResponse;

  explicit FakeShelf(std::string name, std::string listen = "127.0.0.1:0")
      : name_(std::move(name)), server_({.listen = std::move(listen)}, metrics_) {
    server_.Add(test::v1::ShelfService::service_full_name(), this);
    server_.Add(bulk::v1::BulkService::service_full_name(), &bulk_);
    started_ = server_.Start().ok();
  }
  ~FakeShelf() override {
    Release();
    ReadStreams(true);
    server_.Stop(Duration{0});
  }

  bool started() const { return started_; }
  const std::string& name() const { return name_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(server_.port()); }

  // Takes the shards [first, last] and tells the directory.
  void Own(StaticOwners& directory, ShardId first, ShardId last, std::uint64_t term = 1) {
    for (ShardId shard = first; shard <= last; ++shard) {
      Own(shard);
      directory.Publish({"shelf", shard, 1, term, name_, address()});
    }
  }
  void Own(ShardId shard) {
    With([&] { owned_.insert(shard); });
  }
  void Disown(ShardId shard) {
    With([&] { owned_.erase(shard); });
  }
  // What it says when asked for a shard that it does not own.
  void SetHint(rpc::OwnerHint hint) {
    With([&] { hint_ = std::move(hint); });
  }
  // The answers to the next puts.
  void FailNext(std::vector<grpc::Status> statuses) {
    With([&] { failures_.assign(statuses.begin(), statuses.end()); });
  }
  // Puts are not answered until Release.
  void Hold() {
    With([&] { holding_ = true; });
  }
  void Release() {
    std::vector<std::function<void()>> held;
    With([&] {
      holding_ = false;
      held.swap(held_);
      breaks_.clear();
    });
    for (const auto& answer : held) answer();
  }
  // Ends the bulk streams whose messages are held, as a broken connection would.
  void BreakHeldStreams() {
    std::vector<std::function<void()>> broken;
    With([&] {
      broken.swap(breaks_);
      held_.clear();
    });
    for (const auto& end : broken) end();
  }
  // Whether streams read their requests.
  void ReadStreams(bool read) {
    std::vector<std::function<void()>> paused;
    With([&] {
      reading_ = read;
      if (read) paused.swap(paused_);
    });
    for (const auto& go_on : paused) go_on();
  }

  std::size_t held() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  std::vector<PutRequest> puts() {
    const std::lock_guard lock(mutex_);
    return puts_;
  }
  std::vector<rpc::CallContext> contexts() {
    const std::lock_guard lock(mutex_);
    return contexts_;
  }
  std::size_t stream_messages() {
    const std::lock_guard lock(mutex_);
    return stream_messages_;
  }
  std::size_t asked_in_vain() {
    const std::lock_guard lock(mutex_);
    return asked_in_vain_;
  }

  grpc::ServerUnaryReactor* Put(grpc::CallbackServerContext* call, const PutRequest* request,
                                PutResponse* response) override {
    auto* reactor = call->DefaultReactor();
    rpc::CallContext context;
    (void)rpc::ReadCallContext(*call, context);
    const grpc::Status status = Decide(context, *request, *response);
    const auto answer = [=] { reactor->Finish(status); };
    const std::lock_guard lock(mutex_);
    if (holding_) {
      held_.push_back(answer);
    } else {
      answer();
    }
    return reactor;
  }

  grpc::ServerUnaryReactor* PutGuarded(grpc::CallbackServerContext* call, const PutRequest* request,
                                       PutResponse* response) override {
    return Put(call, request, response);
  }

  grpc::ServerUnaryReactor* PutLines(grpc::CallbackServerContext* call,
                                     const test::v1::PutLinesRequest* request,
                                     PutResponse* response) override {
    PutRequest first;
    *first.mutable_item() = request->lines(0);
    return Put(call, &first, response);
  }

  grpc::ServerUnaryReactor* GetMany(grpc::CallbackServerContext* call,
                                    const test::v1::GetManyRequest* request,
                                    test::v1::GetManyResponse* response) override {
    auto* reactor = call->DefaultReactor();
    grpc::Status status;
    for (const std::string& sku : request->skus()) {
      status = CheckOwned(ShardOf(sku, kShelfShards));
      if (!status.ok()) break;
      auto* item = response->add_items();
      item->set_sku(sku);
      item->set_quantity(static_cast<std::int64_t>(sku.size()));
    }
    response->set_label(request->label());
    response->add_positions()->set_shard(ShardOf(request->skus(0), kShelfShards));
    reactor->Finish(status);
    return reactor;
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* call,
                                 const test::v1::ListRequest* request,
                                 test::v1::ListResponse* response) override {
    auto* reactor = call->DefaultReactor();
    rpc::CallContext context;
    grpc::Status status = rpc::ReadCallContext(*call, context);
    if (status.ok() && !context.shard) status = grpc::Status(grpc::INTERNAL, "which shard?");
    if (status.ok()) status = CheckOwned(*context.shard);
    if (status.ok()) FillPage(*context.shard, *request, *response);
    reactor->Finish(status);
    return reactor;
  }

  grpc::ServerUnaryReactor* Ping(grpc::CallbackServerContext* call, const test::v1::PingRequest*,
                                 test::v1::PingResponse* response) override {
    response->set_instance(name_);
    auto* reactor = call->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerBidiReactor<PutRequest, PutResponse>* PutAll(
      grpc::CallbackServerContext* call) override;
  grpc::ServerWriteReactor<PutResponse>* Watch(grpc::CallbackServerContext* call,
                                               const PutRequest* request) override;

  // The SKUs of one shard, for List.
  void Stock(const std::set<std::string>& skus) {
    With([&] { skus_ = skus; });
  }

 private:
  class PutAllReactor;
  class WatchReactor;
  class BulkReactor;

  // Puts in bulk streams, held message by message.
  class BulkPuts final : public bulk::v1::BulkService::CallbackService {
   public:
    explicit BulkPuts(FakeShelf& shelf) : shelf_(shelf) {}
    grpc::ServerBidiReactor<bulk::v1::RunCommandsRequest, bulk::v1::RunCommandsResponse>*
    RunCommands(grpc::CallbackServerContext* call) override;

   private:
    FakeShelf& shelf_;
  };

  template <class Change>
  void With(Change change) {
    const std::lock_guard lock(mutex_);
    change();
  }

  grpc::Status CheckOwned(ShardId shard) {
    const std::lock_guard lock(mutex_);
    if (owned_.contains(shard)) return grpc::Status::OK;
    ++asked_in_vain_;
    return rpc::NotOwner(shard, hint_);
  }

  grpc::Status Decide(const rpc::CallContext& context, const PutRequest& request,
                      PutResponse& response) {
    const ShardId shard = ShardOf(request.item().sku(), kShelfShards);
    grpc::Status status = CheckOwned(shard);
    const std::lock_guard lock(mutex_);
    if (!status.ok()) return status;
    puts_.push_back(request);
    contexts_.push_back(context);
    if (!failures_.empty()) {
      status = failures_.front();
      failures_.pop_front();
    }
    response.set_instance(name_);
    response.set_command_id(request.command_id());
    response.mutable_position()->set_shard(shard);
    return status;
  }

  void FillPage(ShardId shard, const test::v1::ListRequest& request,
                test::v1::ListResponse& response) {
    const std::lock_guard lock(mutex_);
    response.add_positions()->set_shard(shard);
    for (const std::string& sku : skus_) {
      if (ShardOf(sku, kShelfShards) != shard || sku <= request.page_token()) continue;
      if (response.items_size() == request.page_size()) {
        response.set_next_page_token(response.items(response.items_size() - 1).sku());
        return;
      }
      response.add_items()->set_sku(sku);
    }
  }

  const std::string name_;
  telemetry::Metrics metrics_;
  BulkPuts bulk_{*this};
  rpc::Server server_;
  bool started_ = false;
  std::mutex mutex_;
  std::set<ShardId> owned_;
  rpc::OwnerHint hint_;
  std::deque<grpc::Status> failures_;
  bool holding_ = false;
  bool reading_ = true;
  std::vector<std::function<void()>> held_;
  std::vector<std::function<void()>> breaks_;  // Of the bulk streams in held_.
  std::vector<std::function<void()>> paused_;
  std::vector<PutRequest> puts_;
  std::vector<rpc::CallContext> contexts_;
  std::size_t stream_messages_ = 0;
  std::size_t asked_in_vain_ = 0;
  std::set<std::string> skus_;
};

// Answers each message as it comes; the message "fail" ends the stream with a refusal.
class FakeShelf::PutAllReactor final : public grpc::ServerBidiReactor<PutRequest, PutResponse> {
 public:
  explicit PutAllReactor(FakeShelf& shelf) : shelf_(shelf) { ReadOn(); }

 private:
  void ReadOn() {
    const std::lock_guard lock(shelf_.mutex_);
    if (shelf_.reading_) {
      StartRead(&request_);
    } else {
      shelf_.paused_.push_back([this] { StartRead(&request_); });
    }
  }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    shelf_.With([&] { ++shelf_.stream_messages_; });
    const grpc::Status owned = shelf_.CheckOwned(ShardOf(request_.item().sku(), kShelfShards));
    if (!owned.ok()) return Finish(owned);
    if (request_.command_id() == "stop") return Finish(grpc::Status::CANCELLED);
    if (request_.command_id() == "fail") {
      return Finish(rpc::Refused(grpc::FAILED_PRECONDITION, "SHELF_IS_FULL", "full"));
    }
    response_.set_instance(shelf_.name_);
    response_.set_command_id(request_.command_id());
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override { ok ? ReadOn() : Finish(grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }

  FakeShelf& shelf_;
  PutRequest request_;
  PutResponse response_;
};

// Answers one request with as many messages as its quantity.
class FakeShelf::WatchReactor final : public grpc::ServerWriteReactor<PutResponse> {
 public:
  WatchReactor(FakeShelf& shelf, const PutRequest& request) : left_(request.item().quantity()) {
    response_.set_instance(shelf.name_);
    Next();
  }

 private:
  void Next() {
    if (left_-- == 0) return Finish(grpc::Status::OK);
    response_.set_command_id(std::to_string(left_));
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override { ok ? Next() : Finish(grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }

  std::int64_t left_;
  PutResponse response_;
};

inline grpc::ServerBidiReactor<FakeShelf::PutRequest, FakeShelf::PutResponse>* FakeShelf::PutAll(
    grpc::CallbackServerContext* /*call*/) {
  return new PutAllReactor(*this);
}

inline grpc::ServerWriteReactor<FakeShelf::PutResponse>* FakeShelf::Watch(
    grpc::CallbackServerContext* /*call*/, const PutRequest* request) {
  return new WatchReactor(*this, *request);
}

// Answers a message of puts by one message.
class FakeShelf::BulkReactor final
    : public grpc::ServerBidiReactor<bulk::v1::RunCommandsRequest, bulk::v1::RunCommandsResponse> {
 public:
  BulkReactor(FakeShelf& shelf, const grpc::CallbackServerContext& call) : shelf_(shelf) {
    (void)rpc::ReadCallContext(call, context_);
    StartRead(&request_);
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    answers_.Clear();
    for (const auto& call : request_.calls()) Decide(call);
    const std::lock_guard lock(shelf_.mutex_);
    if (!shelf_.holding_) return StartWrite(&answers_);
    shelf_.held_.push_back([this] { StartWrite(&answers_); });
    shelf_.breaks_.push_back([this] { Finish(grpc::Status(grpc::UNAVAILABLE, "broken")); });
  }
  void Decide(const bulk::v1::Call& call) {
    PutRequest request;
    request.ParseFromString(call.request());
    PutResponse response;
    const grpc::Status status = shelf_.Decide(context_, request, response);
    auto& answer = *answers_.add_answers();
    answer.set_number(call.number());
    if (status.ok()) {
      answer.set_response(response.SerializeAsString());
    } else {
      answer.mutable_error()->ParseFromString(status.error_details());
    }
  }
  void OnWriteDone(bool ok) override {
    ok ? StartRead(&request_) : Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

  FakeShelf& shelf_;
  rpc::CallContext context_;
  bulk::v1::RunCommandsRequest request_;
  bulk::v1::RunCommandsResponse answers_;
};

inline grpc::ServerBidiReactor<bulk::v1::RunCommandsRequest, bulk::v1::RunCommandsResponse>*
FakeShelf::BulkPuts::RunCommands(grpc::CallbackServerContext* call) {
  return new BulkReactor(shelf_, *call);
}

// A SKU of the shard; different for each `number`.
inline std::string SkuOf(ShardId shard, int number = 0) {
  for (int n = 0;; ++n) {
    std::string sku = "sku-" + std::to_string(n);
    if (ShardOf(sku, kShelfShards) == shard && number-- == 0) return sku;
  }
}

}  // namespace omo::testing
