#include "services/omoctl/grpc_sender.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>

#include <utility>

#include "libs/rpc/errors.h"

namespace omo::omoctl {
namespace {

using omo::inventory::v1::InventoryService;
using Async = InventoryService::StubInterface::async_interface;

template <class RequestType, class ResponseType>
using Method = void (Async::*)(grpc::ClientContext*, const RequestType*, ResponseType*,
                               std::function<void(grpc::Status)>);

// Which method takes a request: the stub's overloads need the exact type of each.
#define OMO_METHOD(name)                                                                  \
  Method<omo::inventory::v1::name##Request, omo::inventory::v1::name##Response> MethodOf( \
      const omo::inventory::v1::name##Request&) {                                         \
    return &Async::name;                                                                  \
  }
OMO_METHOD(OpenLocation)
OMO_METHOD(DefineUnit)
OMO_METHOD(ReceiveStock)
OMO_METHOD(RecordSale)
OMO_METHOD(ReserveStock)
OMO_METHOD(CommitReservation)
OMO_METHOD(FulfilReservation)
#undef OMO_METHOD

template <class ResponseType>
struct Call {
  grpc::ClientContext context;
  ResponseType response;
};

template <class ResponseType>
Answer ReadAccepted(const ResponseType& response) {
  const auto& position = response.position();
  Answer answer{.outcome = Outcome::kAccepted,
                .position = {position.log_id(), position.shard(), position.offset()},
                .duplicate = response.duplicate()};
  if constexpr (requires { response.shortfalls(); }) {
    for (const auto& shortfall : response.shortfalls()) answer.shortfall += shortfall.quantity();
  }
  return answer;
}

bool WorthRepeating(grpc::StatusCode code) {
  switch (code) {
    case grpc::ABORTED:
    case grpc::CANCELLED:
    case grpc::DEADLINE_EXCEEDED:
    case grpc::INTERNAL:
    case grpc::RESOURCE_EXHAUSTED:
    case grpc::UNAVAILABLE:
    case grpc::UNKNOWN:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);  // The replay repeats, and counts it.
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

Answer ReadFailure(const grpc::Status& status) {
  const rpc::ErrorInfo error = rpc::ReadError(status);
  const std::string text = error.reason.empty() ? error.message : error.reason;
  if (WorthRepeating(error.code)) {
    return {.outcome = Outcome::kAgain, .reason = text, .retry_after = error.retry_after};
  }
  const bool decided = error.code == grpc::FAILED_PRECONDITION || error.code == grpc::NOT_FOUND ||
                       error.code == grpc::ALREADY_EXISTS;
  if (decided && !error.reason.empty() && rpc::FindReason(error.reason) == nullptr) {
    return {.outcome = Outcome::kRefused, .reason = error.reason};
  }
  return {.outcome = Outcome::kBroken, .reason = text + ": " + error.message};
}

GrpcSender::GrpcSender(std::shared_ptr<grpc::Channel> channel, std::chrono::milliseconds deadline)
    : stub_(InventoryService::NewStub(std::move(channel))), deadline_(deadline) {}

void GrpcSender::Send(const Step& step, std::function<void(Answer)> done) {
  const auto send = [&]<class RequestType, class ResponseType>(
                        Method<RequestType, ResponseType> method, const RequestType& request) {
    auto* const call = new Call<ResponseType>;
    for (const auto& [key, value] : step.metadata) call->context.AddMetadata(key, value);
    call->context.set_deadline(std::chrono::system_clock::now() + deadline_);
    const auto finish = [call, done = std::move(done)](const grpc::Status& status) {
      const Answer answer = status.ok() ? ReadAccepted(call->response) : ReadFailure(status);
      delete call;
      done(answer);
    };
    (stub_->async()->*method)(&call->context, &request, &call->response, finish);
  };
  std::visit([&](const auto& request) { send(MethodOf(request), request); }, step.request);
}

}  // namespace omo::omoctl
