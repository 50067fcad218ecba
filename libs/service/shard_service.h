// omo.journal.v1.ShardService over a Runtime.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "libs/service/checkpoint_sender.h"
#include "libs/shard/runtime.h"
#include "omo/journal/v1/shard_service.grpc.pb.h"

namespace omo::service {

class ShardService final : public journal::v1::ShardService::CallbackService {
 public:
  // `outgoing`: a folder for checkpoints on their way, on the stores' file system.
  ShardService(std::string instance, shard::Runtime& runtime, std::filesystem::path outgoing);

  grpc::ServerUnaryReactor* HandOver(grpc::CallbackServerContext* context,
                                     const journal::v1::HandOverRequest* request,
                                     journal::v1::HandOverResponse* response) override;
  grpc::ServerUnaryReactor* ListShards(grpc::CallbackServerContext* context,
                                       const journal::v1::ListShardsRequest* request,
                                       journal::v1::ListShardsResponse* response) override;
  grpc::ServerUnaryReactor* SkipRecord(grpc::CallbackServerContext* context,
                                       const journal::v1::SkipRecordRequest* request,
                                       journal::v1::SkipRecordResponse* response) override;
  grpc::ServerWriteReactor<journal::v1::CopyCheckpointResponse>* CopyCheckpoint(
      grpc::CallbackServerContext* context,
      const journal::v1::CopyCheckpointRequest* request) override;
  grpc::ServerUnaryReactor* EnableFeature(grpc::CallbackServerContext* context,
                                          const journal::v1::EnableFeatureRequest* request,
                                          journal::v1::EnableFeatureResponse* response) override;
  grpc::ServerUnaryReactor* TakeClockTime(grpc::CallbackServerContext* context,
                                          const journal::v1::TakeClockTimeRequest* request,
                                          journal::v1::TakeClockTimeResponse* response) override;

 private:
  const std::string instance_;
  shard::Runtime& runtime_;
  CheckpointSender checkpoints_;
};

// ListShards' answer as JSON, for the admin port.
std::string ShardsAsJson(const std::string& instance, shard::Runtime& runtime);

}  // namespace omo::service
