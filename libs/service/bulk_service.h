// omo.bulk.v1.BulkService over the commands of one instance.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "libs/rpc/bulk_stream.h"
#include "libs/service/command_service.h"
#include "omo/bulk/v1/bulk_service.grpc.pb.h"

namespace omo::service {

// Thread-safe. All that it is made from outlives it, and it outlives the server's Stop.
class BulkService final : public bulk::v1::BulkService::WithRawCallbackMethod_RunCommands<
                              bulk::v1::BulkService::Service> {
 public:
  BulkService(shard::Runtime& runtime, const std::vector<const CommandService*>& services,
              const rpc::BulkLimits& limits);

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* RunCommands(
      grpc::CallbackServerContext* context) override;

  const rpc::BulkLimits& limits() const { return limits_; }
  shard::Runtime& runtime() const { return runtime_; }
  // The command of a path; nullptr when there is none.
  const CommandMethod* Find(std::string_view method) const;
  // What is wrong with a path that Find does not know: UNKNOWN_METHOD or BULK_NOT_SUPPORTED.
  static grpc::Status Unknown(std::string_view method);

 private:
  shard::Runtime& runtime_;
  const rpc::BulkLimits limits_;
  std::unordered_map<std::string_view, const CommandMethod*> methods_;
};

}  // namespace omo::service
