#include "libs/rpc/server.h"

#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "omo/type/v1/context.pb.h"
#include "omo/type/v1/options.pb.h"
#include "tests/support/catch.h"

using namespace omo;
using namespace omo::rpc;
using grpc::reflection::v1alpha::ServerReflection;
using grpc::reflection::v1alpha::ServerReflectionRequest;
using grpc::reflection::v1alpha::ServerReflectionResponse;

namespace {

// The whole answer of a loopback HTTP server to one request line.
std::string Ask(int port, const std::string& line) {
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = line + " HTTP/1.1\r\nHost: x\r\n\r\n";
    (void)!write(connection, request.data(), request.size());
    char bytes[4096];
    for (ssize_t got; (got = read(connection, bytes, sizeof bytes)) > 0;) {
      answer.append(bytes, static_cast<std::size_t>(got));
    }
  }
  close(connection);
  return answer;
}

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the admin port shows health, readiness, metrics and pages", "[rpc]") {
  telemetry::Metrics metrics;
  metrics.AddCounter("omo_test_calls_total", "Calls.").Add(4);
  Server server({.admin_listen = "127.0.0.1:0"}, metrics);
  bool caught_up = false;
  server.SetReadyCheck([&] { return caught_up; });
  server.AddPage("/statez", [] { return std::string(R"({"shards":8})"); });
  REQUIRE(server.Start().ok());
  const int port = server.admin_port();
  REQUIRE(port > 0);

  CHECK(Contains(Ask(port, "GET /healthz"), "200 OK"));
  CHECK(Contains(Ask(port, "GET /metrics"), "omo_test_calls_total 4"));
  CHECK(Contains(Ask(port, "GET /statez"), "application/json"));
  CHECK(Contains(Ask(port, "GET /statez"), R"({"shards":8})"));
  CHECK(Contains(Ask(port, "GET /etc/passwd"), "404"));
  CHECK(Contains(Ask(port, "GET /../../etc/passwd"), "404"));
  CHECK(Contains(Ask(port, "POST /statez"), "405"));

  CHECK(Contains(Ask(port, "GET /readyz"), "503"));
  server.SetServing(true);
  CHECK(Contains(Ask(port, "GET /readyz"), "503"));
  caught_up = true;
  CHECK(Contains(Ask(port, "GET /readyz"), "200 OK"));
  server.SetServing(false);
  CHECK(Contains(Ask(port, "GET /readyz"), "503"));
}

TEST_CASE("reflection tells what is served, and its files", "[rpc]") {
  // What nothing refers to is not linked in, and so not known.
  REQUIRE(omo::type::v1::Route::descriptor() != nullptr);
  REQUIRE(omo::type::v1::Context::descriptor() != nullptr);
  telemetry::Metrics metrics;
  Server server({}, metrics);
  REQUIRE(server.Start().ok());
  const auto channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(server.port()),
                                           grpc::InsecureChannelCredentials());
  const auto stub = ServerReflection::NewStub(channel);
  grpc::ClientContext call;
  const auto stream = stub->ServerReflectionInfo(&call);
  const auto ask = [&](const ServerReflectionRequest& request) {
    ServerReflectionResponse response;
    CHECK(stream->Write(request));
    CHECK(stream->Read(&response));
    return response;
  };
  ServerReflectionRequest request;
  request.set_file_containing_symbol("omo.type.v1.Route");
  CHECK(ask(request).file_descriptor_response().file_descriptor_proto_size() == 2);
  request.set_file_by_filename("omo/type/v1/context.proto");
  CHECK(ask(request).file_descriptor_response().file_descriptor_proto_size() == 1);
  request.mutable_file_containing_extension()->set_containing_type("google.protobuf.MethodOptions");
  request.mutable_file_containing_extension()->set_extension_number(50001);
  CHECK(ask(request).has_file_descriptor_response());
  request.set_all_extension_numbers_of_type("google.protobuf.MethodOptions");
  CHECK(ask(request).all_extension_numbers_response().extension_number_size() == 3);
  request.set_file_by_filename("no/such.proto");
  CHECK(ask(request).error_response().error_code() == grpc::NOT_FOUND);
  stream->WritesDone();
  CHECK(stream->Finish().ok());
}

TEST_CASE("a taken port is told, not shared", "[rpc]") {
  telemetry::Metrics metrics;
  Server first({}, metrics);
  REQUIRE(first.Start().ok());
  Server second({.listen = "127.0.0.1:" + std::to_string(first.port())}, metrics);
  CHECK(second.Start().code() == absl::StatusCode::kUnavailable);
}
