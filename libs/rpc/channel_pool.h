// Connections to instances, one pool a process: a channel an address, made once and kept.
#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace omo::rpc {

// An instance that can be called. Lives as long as its pool. Thread-safe.
class Endpoint {
 public:
  Endpoint(std::string address, int connections, int message_bytes_max);

  const std::string& address() const { return address_; }
  // Calls go round the endpoint's connections.
  grpc::GenericStub& stub() {
    return *stubs_[next_.fetch_add(1, std::memory_order_relaxed) % stubs_.size()];
  }

  // When it last answered anything, in milliseconds of the steady clock.
  void NoteAnswer(std::int64_t now_ms) { answered_ms_.store(now_ms, std::memory_order_relaxed); }
  std::int64_t answered_ms() const { return answered_ms_.load(std::memory_order_relaxed); }

 private:
  const std::string address_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::int64_t> answered_ms_{0};
};

struct ChannelOptions {
  int connections = 1;  // To each address.
  int message_bytes_max = 4 << 20;
};

class ChannelPool {
 public:
  explicit ChannelPool(ChannelOptions options = {});
  // The endpoint of "host:port", connected on its first call. Thread-safe.
  Endpoint& Get(std::string_view address);

 private:
  const ChannelOptions options_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Endpoint>, std::less<>> endpoints_;
};

// Milliseconds of the steady clock.
std::int64_t SteadyMillis();

}  // namespace omo::rpc
