// Commands over gRPC to one address: the gateway, or an instance that owns all it is asked for.
#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <string>

#include "omo/inventory/v1/inventory_service.grpc.pb.h"
#include "services/omoctl/command_sender.h"

namespace omo::omoctl {

// A channel to host:port without TLS that comes back quickly when the other side was away.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& target);

// Thread-safe. Destroy it only when no call is on its way.
class GrpcSender final : public CommandSender {
 public:
  GrpcSender(std::shared_ptr<grpc::Channel> channel, std::chrono::milliseconds deadline);
  void Send(const Step& step, std::function<void(Answer)> done) override;

 private:
  std::unique_ptr<omo::inventory::v1::InventoryService::Stub> stub_;
  std::chrono::milliseconds deadline_;
};

// What a failed call means to the replay.
Answer ReadFailure(const grpc::Status& status);

}  // namespace omo::omoctl
