#include "libs/service/command_service.h"

#include <grpcpp/impl/rpc_service_method.h>

#include "libs/rpc/errors.h"
#include "libs/telemetry/check.h"

namespace omo::service {
namespace {

const google::protobuf::ServiceDescriptor& FindService(std::string_view full_name) {
  const auto* found =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(full_name));
  OMO_CHECK(found != nullptr);
  return *found;
}

}  // namespace

CommandService::CommandService(std::string_view full_name, shard::Runtime& runtime)
    : runtime_(runtime), descriptor_(FindService(full_name)) {}

void CommandService::AddRpc(const google::protobuf::Descriptor& request,
                            std::unique_ptr<CommandMethod> method,
                            grpc::internal::MethodHandler* handler) {
  const google::protobuf::MethodDescriptor* rpc = nullptr;
  for (int i = 0; i < descriptor_.method_count(); ++i) {
    if (descriptor_.method(i)->input_type() == &request) rpc = descriptor_.method(i);
  }
  OMO_CHECK(rpc != nullptr);
  const std::string& path = paths_.emplace_back("/" + descriptor_.full_name() + "/" + rpc->name());
  AddMethod(new grpc::internal::RpcServiceMethod(path.c_str(),
                                                 grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
  MarkMethodCallback(static_cast<int>(paths_.size()) - 1, handler);
  const bool is_new = methods_.emplace(std::string_view(path).substr(1), std::move(method)).second;
  OMO_CHECK(is_new);
}

void CommandService::CheckComplete() const {
  OMO_CHECK(static_cast<int>(methods_.size()) == descriptor_.method_count());
}

grpc::Status CommandService::Malformed(const google::protobuf::Message& request) {
  return rpc::Fault("MALFORMED", "the request is not a " + request.GetTypeName());
}

CommandService::RpcDoor::~RpcDoor() {
  if (reactor_ != nullptr) reactor_->Finish(rpc::OutcomeUnknown(""));
}

void CommandService::RpcDoor::Finish(const grpc::Status& status) {
  std::exchange(reactor_, nullptr)->Finish(status);
}

void CommandService::RpcDoor::Submit(ShardId shard, std::unique_ptr<shard::Command> command) {
  runtime_.Submit(shard, std::move(command));
}

}  // namespace omo::service
