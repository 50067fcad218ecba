#include "libs/rpc/server.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>

#include "libs/rpc/grpc_setup.h"
#include "libs/rpc/reflection.h"
#include "libs/telemetry/check.h"

namespace omo::rpc {
Server::Server(ServerOptions options, telemetry::Metrics& metrics)
    : options_(std::move(options)),
      metrics_(metrics),
      reflection_(std::make_unique<ReflectionService>(
          options_.descriptors != nullptr ? *options_.descriptors
                                          : *google::protobuf::DescriptorPool::generated_pool())) {
  SetUpGrpc();
  admin_.AddPage("/healthz", [] { return AdminReply{.body = "ok\n"}; });
  admin_.AddPage("/readyz", [this] {
    return Ready() ? AdminReply{.body = "ready\n"}
                   : AdminReply{.status = 503, .body = "not ready\n"};
  });
  admin_.AddPage("/metrics", [this] {
    return AdminReply{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                      .body = metrics_.Text()};
  });
}

Server::~Server() { Stop(Duration{0}); }

void Server::Add(std::string_view full_name, grpc::Service* service) {
  names_.emplace_back(full_name);
  services_.push_back(service);
}

void Server::AddGeneric(grpc::CallbackGenericService* service,
                        const std::vector<std::string>& names) {
  generic_ = service;
  names_.insert(names_.end(), names.begin(), names.end());
}

void Server::AddPage(const std::string& path, std::function<std::string()> json) {
  admin_.AddPage(path, [json = std::move(json)] {
    return AdminReply{.content_type = "application/json", .body = json()};
  });
}

void Server::SetReadyCheck(std::function<bool()> ready) { ready_check_ = std::move(ready); }

absl::Status Server::Start() {
  OMO_CHECK(server_ == nullptr);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options_.listen, grpc::InsecureServerCredentials(), &port_);
  builder.SetMaxReceiveMessageSize(options_.message_bytes_max);
  builder.SetMaxSendMessageSize(-1);
  // Two processes on one port would share its calls between them without a word.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Our clients ping silent connections, to notice a dead peer (shard_client).
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // And we theirs: the calls of a client that vanished end, with what they hold.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  // Nobody asks for gRPC's own statistics, or for smaller answers on a local network.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
  for (grpc::Service* service : services_) builder.RegisterService(service);
  if (generic_ != nullptr) builder.RegisterCallbackGenericService(generic_);
  for (const std::string& name : names_) reflection_->AddName(name);
  builder.RegisterService(reflection_.get());
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0) {
    server_ = nullptr;
    return absl::UnavailableError("cannot listen on " + options_.listen);
  }
  SetServing(false);
  if (options_.admin_listen.empty()) return absl::OkStatus();
  return admin_.Start(options_.admin_listen);
}

bool Server::Ready() const { return serving_ && (!ready_check_ || ready_check_()); }

void Server::SetServing(std::string_view service, bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(std::string(service), serving);
}

void Server::SetServing(bool serving) {
  serving_ = serving;
  SetServing("", serving);
  for (const std::string& name : names_) SetServing(name, serving);
}

void Server::Stop(Duration grace) {
  if (server_ != nullptr) {
    SetServing(false);
    server_->Shutdown(std::chrono::system_clock::now() + grace);
    server_->Wait();
    server_ = nullptr;
  }
  admin_.Stop();
}

StopSignal::StopSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  signal(SIGPIPE, SIG_IGN);  // A peer that went away is an error code, not the end.
}

int StopSignal::Wait() {
  int number = 0;
  sigwait(&signals_, &number);
  return number;
}

}  // namespace omo::rpc
