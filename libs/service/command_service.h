// A gRPC service whose RPCs are commands. Each is a handler that is listed once, in the service's
// constructor; that makes it an RPC and a method of bulk streams.
//
//   class InventoryService final : public service::CommandService {
//    public:
//     explicit InventoryService(shard::Runtime& runtime)
//         : CommandService(v1::InventoryService::service_full_name(), runtime) {
//       Serve(*this, &InventoryService::ReceiveStock, &InventoryService::AdjustStock);
//     }
//     void ReceiveStock(service::CommandCall& call, const v1::ReceiveStockRequest& request,
//                       v1::ReceiveStockResponse& response);
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "libs/service/bulk_commands.h"
#include "libs/service/command_call.h"
#include "libs/shard/runtime.h"

namespace omo::service {

// One command of a service as bulk streams call it.
class CommandMethod {
 public:
  virtual ~CommandMethod() = default;
  // Parses the request and runs the handler, within BulkCommands::Take.
  virtual void Run(BulkCommands& stream, const rpc::BulkTicket& ticket,
                   std::string_view request) const = 0;
};

// Thread-safe once made. Shared by all calls; `runtime` outlives it.
class CommandService : public grpc::Service {
 public:
  // By path, e.g. "omo.inventory.v1.InventoryService/ReserveStock".
  using Methods = std::unordered_map<std::string_view, std::unique_ptr<const CommandMethod>>;
  const Methods& methods() const { return methods_; }

 protected:
  CommandService(std::string_view full_name, shard::Runtime& runtime);

  // Every RPC of the service, each as void(CommandCall&, const Request&, Response&). A handler's
  // RPC is the one that takes its request. Ends the process if an RPC has no handler.
  template <class Service, class... Handlers>
  void Serve(Service& service, Handlers... handlers) {
    (Add(service, handlers), ...);
    CheckComplete();
  }

  shard::Runtime& runtime_;

 private:
  // The door of an RPC of its own.
  class RpcDoor final : public CommandDoor {
   public:
    RpcDoor(grpc::ServerUnaryReactor* reactor, shard::Runtime& runtime)
        : reactor_(reactor), runtime_(runtime) {}
    ~RpcDoor() override;
    void Finish(const grpc::Status& status) override;
    void Submit(ShardId shard, std::unique_ptr<shard::Command> command) override;

   private:
    grpc::ServerUnaryReactor* reactor_;
    shard::Runtime& runtime_;
  };

  template <class Service, class Request, class Response>
  using Handler = void (Service::*)(CommandCall&, const Request&, Response&);

  template <class Service, class Request, class Response>
  class TypedMethod final : public CommandMethod {
   public:
    TypedMethod(Service& service, Handler<Service, Request, Response> handler)
        : service_(service), handler_(handler) {}

    void Run(BulkCommands& stream, const rpc::BulkTicket& ticket,
             std::string_view bytes) const override {
      auto& request = stream.New<Request>();
      auto& response = stream.New<Response>();
      auto door = stream.MakeDoor(ticket, response);
      if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        return door->Finish(Malformed(request));
      }
      CommandCall call(std::move(door), stream.caller(), stream.runtime(), request.command_id());
      (service_.*handler_)(call, request, response);
    }

    grpc::ServerUnaryReactor* RunRpc(grpc::CallbackServerContext* context, const Request* request,
                                     Response* response, shard::Runtime& runtime) const {
      grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
      const Caller caller(*context);
      CommandCall call(std::make_unique<RpcDoor>(reactor, runtime), caller, runtime,
                       request->command_id());
      (service_.*handler_)(call, *request, *response);
      return reactor;
    }

   private:
    Service& service_;
    const Handler<Service, Request, Response> handler_;
  };

  template <class Service, class Request, class Response>
  void Add(Service& service, Handler<Service, Request, Response> handler) {
    auto method = std::make_unique<TypedMethod<Service, Request, Response>>(service, handler);
    const auto run = [this, method = method.get()](grpc::CallbackServerContext* context,
                                                   const Request* request, Response* response) {
      return method->RunRpc(context, request, response, runtime_);
    };
    AddRpc(*Request::descriptor(), std::move(method),
           new grpc::internal::CallbackUnaryHandler<Request, Response>(run));
  }
  void AddRpc(const google::protobuf::Descriptor& request, std::unique_ptr<CommandMethod> method,
              grpc::internal::MethodHandler* handler);
  void CheckComplete() const;
  static grpc::Status Malformed(const google::protobuf::Message& request);

  const google::protobuf::ServiceDescriptor& descriptor_;
  std::deque<std::string> paths_;  // "/omo.inventory.v1.InventoryService/ReserveStock"
  Methods methods_;
};

}  // namespace omo::service
