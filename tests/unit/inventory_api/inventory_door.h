// The inventory service in this process: its door over a real runtime, whose log is in memory.
//
//   InventoryDoor door;
//   const auto sold = door.Ask(&Commands::RecordSale, "device: 'till-1' ...");
//   CHECK(sold.status.ok());
#pragma once

#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "libs/journal/memory_journal.h"
#include "libs/rpc/errors.h"
#include "libs/service/bulk_service.h"
#include "libs/shard/runtime.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/inventory_service.h"
#include "tests/support/catch.h"
#include "tests/support/static_owners.h"
#include "tests/support/store_fixture.h"

namespace omo::inventory {

using Commands = v1::InventoryService::Stub;
using Queries = v1::InventoryQueryService::Stub;
using Metadata = std::map<std::string, std::string>;

inline constexpr std::int32_t kDoorShards = 4;
inline constexpr Duration kPatience{20'000};  // How long a call has.

// A fresh command id.
std::string NewId();
// The n-th of some SKUs that live in the shard.
std::string SkuIn(ShardId shard, int n = 0);

template <class Response>
struct Answer {
  grpc::Status status;
  Response response;
  rpc::ErrorInfo error() const { return rpc::ReadError(status); }
  std::string reason() const { return error().reason; }
};

class InventoryDoor {
 public:
  // Every shard is owned when it is made. `shard`: limits and intervals of the shards.
  // `watch`, `watched_lines_max`: how figures are watched.
  explicit InventoryDoor(shard::ShardOptions shard = {}, const WatchOptions& watch = {},
                         std::size_t watched_lines_max = FigureChanges::kLinesMax);
  ~InventoryDoor();

  // The process ends in good order, loses every row, and starts again from the log.
  void RestartFromLog();
  // The same, and all that was recorded is so much older then. Before anything but one start.
  void RestartLater(Duration by);
  // What the rows of each shard add up to.
  std::vector<std::uint64_t> StateHashes();

  // Who calls, unless a call says otherwise.
  static const Metadata& Staff();
  // The metadata of a call that asks one shard.
  static Metadata AtShard(ShardId shard);

  // Calls with a request in protobuf's text form. A command without an id gets a fresh one.
  template <class Stub, class Request, class Response>
  Answer<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                    Response*),
                       const std::string& text, const Metadata& metadata = Staff()) {
    Request request;
    if (!google::protobuf::TextFormat::ParseFromString(text, &request)) {
      throw std::invalid_argument("no such request: " + text);  // On any thread: Catch has but one.
    }
    if constexpr (requires { request.command_id(); }) {
      if (request.command_id().empty()) request.set_command_id(NewId());
    }
    return Send(method, request, metadata);
  }
  template <class Stub, class Request, class Response>
  Answer<Response> Send(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                     Response*),
                        const Request& request, const Metadata& metadata = Staff(),
                        Duration patience = kPatience) {
    grpc::ClientContext call;
    SetUp(call, metadata, patience);
    Answer<Response> answer;
    answer.status = (StubOf<Stub>().*method)(&call, request, &answer.response);
    return answer;
  }

  // Any method, by its path, with any bytes. Of a stream: its first answer.
  grpc::Status SendBytes(const std::string& method, const std::string& request,
                         const Metadata& metadata = Staff(), std::string* response = nullptr);

  // `quantity` of the SKU arrive at the place, which must succeed.
  v1::ReceiveStockResponse Receive(const std::string& sku, const std::string& location,
                                   std::int64_t quantity);
  // The figures of a SKU at one place.
  v1::Figures FiguresOf(const std::string& sku, const std::string& location);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // For whoever comes over the network.
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  static void SetUp(grpc::ClientContext& call, const Metadata& metadata,
                    Duration patience = kPatience);
  static std::unique_ptr<grpc::ClientContext> MakeCall(const Metadata& metadata);

  // The shard's log as it is now.
  std::vector<journal::Record> Log(ShardId shard) const;
  // Somebody who is no owner writes to the log.
  void WriteToLog(ShardId shard, journal::Record record);
  // Changes a shard's rows behind the rules' back, on the shard's thread. While nothing is asked.
  void Damage(ShardId shard, const std::function<void(InventoryModel&)>& change);
  // What runs behind the door, for what no RPC can do.
  shard::Runtime& runtime() { return *runtime_; }
  AvailabilityWatch& watch() { return query_door_->watch(); }
  // How many records were appended to the log so far.
  std::int64_t appended() const { return appended_; }

 private:
  void Open();
  void Close();
  template <class Stub>
  Stub& StubOf() {
    if constexpr (std::is_same_v<Stub, Commands>) {
      return *commands_;
    } else {
      return *queries_;
    }
  }

  const shard::ShardOptions shard_options_;
  const WatchOptions watch_options_;
  const std::size_t watched_lines_max_;
  std::unique_ptr<testing::TempDirectory> folder_;
  std::unique_ptr<testing::StaticOwners> owners_;  // Keeps listening to a runtime for ever.
  mutable std::recursive_mutex broker_mutex_;      // A loop that polls may append.
  journal::MemoryBroker broker_{kDoorShards};
  std::atomic<std::int64_t> appended_ = 0;
  std::int32_t generation_ = 0;
  std::unique_ptr<shard::Runtime> runtime_;
  std::unique_ptr<InventoryService> command_door_;
  std::unique_ptr<InventoryQueryService> query_door_;
  std::unique_ptr<service::BulkService> bulk_door_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<Commands> commands_;
  std::unique_ptr<Queries> queries_;
};

}  // namespace omo::inventory
