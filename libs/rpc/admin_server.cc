#include "libs/rpc/admin_server.h"

#include <civetweb.h>

#include <array>
#include <string_view>

namespace omo::rpc {
namespace {

AdminReply NoSuchPage() { return {.status = 404, .body = "no such page\n"}; }

void Send(mg_connection* connection, const AdminReply& reply) {
  const std::string head = "HTTP/1.1 " + std::to_string(reply.status) +
                           (reply.status == 200 ? " OK" : " Not OK") +
                           "\r\nContent-Type: " + reply.content_type +
                           "\r\nContent-Length: " + std::to_string(reply.body.size()) +
                           "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
  mg_write(connection, head.data(), head.size());
  mg_write(connection, reply.body.data(), reply.body.size());
}

}  // namespace

AdminServer::~AdminServer() { Stop(); }

void AdminServer::AddPage(const std::string& path, AdminPage page) {
  pages_[path] = std::move(page);
}

int AdminServer::Answer(mg_connection* connection, void* self) {
  const mg_request_info* request = mg_get_request_info(connection);
  const auto& pages = static_cast<AdminServer*>(self)->pages_;
  const auto page = pages.find(request->local_uri);
  if (std::string_view(request->request_method) != "GET") {
    Send(connection, {.status = 405, .body = "only GET\n"});
  } else {
    Send(connection, page == pages.end() ? NoSuchPage() : page->second());
  }
  return 1;  // Answered: civetweb itself serves nothing.
}

absl::Status AdminServer::Start(const std::string& listen) {
  const std::array<const char*, 9> options = {
      "listening_ports",   listen.c_str(), "num_threads", "2", "request_timeout_ms", "5000",
      "enable_keep_alive", "no",           nullptr};
  const mg_callbacks callbacks{};
  http_ = mg_start(&callbacks, this, const_cast<const char**>(options.data()));
  if (http_ == nullptr) return absl::UnavailableError("the admin port cannot listen on " + listen);
  mg_set_request_handler(http_, "**", &AdminServer::Answer, this);
  std::array<mg_server_port, 1> ports{};
  if (mg_get_server_ports(http_, 1, ports.data()) == 1) port_ = ports[0].port;
  return absl::OkStatus();
}

void AdminServer::Stop() {
  if (http_ != nullptr) mg_stop(http_);
  http_ = nullptr;
}

}  // namespace omo::rpc
