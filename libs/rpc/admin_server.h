// The operators' port: a small plain HTTP server for metrics, health and JSON pages. No mutation,
// no sign-in: it listens on loopback or a pod's own network.
#pragma once

#include <absl/status/status.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

struct mg_context;
struct mg_connection;

namespace omo::rpc {

struct AdminReply {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
};

// Answers a GET of one path; called on the admin server's threads, several at a time.
using AdminPage = std::function<AdminReply()>;

class AdminServer {
 public:
  AdminServer() = default;
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // `path` e.g. "/metrics". Before Start only.
  void AddPage(const std::string& path, AdminPage page);

  // Listens on "host:port"; port 0 takes a free one. UNAVAILABLE when it cannot.
  absl::Status Start(const std::string& listen);
  // The port taken; 0 before Start.
  int port() const { return port_; }
  // Waits for pages being answered. May be called twice.
  void Stop();

 private:
  static int Answer(mg_connection* connection, void* self);
  std::map<std::string, AdminPage> pages_;
  mg_context* http_ = nullptr;
  int port_ = 0;
};

}  // namespace omo::rpc
