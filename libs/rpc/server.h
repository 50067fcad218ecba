// A gRPC server with what every process needs: health, reflection, sizes, a graceful end, and the
// operators' HTTP port beside it.
//
//   rpc::StopSignal stop;                       // First thing in main: before any thread.
//   telemetry::Metrics metrics;
//   rpc::Server server({.listen = "127.0.0.1:7610", .admin_listen = "127.0.0.1:7611"}, metrics);
//   server.Add(InventoryService::service_full_name(), &inventory);
//   server.AddPage("/statez", [&] { return runtime.StateAsJson(); });
//   if (auto status = server.Start(); !status.ok()) ...
//   server.SetServing(true);
//   stop.Wait();
//   server.Stop(Duration{2000});
#pragma once

#include <absl/status/status.h>
#include <google/protobuf/descriptor.h>
#include <signal.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "libs/core/types.h"
#include "libs/rpc/admin_server.h"
#include "libs/telemetry/metrics.h"

namespace grpc {
class CallbackGenericService;
class Server;
class Service;
}  // namespace grpc

namespace omo::rpc {

class ReflectionService;

struct ServerOptions {
  std::string listen = "127.0.0.1:0";  // host:port; port 0 takes a free one.
  std::string admin_listen = {};       // host:port of the operators' HTTP; empty: none.
  // The largest message that gRPC lets in; a larger one ends its call with RESOURCE_EXHAUSTED.
  int message_bytes_max = 4 << 20;
  // What reflection speaks of; null: everything that is linked in.
  const google::protobuf::DescriptorPool* descriptors = nullptr;
};

class Server {
 public:
  // `metrics` is shown as /metrics and must outlive the server.
  Server(ServerOptions options, telemetry::Metrics& metrics);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // All Add... before Start. Services are not owned and must outlive Stop.
  void Add(std::string_view full_name, grpc::Service* service);
  // Takes every call that no added service has; `names` are what reflection and health list for it.
  void AddGeneric(grpc::CallbackGenericService* service, const std::vector<std::string>& names);
  // A JSON page of the admin port, e.g. "/statez". Called on its threads.
  void AddPage(const std::string& path, std::function<std::string()> json);
  // Another condition of readiness, asked by each GET /readyz.
  void SetReadyCheck(std::function<bool()> ready);

  // Listens on both ports. Health says NOT_SERVING until SetServing.
  absl::Status Start();
  // Ports taken by Start.
  int port() const { return port_; }
  int admin_port() const { return admin_.port(); }

  // Health of one service, or of all and of the server as a whole (""). Thread-safe, after Start.
  void SetServing(std::string_view service, bool serving);
  void SetServing(bool serving);

  // NOT_SERVING, no new calls, waits up to `grace` for those that run, then cancels them.
  // May be called twice; the destructor stops without grace.
  void Stop(Duration grace);

 private:
  bool Ready() const;

  const ServerOptions options_;
  telemetry::Metrics& metrics_;
  std::unique_ptr<ReflectionService> reflection_;
  std::vector<std::string> names_;
  std::vector<grpc::Service*> services_;
  grpc::CallbackGenericService* generic_ = nullptr;
  std::unique_ptr<grpc::Server> server_;
  AdminServer admin_;
  std::function<bool()> ready_check_;
  std::atomic<bool> serving_{false};
  int port_ = 0;
};

// SIGINT and SIGTERM as something to wait for. Made before any other thread, so that all inherit
// the blocked signals.
class StopSignal {
 public:
  StopSignal();
  // Returns the signal's number.
  int Wait();

 private:
  sigset_t signals_;
};

}  // namespace omo::rpc
