#include "libs/service/bulk_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "libs/rpc/errors.h"

namespace omo::service {

BulkService::BulkService(shard::Runtime& runtime,
                         const std::vector<const CommandService*>& services,
                         const rpc::BulkLimits& limits)
    : runtime_(runtime), limits_(limits) {
  for (const CommandService* service : services) {
    for (const auto& [path, method] : service->methods()) methods_.emplace(path, method.get());
  }
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* BulkService::RunCommands(
    grpc::CallbackServerContext* context) {
  return new BulkCommands(*this, *context);
}

const CommandMethod* BulkService::Find(std::string_view method) const {
  const auto found = methods_.find(method);
  return found == methods_.end() ? nullptr : found->second;
}

grpc::Status BulkService::Unknown(std::string_view method) {
  if (method.empty()) {
    return rpc::InvalidArgument("method", "REQUIRED", "the first call of a message names it");
  }
  std::string name(method);
  std::replace(name.begin(), name.end(), '/', '.');
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  const bool exists = pool->FindMethodByName(name) != nullptr;
  return rpc::Fault(exists ? "BULK_NOT_SUPPORTED" : "UNKNOWN_METHOD",
                    "no command of this service: " + std::string(method));
}

}  // namespace omo::service
