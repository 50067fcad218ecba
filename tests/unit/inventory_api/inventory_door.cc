#include "tests/unit/inventory_api/inventory_door.h"

#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

#include "libs/core/partition.h"
#include "libs/core/uuid.h"
#include "libs/rpc/wire.h"
#include "libs/telemetry/log_line.h"
#include "tests/support/shared_journal.h"
#include "tests/support/wait.h"

namespace omo::inventory {
namespace {

bool IsStream(const std::string& method) {
  std::string name = method.substr(1);
  std::replace(name.begin(), name.end(), '/', '.');
  const auto* found = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
  return found != nullptr && found->server_streaming();
}

// Reads a stream up to its first answer, or to its end where there is none.
class FirstAnswer final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  FirstAnswer(grpc::GenericStub& stub, grpc::ClientContext& call, const std::string& method,
              const grpc::ByteBuffer& request)
      : call_(call) {
    stub.PrepareBidiStreamingCall(&call, method, {}, this);
    StartWriteLast(&request, {});
    StartRead(&answer);
    StartCall();
  }
  grpc::Status Wait() { return done_.get_future().get(); }

  grpc::ByteBuffer answer;

 private:
  void OnReadDone(bool ok) override {
    answered_ = ok;
    if (ok) call_.TryCancel();
  }
  void OnDone(const grpc::Status& status) override {
    done_.set_value(answered_ ? grpc::Status::OK : status);
  }

  grpc::ClientContext& call_;
  bool answered_ = false;
  std::promise<grpc::Status> done_;
};

}  // namespace

std::string NewId() {
  static std::atomic<std::uint64_t> count = 0;
  return MakeUuid(shard::WallNow(), 1, ++count);
}

std::string SkuIn(ShardId shard, int n) {
  for (int i = 0;; ++i) {
    std::string sku = "sku-" + std::to_string(i);
    if (ShardOf(sku, kDoorShards) == shard && n-- == 0) return sku;
  }
}

InventoryDoor::InventoryDoor(shard::ShardOptions shard, const WatchOptions& watch,
                             std::size_t watched_lines_max)
    : shard_options_(std::move(shard)),
      watch_options_(watch),
      watched_lines_max_(watched_lines_max) {
  telemetry::SetLogLevel(telemetry::Level::kWarning);
  Open();
}

InventoryDoor::~InventoryDoor() { Close(); }

void InventoryDoor::RestartFromLog() {
  Close();
  Open();
}

void InventoryDoor::RestartLater(Duration by) {
  Close();
  for (ShardId shard = 0; shard < kDoorShards; ++shard) {
    std::uint32_t previous = 0;
    for (Offset offset = 0; offset < broker_.log_end(shard); ++offset) {
      journal::Record record = broker_.log(shard)[static_cast<std::size_t>(offset)];
      record.stamp -= by;
      record.fence.previous_checksum = previous;
      previous = journal::Checksum(record);
      broker_.Replace(shard, offset, std::move(record));
    }
  }
  Open();
}

std::vector<journal::Record> InventoryDoor::Log(ShardId shard) const {
  const std::lock_guard lock(broker_mutex_);
  return broker_.log(shard);
}

void InventoryDoor::WriteToLog(ShardId shard, journal::Record record) {
  const std::lock_guard lock(broker_mutex_);
  broker_.Append(shard, std::move(record));
}

void InventoryDoor::Damage(ShardId shard, const std::function<void(InventoryModel&)>& change) {
  std::promise<void> done;
  runtime_->SubmitRead(shard, {.reply = [&](shard::Verdict, const shard::Outcome&) {
                         const auto instance = runtime_->Instance(shard);
                         auto& store = const_cast<store::Store&>(instance->store());
                         store::Store::WriteSection section(store);
                         section.Direct();
                         change(static_cast<InventoryModel&>(instance->model()));
                         done.set_value();
                       }});
  done.get_future().wait();
}

std::vector<std::uint64_t> InventoryDoor::StateHashes() {
  std::vector<std::uint64_t> hashes;
  for (const shard::ShardStatus& status : runtime_->Status()) hashes.push_back(status.state_hash);
  return hashes;
}

