// What the gateway costs: the same load on a bare callback echo, directly and through a gateway, in
// three processes on this machine. Prints one JSON object.
//
//   tests_bench_gateway [rounds, 5] [calls in flight, 128] [client connections, 2] [upstream
//   connections, 1]
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <functional>
#include <future>
#include <thread>

#include "libs/core/partition.h"
#include "libs/rpc/server.h"
#include "libs/rpc/wire.h"
#include "services/gateway/gateway.h"
#include "shelf_service.grpc.pb.h"
#include "tests/support/descriptor_set.h"
#include "tests/support/static_owners.h"

namespace omo {
namespace {

using test::v1::PutRequest;
using test::v1::PutResponse;
using test::v1::ShelfService;

class Echo final : public ShelfService::CallbackService {
 public:
  grpc::ServerUnaryReactor* Put(grpc::CallbackServerContext* call, const PutRequest* request,
                                PutResponse* response) override {
    response->set_command_id(request->command_id());
    auto* reactor = call->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

// Tells the parent the port, and serves until it is killed.
[[noreturn]] void ServeForever(rpc::Server& server, int port_pipe) {
  if (!server.Start().ok()) std::_Exit(1);
  server.SetServing(true);
  const int port = server.port();
  (void)!write(port_pipe, &port, sizeof port);
  while (true) pause();
}

struct Child {
  pid_t pid = 0;
  int port = 0;
};

Child Fork(const std::function<void(int port_pipe)>& serve) {
  int ends[2];
  (void)!pipe(ends);
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve(ends[1]);
  }
  int port = 0;
  (void)!read(ends[0], &port, sizeof port);
  return {pid, port};
}

void ServeEcho(int port_pipe) {
  telemetry::Metrics metrics;
  Echo echo;
  rpc::Server server({}, metrics);
  server.Add(ShelfService::service_full_name(), &echo);
  ServeForever(server, port_pipe);
}

void ServeGateway(int port_pipe, int backend_port, int connections) {
  constexpr std::int32_t kShards = 16;
  testing::StaticOwners owners;
  for (ShardId shard = 0; shard < kShards; ++shard) {
    owners.Publish({"shelf", shard, 1, 1, "echo", "127.0.0.1:" + std::to_string(backend_port)});
  }
  const auto routes = rpc::RouteTable::FromDescriptorSet(
      testing::DescriptorSetOf(PutRequest::descriptor()->file()));
  const gateway::TrustMetadata authenticator;
  telemetry::Metrics metrics;
  auto gateway = gateway::Gateway::Make(
      *routes, {{"shelf", kShards}}, {}, owners,
      std::make_shared<rpc::ChannelPool>(rpc::ChannelOptions{.connections = connections}),
      authenticator, metrics);
  rpc::Server server({.descriptors = &routes->pool()}, metrics);
  server.AddGeneric(gateway->get(), routes->GrpcServices());
  ServeForever(server, port_pipe);
}

// A client that keeps a number of calls in flight.
class Load {
 public:
  Load(int port, int in_flight, int connections) {
    for (int i = 0; i < connections; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
      stubs_.push_back(ShelfService::NewStub(grpc::CreateCustomChannel(
          "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials(), arguments)));
    }
    for (int i = 0; i < in_flight; ++i) Send(static_cast<std::size_t>(i));
  }
  // Calls answered a second, from now on for `seconds`.
  double Measure(double seconds) {
    const auto begin = std::chrono::steady_clock::now();
    const std::uint64_t before = answered_;
    std::promise<void>().get_future().wait_for(std::chrono::duration<double>(seconds));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return static_cast<double>(answered_ - before) / took.count();
  }
  std::uint64_t answered() const { return answered_; }
  void Stop() {
    stopping_ = true;
    while (running_ > 0) std::this_thread::yield();
    if (failed_ > 0) std::printf("%lld calls failed\n", static_cast<long long>(failed_));
  }

 private:
  struct Call {
    grpc::ClientContext context;
    PutRequest request;
    PutResponse response;
  };
  void Send(std::size_t number) {
    ++running_;
    auto* call = new Call;
    call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    call->context.AddMetadata("omo-caller", "bench");
    call->context.AddMetadata("omo-channel", "pos");
    call->request.set_command_id("0190a5b0-1234-7abc-8def-0123456789ab");
    call->request.mutable_item()->set_sku("sku-" + std::to_string(number));
    call->request.mutable_item()->set_quantity(1);
    stubs_[number % stubs_.size()]->async()->Put(&call->context, &call->request, &call->response,
                                                 [this, call, number](grpc::Status status) {
                                                   delete call;
                                                   status.ok() ? ++answered_ : ++failed_;
                                                   if (!stopping_) Send(number);
                                                   --running_;
                                                 });
  }

  std::vector<std::unique_ptr<ShelfService::Stub>> stubs_;
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<std::int64_t> failed_{0};
  std::atomic<std::int64_t> running_{0};
  std::atomic<bool> stopping_{false};
};

// Processor time that a process has used, in microseconds.
double UsedMicros(pid_t pid) {
  clockid_t clock = 0;
  timespec used{};
  clock_getcpuclockid(pid, &clock);
  clock_gettime(clock, &used);
  return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

// One way to the echo: calls a second in each round, and what they cost a process in total.
struct Way {
  int port = 0;
  pid_t pid = 0;
  std::vector<double> rates = {};
  double used_us = 0;
  double calls = 0;

  void Round(double seconds, int in_flight, int connections) {
    const double used_before = UsedMicros(pid);
    Load load(port, in_flight, connections);
    load.Measure(0.1);
    rates.push_back(load.Measure(seconds));
    load.Stop();
    used_us += UsedMicros(pid) - used_before;
    calls += static_cast<double>(load.answered());
  }
  double MedianRate() {
    std::sort(rates.begin(), rates.end());
    return rates[rates.size() / 2];
  }
};

}  // namespace
}  // namespace omo

int main(int argc, char** argv) {
  using namespace omo;
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const int in_flight = argc > 2 ? std::atoi(argv[2]) : 128;
  const int connections = argc > 3 ? std::atoi(argv[3]) : 2;
  const int upstream = argc > 4 ? std::atoi(argv[4]) : 1;
  const Child echo = Fork(ServeEcho);
  const Child gateway = Fork([&](int pipe) { ServeGateway(pipe, echo.port, upstream); });
  Way direct{echo.port, echo.pid};
  Way through{gateway.port, gateway.pid};
  Way direct_one{echo.port, echo.pid};
  Way through_one{gateway.port, gateway.pid};
  // In turns, so that what else the machine does meets all alike.
  for (int round = 0; round < rounds; ++round) {
    direct.Round(0.5, in_flight, connections);
    through.Round(0.5, in_flight, connections);
    direct_one.Round(0.2, 1, 1);
    through_one.Round(0.2, 1, 1);
  }
  std::printf(
      "{\"direct_per_s\":%.0f,\"through_per_s\":%.0f,\"gateway_over_direct\":%.3f,"
      "\"echo_cpu_us\":%.1f,\"gateway_cpu_us\":%.1f,"
      "\"direct_depth1_us\":%.0f,\"through_depth1_us\":%.0f}\n",
      direct.MedianRate(), through.MedianRate(), through.MedianRate() / direct.MedianRate(),
      direct.used_us / direct.calls, through.used_us / through.calls, 1e6 / direct_one.MedianRate(),
      1e6 / through_one.MedianRate());
  kill(gateway.pid, SIGKILL);
  kill(echo.pid, SIGKILL);
  waitpid(gateway.pid, nullptr, 0);
  waitpid(echo.pid, nullptr, 0);
  return 0;
}
