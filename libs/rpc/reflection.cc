#include "libs/rpc/reflection.h"

#include <google/protobuf/descriptor.pb.h>

#include <vector>

namespace omo::rpc {
namespace {

using google::protobuf::FileDescriptor;
using grpc::reflection::v1alpha::ServerReflectionRequest;
using grpc::reflection::v1alpha::ServerReflectionResponse;

// A file with all that it imports, each once.
void AddFiles(const FileDescriptor* file, std::set<const FileDescriptor*>& seen,
              ServerReflectionResponse& response) {
  if (!seen.insert(file).second) return;
  google::protobuf::FileDescriptorProto proto;
  file->CopyTo(&proto);
  response.mutable_file_descriptor_response()->add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file->dependency_count(); ++i) AddFiles(file->dependency(i), seen, response);
}

void AnswerFile(const FileDescriptor* file, ServerReflectionResponse& response) {
  if (file == nullptr) {
    response.mutable_error_response()->set_error_code(grpc::NOT_FOUND);
    response.mutable_error_response()->set_error_message("not known here");
    return;
  }
  std::set<const FileDescriptor*> seen;
  AddFiles(file, seen, response);
}

const FileDescriptor* FileOfExtension(const google::protobuf::DescriptorPool& pool,
                                      const grpc::reflection::v1alpha::ExtensionRequest& request) {
  const auto* type = pool.FindMessageTypeByName(request.containing_type());
  if (type == nullptr) return nullptr;
  const auto* field = pool.FindExtensionByNumber(type, request.extension_number());
  return field == nullptr ? nullptr : field->file();
}

void AnswerNumbers(const google::protobuf::DescriptorPool& pool, const std::string& type_name,
                   ServerReflectionResponse& response) {
  const auto* type = pool.FindMessageTypeByName(type_name);
  if (type == nullptr) return AnswerFile(nullptr, response);
  std::vector<const google::protobuf::FieldDescriptor*> extensions;
  pool.FindAllExtensions(type, &extensions);
  auto* numbers = response.mutable_all_extension_numbers_response();
  numbers->set_base_type_name(type_name);
  for (const auto* extension : extensions) numbers->add_extension_number(extension->number());
}

// Answers one question at a time; lives until gRPC is done with the call.
class Reactor final
    : public grpc::ServerBidiReactor<ServerReflectionRequest, ServerReflectionResponse> {
 public:
  explicit Reactor(const ReflectionService& service) : service_(service) { StartRead(&request_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    response_ = service_.Answer(request_);
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartRead(&request_);
  }
  void OnDone() override { delete this; }

 private:
  const ReflectionService& service_;
  ServerReflectionRequest request_;
  ServerReflectionResponse response_;
};

}  // namespace

void ReflectionService::AddName(const std::string& service) {
  const std::lock_guard lock(mutex_);
  names_.insert(service);
}

grpc::ServerBidiReactor<ServerReflectionRequest, ServerReflectionResponse>*
ReflectionService::ServerReflectionInfo(grpc::CallbackServerContext* /*call*/) {
  return new Reactor(*this);
}

ServerReflectionResponse ReflectionService::Answer(const ServerReflectionRequest& request) const {
  ServerReflectionResponse response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case ServerReflectionRequest::kFileByFilename:
      AnswerFile(pool_.FindFileByName(request.file_by_filename()), response);
      break;
    case ServerReflectionRequest::kFileContainingSymbol:
      AnswerFile(pool_.FindFileContainingSymbol(request.file_containing_symbol()), response);
      break;
    case ServerReflectionRequest::kFileContainingExtension:
      AnswerFile(FileOfExtension(pool_, request.file_containing_extension()), response);
      break;
    case ServerReflectionRequest::kAllExtensionNumbersOfType:
      AnswerNumbers(pool_, request.all_extension_numbers_of_type(), response);
      break;
    case ServerReflectionRequest::kListServices: {
      auto* list = response.mutable_list_services_response();
      const std::lock_guard lock(mutex_);
      for (const std::string& name : names_) list->add_service()->set_name(name);
      break;
    }
    case ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      response.mutable_error_response()->set_error_code(grpc::INVALID_ARGUMENT);
      response.mutable_error_response()->set_error_message("no question");
      break;
  }
  return response;
}

}  // namespace omo::rpc
