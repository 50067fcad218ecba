// The inventory API in memory, with the few rules that the replay asks for, and failures on order:
// so that omoctl can be tested without Kafka. Not a model of the service: that is tests of the
// service.
#pragma once

#include <grpcpp/server.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "omo/inventory/v1/inventory_query_service.grpc.pb.h"
#include "omo/inventory/v1/inventory_service.grpc.pb.h"

namespace omo::tests {

// What becomes of one attempt of a command.
enum class Mishap {
  kNone,
  kNotTakenIn,   // RESOURCE_EXHAUSTED: nothing decided.
  kNotRecorded,  // ABORTED: nothing decided.
  kAnswerLost,   // UNAVAILABLE: decided, but the caller is not told.
};

class FakeInventory {
 public:
  // Serves on a free port of the loopback. `mishap` is asked with each attempt's number, from 0.
  explicit FakeInventory(std::function<Mishap(int attempt)> mishap = nullptr);
  ~FakeInventory();

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  // How many commands were decided with an event.
  std::int64_t events() const;

 private:
  class Commands;
  class Queries;
  using Place = std::pair<std::string, std::string>;  // SKU, location.
  struct Stock {
    std::int64_t on_hand = 0;
    std::int64_t reserved = 0;
    std::int64_t committed = 0;
    std::int64_t Available() const { return on_hand - reserved - committed; }
  };
  struct Reservation {
    Place place;
    std::int64_t open = 0;
  };

  template <class Response>
  grpc::Status Decide(const std::string& command_id, Response& response,
                      const std::function<grpc::Status(Response&)>& rule);

  mutable std::mutex mutex_;
  std::function<Mishap(int)> mishap_;
  int attempts_ = 0;
  std::int64_t next_offset_ = 0;
  std::map<Place, Stock> stock_;
  std::map<std::string, std::int32_t> scales_;
  std::map<std::string, Reservation> reservations_;
  std::map<std::string, std::string> answers_;  // By command id.
  std::unique_ptr<Commands> commands_;
  std::unique_ptr<Queries> queries_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace omo::tests
