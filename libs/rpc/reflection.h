// gRPC server reflection (v1alpha) over any descriptor pool: a service's own generated one, or the
// pool that a gateway read from a file. So grpcurl works against both.
#pragma once

#include <google/protobuf/descriptor.h>

#include <mutex>
#include <set>
#include <string>

#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"

namespace omo::rpc {

// Thread-safe. `pool` must outlive it.
class ReflectionService final
    : public grpc::reflection::v1alpha::ServerReflection::CallbackService {
 public:
  explicit ReflectionService(const google::protobuf::DescriptorPool& pool) : pool_(pool) {}

  // Lists a service by its full name.
  void AddName(const std::string& service);

  grpc::ServerBidiReactor<grpc::reflection::v1alpha::ServerReflectionRequest,
                          grpc::reflection::v1alpha::ServerReflectionResponse>*
  ServerReflectionInfo(grpc::CallbackServerContext* call) override;

  // The answer to one question.
  grpc::reflection::v1alpha::ServerReflectionResponse Answer(
      const grpc::reflection::v1alpha::ServerReflectionRequest& request) const;

 private:
  const google::protobuf::DescriptorPool& pool_;
  mutable std::mutex mutex_;
  std::set<std::string> names_;
};

}  // namespace omo::rpc
