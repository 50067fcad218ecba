// How long an instance takes until its rows are all that the log has: from its own store, from a
// peer's checkpoint, from offset 0; and how fast a bare consumer reads the same records. On a Kafka
// of its own, inventory's rules, everything in one process.
//   OMO_KAFKA_HOME=.omo/kafka build/dev/tests_bench_start [events] [shards]
#include <grpcpp/grpcpp.h>
#include <librdkafka/rdkafka.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "libs/core/uuid.h"
#include "libs/journal/kafka/kafka_journal.h"
#include "libs/rpc/grpc_setup.h"
#include "libs/service/checkpoint_copy.h"
#include "libs/service/shard_service.h"
#include "libs/telemetry/log_line.h"
#include "services/inventory/inventory_model.h"
#include "tests/support/kafka_fixture.h"
#include "tests/support/static_owners.h"
#include "tests/support/wait.h"

namespace omo::inventory {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kTopic[] = "omo.inventory.journal.v1";
constexpr char kSchema[] = "inventory-1";
constexpr int kSkus = 10'000;
constexpr int kInFlightMax = 8'000;
constexpr std::chrono::minutes kPatience{20};

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Of all threads of this process: what does not depend on who else uses the machine.
double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

[[noreturn]] void GiveUp(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

// One instance over the log; it owns nothing until told.
class Instance {
 public:
  Instance(const std::string& name, const std::string& bootstrap, std::int32_t shards,
           const std::filesystem::path& data, const std::string& peer = "")
      : begun_(Clock::now()) {
    shard::RuntimeOptions options{
        .service = "inventory", .schema = kSchema, .shards = shards, .data = data};
    options.claimer = {.instance = name, .address = name, .group = "bench"};
    shard::Runtime::Parts parts{
        .make_journal = [bootstrap](journal::Wakeup& wakeup)
            -> absl::StatusOr<std::unique_ptr<journal::Journal>> {
          return journal::KafkaJournal::Open(
              {.connection = {.bootstrap = bootstrap}, .topic = kTopic, .source = "/bench"},
              wakeup);
        },
        .make_model = [](store::Store& store) { return std::make_unique<InventoryModel>(store); },
        .directory = owners_,
        .ask_hand_over = [](const std::string&, ShardId, const std::string&) {}};
    if (!peer.empty()) {
      owners_.Publish({.service = "inventory", .address = peer});
      copies_ = std::make_unique<service::PeerCopies>(
          service::PeerCopies::Options{.service = "inventory",
                                       .schema = kSchema,
                                       .address = name,
                                       .directory_ready = [] { return true; }},
          owners_);
      parts.copy_from_peer = [this](const shard::CopyWanted& wanted,
                                    const std::atomic<bool>& cancelled) {
        return copies_->Copy(wanted, cancelled);
      };
    }
    runtime_ = std::make_unique<shard::Runtime>(std::move(options), std::move(parts));
    if (const absl::Status started = runtime_->Start(); !started.ok()) GiveUp(started.ToString());
  }
  ~Instance() {
    if (server_ != nullptr) server_->Shutdown();
    runtime_->Stop(Duration{10'000});
  }

  // Seconds since it was made until every shard is read to the end.
  double CaughtUp() {
    if (!testing::WaitUntil([this] { return runtime_->Ready(); }, kPatience)) GiveUp("not ready");
    return SecondsSince(begun_);
  }
  void Own(std::int32_t shards) {
    journal::Assignment assignment{.group = "bench", .generation = 1};
    for (ShardId shard = 0; shard < shards; ++shard) assignment.shards.push_back(shard);
    runtime_->Assign(assignment);
    CaughtUp();
  }
  // Its address, for peers.
  std::string Serve(const std::filesystem::path& outgoing) {
    service_ = std::make_unique<service::ShardService>("peer", *runtime_, outgoing);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    return "127.0.0.1:" + std::to_string(port);
  }

  template <class Command>
  void Send(const SkuId& sku, Command body) {
    while (in_flight_ >= kInFlightMax) std::this_thread::yield();
    ++in_flight_;
    auto command = std::make_unique<shard::Command>();
    command->body = shard::MakeBody<InventoryModel>(std::move(body));
    command->id = MakeUuid(shard::WallNow(), 7, ++sent_);
    command->envelope.caller = "bench";
    command->reply = [this](shard::Model&, const shard::Outcome& outcome) {
      if (outcome.verdict != shard::Verdict::kAccepted) ++failed_;
      --in_flight_;
    };
    runtime_->Submit(runtime_->ShardOfKey(sku.value), std::move(command));
  }
  // Waits for all answers; how many were not "accepted".
  std::int64_t Settle() {
    while (in_flight_ > 0) std::this_thread::yield();
    return failed_;
  }
  std::vector<std::uint64_t> Hashes() {
    std::vector<std::uint64_t> hashes;
    for (const auto& status : runtime_->Status()) hashes.push_back(status.state_hash);
    return hashes;
  }
  Offset Records() {
    Offset records = 0;
    for (const auto& status : runtime_->Status()) records += status.next_offset;
    return records;
  }

 private:
  const Clock::time_point begun_;
  testing::StaticOwners owners_;
  std::unique_ptr<service::PeerCopies> copies_;
  std::unique_ptr<shard::Runtime> runtime_;
  std::unique_ptr<service::ShardService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::atomic<std::int64_t> in_flight_ = 0;
  std::atomic<std::int64_t> failed_ = 0;
  std::uint64_t sent_ = 0;
};

// Stock arrives; then reservations, each committed and fulfilled: three events of a SKU.
void Write(Instance& instance, std::int64_t events) {
  std::vector<SkuId> skus;
  for (int i = 0; i < kSkus; ++i) skus.push_back({"sku-" + std::to_string(i)});
  const LocationId shop{"shop"};
  for (const SkuId& sku : skus) {
    instance.Send(
        sku, ReceiveStock{.lines = {{.sku = sku, .location = shop, .amount = {1'000'000'000, 0}}}});
  }
  for (std::int64_t i = 0; i < (events - kSkus) / 3; ++i) {
    const SkuId& sku = skus[static_cast<std::size_t>(i * 7'919 % kSkus)];
    const ReservationId id{"reservation-" + std::to_string(i)};
    instance.Send(sku, ReserveStock{.id = id,
                                    .owner = "cart-" + std::to_string(i),
                                    .channel = "web",
                                    .lines = {{.sku = sku, .location = shop, .amount = {1, 0}}},
                                    .hold_for = std::chrono::minutes{60}});
    instance.Send(sku, CommitReservation{.id = id, .sku = sku});
    instance.Send(sku, FulfilReservation{.id = id, .sku = sku});
  }
  if (instance.Settle() != 0) GiveUp("not every command was accepted");
}

// Records a second of a consumer that does nothing with them.
double BareConsume(const std::string& bootstrap, std::int32_t shards, Offset records) {
  char why[256];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap.c_str(), why, sizeof why);
  rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
  rd_kafka_topic_t* topic = rd_kafka_topic_new(consumer, kTopic, nullptr);
  rd_kafka_queue_t* queue = rd_kafka_queue_new(consumer);
  const auto begin = Clock::now();
  for (ShardId shard = 0; shard < shards; ++shard) {
    rd_kafka_consume_start_queue(topic, shard, 0, queue);
  }
  std::vector<rd_kafka_message_t*> batch(1'000);
  for (Offset read = 0; read < records;) {
    const ssize_t got = rd_kafka_consume_batch_queue(queue, 1'000, batch.data(), batch.size());
    for (ssize_t i = 0; i < got; ++i) {
      read += batch[static_cast<std::size_t>(i)]->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0;
      rd_kafka_message_destroy(batch[static_cast<std::size_t>(i)]);
    }
  }
  const double seconds = SecondsSince(begin);
  for (ShardId shard = 0; shard < shards; ++shard) rd_kafka_consume_stop(topic, shard);
  rd_kafka_queue_destroy(queue);
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(consumer);
  return static_cast<double>(records) / seconds;
}

int Main(std::int64_t events, std::int32_t shards) {
  telemetry::SetLogLevel(telemetry::Level::kWarning);
  rpc::SetUpGrpc();
  testing::KafkaCluster kafka;
  kafka.CreateTopic(kTopic, shards,
                    {{"retention.ms", "-1"}, {"message.timestamp.after.max.ms", "10000"}});
  const testing::TemporaryFolder folder("start-bench");
  const auto data = folder.path() / "owner";

  auto begin = Clock::now();
  {
    Instance owner("owner", kafka.bootstrap(), shards, data);
    owner.Own(shards);
    begin = Clock::now();
    Write(owner, events);
    std::printf("{\"events\": %lld, \"shards\": %d, \"written_per_s\": %.0f,\n",
                static_cast<long long>(events), shards,
                static_cast<double>(events) / SecondsSince(begin));
  }
  Instance peer("peer", kafka.bootstrap(), shards, data);
  const double local = peer.CaughtUp();
  const Offset records = peer.Records();
  const auto hashes = peer.Hashes();

  std::fprintf(stderr, "folding from offset 0\n");  // The moment for a profiler.
  double cpu = CpuSeconds();
  Instance fold("fold", kafka.bootstrap(), shards, folder.path() / "fold");
  const double folded = fold.CaughtUp();
  const double fold_cpu = CpuSeconds() - cpu;
  const bool fold_same = fold.Hashes() == hashes;

  const std::string address = peer.Serve(folder.path() / "outgoing");
  Instance copy("copy", kafka.bootstrap(), shards, folder.path() / "copy", address);
  const double copied = copy.CaughtUp();
  const bool copy_same = copy.Hashes() == hashes;

  cpu = CpuSeconds();
  const double bare = BareConsume(kafka.bootstrap(), shards, records);
  const double bare_cpu = CpuSeconds() - cpu;
  const double rebuild = static_cast<double>(records) / folded;
  std::printf(
      " \"start_local_s\": %.2f, \"start_peer_s\": %.2f, \"start_offset_0_s\": %.2f,\n"
      " \"rebuild_per_s\": %.0f, \"bare_consume_per_s\": %.0f, \"rebuild_over_consume\": %.3f,\n"
      " \"fold_cpu_us_per_record\": %.2f, \"bare_consume_cpu_us_per_record\": %.2f,\n"
      " \"same_state_hash\": %s}\n",
      local, copied, folded, rebuild, bare, rebuild / bare,
      fold_cpu * 1e6 / static_cast<double>(records), bare_cpu * 1e6 / static_cast<double>(records),
      fold_same && copy_same ? "true" : "false");
  return fold_same && copy_same ? 0 : 1;
}

}  // namespace
}  // namespace omo::inventory

int main(int argc, char** argv) {
  const std::int64_t events = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const std::int32_t shards = argc > 2 ? std::atoi(argv[2]) : 16;
  return omo::inventory::Main(events, shards);
}