void InventoryDoor::Open() {
  folder_ = std::make_unique<testing::TempDirectory>();
  owners_ = std::make_unique<testing::StaticOwners>();
  shard::RuntimeOptions options{
      .service = "inventory", .schema = "test", .shards = kDoorShards, .data = folder_->path()};
  options.claimer = {.instance = "inventory-0", .address = "127.0.0.1:1", .group = "test"};
  options.resources.block_cache_bytes = 8 << 20;
  options.shard = shard_options_;
  shard::Runtime::Parts parts{
      .make_journal =
          [this](journal::Wakeup&) {
            return std::make_unique<testing::SharedJournal>(broker_, broker_mutex_, &appended_);
          },
      .make_model =
          [this](store::Store& store) {
            return std::make_unique<InventoryModel>(store, watched_lines_max_);
          },
      .directory = *owners_,
      .ask_hand_over = [](const std::string&, ShardId, const std::string&) {}};
  runtime_ = std::make_unique<shard::Runtime>(std::move(options), std::move(parts));
  REQUIRE(runtime_->Start().ok());
  runtime_->Assign({.group = "test", .generation = ++generation_, .shards = {0, 1, 2, 3}});
  REQUIRE(testing::WaitUntil([this] { return runtime_->Ready(); }));

  command_door_ = std::make_unique<InventoryService>(*runtime_);
  query_door_ = std::make_unique<InventoryQueryService>(*runtime_, watch_options_);
  bulk_door_ = std::make_unique<service::BulkService>(
      *runtime_, std::vector<const service::CommandService*>{command_door_.get()},
      rpc::BulkLimits{});
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(bulk_door_.get());
  builder.RegisterService(command_door_.get());
  builder.RegisterService(query_door_.get());
  server_ = builder.BuildAndStart();
  channel_ = server_->InProcessChannel({});
  commands_ = v1::InventoryService::NewStub(channel_);
  queries_ = v1::InventoryQueryService::NewStub(channel_);
}

void InventoryDoor::Close() {
  query_door_->watch().End(Duration{500});
  server_->Shutdown();
  server_->Wait();
  runtime_->Stop(Duration{5'000});
  runtime_.reset();
}

const Metadata& InventoryDoor::Staff() {
  static const Metadata kStaff{{"omo-caller", "till-app"}, {"omo-role", "staff"}};
  return kStaff;
}

Metadata InventoryDoor::AtShard(ShardId shard) {
  Metadata metadata = Staff();
  metadata["omo-shard"] = std::to_string(shard);
  return metadata;
}

void InventoryDoor::SetUp(grpc::ClientContext& call, const Metadata& metadata, Duration patience) {
  call.set_deadline(std::chrono::system_clock::now() + patience);
  for (const auto& [key, value] : metadata) call.AddMetadata(key, value);
}

std::unique_ptr<grpc::ClientContext> InventoryDoor::MakeCall(const Metadata& metadata) {
  auto call = std::make_unique<grpc::ClientContext>();
  SetUp(*call, metadata);
  return call;
}

grpc::Status InventoryDoor::SendBytes(const std::string& method, const std::string& request,
                                      const Metadata& metadata, std::string* response) {
  grpc::ClientContext call;
  SetUp(call, metadata);
  grpc::GenericStub stub(channel_);
  const grpc::ByteBuffer sent = rpc::ToByteBuffer(request);
  if (IsStream(method)) {
    FirstAnswer stream(stub, call, method, sent);
    grpc::Status status = stream.Wait();
    if (status.ok() && response != nullptr) *response = rpc::FlatBytes(stream.answer).view();
    return status;
  }
  grpc::ByteBuffer received;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&call, method, {}, &sent, &received,
                 [&done](grpc::Status status) { done.set_value(std::move(status)); });
  const grpc::Status status = done.get_future().get();
  if (status.ok() && response != nullptr) *response = rpc::FlatBytes(received).view();
  return status;
}

v1::ReceiveStockResponse InventoryDoor::Receive(const std::string& sku, const std::string& location,
                                                std::int64_t quantity) {
  const auto received =
      Ask(&Commands::ReceiveStock, "lines { sku: '" + sku + "' location: '" + location +
                                       "' quantity { value: " + std::to_string(quantity) + " } }");
  INFO(received.status.error_message());
  REQUIRE(received.status.ok());
  return received.response;
}

v1::Figures InventoryDoor::FiguresOf(const std::string& sku, const std::string& location) {
  const auto found =
      Ask(&Queries::GetAvailability, "skus: '" + sku + "' locations: '" + location + "'");
  INFO(found.status.error_message());
  REQUIRE(found.status.ok());
  return found.response.items(0).locations(0).figures();
}

}  // namespace omo::inventory
