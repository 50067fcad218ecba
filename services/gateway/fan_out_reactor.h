// Calls that ask several shards at once and give one answer.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "libs/rpc/wire.h"
#include "services/gateway/merge_pages.h"
#include "services/gateway/split_join.h"
#include "services/gateway/unary_reactor.h"

namespace omo::gateway {

// Asks the shards that Plan names in parallel; when all have answered, Combine makes the answer.
// The first "no" is the answer to the whole call, and the others are cancelled.
class FanOutReactor : public UnaryReactor {
 public:
  using UnaryReactor::UnaryReactor;

 protected:
  struct Part {
    ShardId shard = 0;
    grpc::ByteBuffer request;
    bool name_shard = false;  // Tells the owner which shard is asked, where no key does.
  };
  virtual grpc::Status Plan(std::string_view request, std::vector<Part>& parts) = 0;
  // `responses` in the order of the parts.
  virtual grpc::Status Combine(const std::vector<std::string_view>& responses,
                               std::string& combined) = 0;

 private:
  void Run() override;
  void OnAnswer(std::size_t part, const grpc::Status& status, rpc::ShardCall& sent);
  void Complete();

  std::vector<grpc::ByteBuffer> responses_;
  std::atomic<std::size_t> waiting_{0};
  std::mutex failure_mutex_;
  grpc::Status failure_;
};

// ROUTE_KIND_KEYS.
class KeysReactor final : public FanOutReactor {
 public:
  using FanOutReactor::FanOutReactor;

 private:
  grpc::Status Plan(std::string_view request, std::vector<Part>& parts) override;
  grpc::Status Combine(const std::vector<std::string_view>& responses,
                       std::string& combined) override;
  std::vector<ShardPart> shard_parts_;
};

// ROUTE_KIND_EVERY_SHARD.
class EveryShardReactor final : public FanOutReactor {
 public:
  using FanOutReactor::FanOutReactor;

 private:
  grpc::Status Plan(std::string_view request, std::vector<Part>& parts) override;
  grpc::Status Combine(const std::vector<std::string_view>& responses,
                       std::string& combined) override;
  PageRequest page_;
  std::vector<ShardId> asked_;
};

}  // namespace omo::gateway
