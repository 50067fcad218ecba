#include "tests/bench/core_bench.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "libs/journal/kafka/kafka_journal.h"
#include "libs/shard/runtime.h"
#include "libs/shard/typed_model.h"
#include "services/inventory/inventory_model.h"
#include "tests/bench/bare_kafka.h"
#include "tests/bench/inventory_load.h"
#include "tests/support/static_owners.h"
#include "tests/support/wait.h"

namespace omo::bench {
namespace {

constexpr char kTopic[] = "omo.core.journal.v1";
constexpr char kBareTopic[] = "bare";
constexpr std::size_t kWindow = 20'000;  // Decisions in flight that keep it busy.
const inventory::LocationId kLocation{"store-1"};

// A runtime of all shards in this process.
class Core {
 public:
  Core(const std::string& bootstrap, std::filesystem::path data)
      : runtime_({.service = "core",
                  .schema = "inventory-1",
                  .shards = kShards,
                  .data = std::move(data),
                  .claimer = {.instance = "core-0", .address = "", .group = "core"}},
                 {.make_journal = [bootstrap](journal::Wakeup& wakeup)
                      -> absl::StatusOr<std::unique_ptr<journal::Journal>> {
                    return journal::KafkaJournal::Open(
                        {.connection = {.bootstrap = bootstrap}, .topic = kTopic}, wakeup);
                  },
                  .make_model =
                      [](store::Store& store) {
                        return std::make_unique<inventory::InventoryModel>(store);
                      },
                  .directory = owners_,
                  .ask_hand_over = [](const auto&...) {}}) {
    if (!runtime_.Start().ok()) throw std::runtime_error("the core does not start");
  }

  void Own() {
    journal::Assignment all{.group = "core", .generation = 1};
    for (ShardId shard = 0; shard < kShards; ++shard) all.shards.push_back(shard);
    runtime_.Assign(all);
    const bool owned = testing::WaitUntil([&] {
      for (const auto& status : runtime_.Status()) {
        if (status.state != "owning") return false;
      }
      return true;
    });
    if (!owned) throw std::runtime_error("the core does not own its shards");
  }
  // Waits until every shard has read the log to its end; how many records that is.
  void AwaitReadAll() {
    while (!runtime_.Ready()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::vector<shard::ShardStatus> Status() { return runtime_.Status(); }

  template <class Command>
  void Submit(const std::string& sku, Command body, shard::Reply reply) {
    auto command = std::make_unique<shard::Command>();
    command->body = shard::MakeBody<inventory::InventoryModel>(std::move(body));
    command->id = CommandId();
    command->envelope.caller = "bench";
    command->envelope.command_time = shard::WallNow();
    command->reply = std::move(reply);
    runtime_.Submit(runtime_.ShardOfKey(sku), std::move(command));
  }

 private:
  testing::StaticOwners owners_;
  shard::Runtime runtime_;
};

// Decisions that wait for their answers, at most `window` of them.
class Window {
 public:
  explicit Window(std::size_t most) : most_(most) {}

  void Enter() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return in_flight_ < most_; });
    ++in_flight_;
  }
  shard::Reply Reply(Clock::time_point due) {
    return [this, due](shard::Model&, const shard::Outcome& outcome) {
      const double millis = std::chrono::duration<double, std::milli>(Clock::now() - due).count();
      const std::lock_guard lock(mutex_);
      --in_flight_;
      if (outcome.verdict == shard::Verdict::kAccepted) {
        latencies_.Add(millis);
      } else {
        ++failed_;
      }
      if (in_flight_ <= most_ - most_ / 8) room_.notify_one();
    };
  }
  // Waits for all answers.
  Latencies Finish() {
    std::unique_lock lock(mutex_);
    while (in_flight_ > 0) room_.wait_for(lock, std::chrono::milliseconds(1));
    if (failed_ > 0) throw std::runtime_error(std::to_string(failed_) + " decisions failed");
    return std::move(latencies_);
  }

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::size_t in_flight_ = 0;
  std::uint64_t failed_ = 0;
  Latencies latencies_;
};

inventory::ReserveStock ReserveOne(const std::string& sku) {
  return {.id = {CommandId()},
          .owner = "cart-1",
          .channel = "web",
          .lines = {{.sku = {sku}, .location = kLocation, .amount = {1, 0}}},
          .hold_for = std::chrono::hours{4}};
}

void Seed(Core& core) {
  Window window(kWindow);
  for (std::uint64_t i = 0; i < kSkus; ++i) {
    window.Enter();
    const std::string sku = SkuName(i);
    core.Submit(sku,
                inventory::ReceiveStock{
                    {{.sku = {sku}, .location = kLocation, .amount = {1'000'000'000, 0}}}},
                window.Reply(Clock::now()));
  }
  window.Finish();
}

double DecisionsPerSecond(Core& core, std::uint64_t count) {
  Window window(kWindow);
  const Clock::time_point begin = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) {
    window.Enter();
    const std::string sku = SkuName(Uniform(i));
    core.Submit(sku, ReserveOne(sku), window.Reply(begin));
  }
  window.Finish();
  return static_cast<double>(count) / SecondsSince(begin);
}

Latencies AtRate(Core& core, double rate, double seconds) {
  Window window(1'000'000);
  const Clock::time_point begin = Clock::now();
  const auto count = static_cast<std::uint64_t>(rate * seconds);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Clock::time_point due =
        begin + std::chrono::duration_cast<Clock::duration>(
                    std::chrono::duration<double>(static_cast<double>(i) / rate));
    std::this_thread::sleep_until(due);
    window.Enter();
    const std::string sku = SkuName(Uniform(i));
    core.Submit(sku, ReserveOne(sku), window.Reply(due));
  }
  return window.Finish();
}

void MeasureDecisions(Rig& rig, const BenchTimes& times, Figures& figures) {
  Core core(rig.bootstrap(), rig.folder() / "core");
  core.Own();
  Seed(core);
  const auto count = static_cast<std::uint64_t>(100'000 * times.seconds);
  DecisionsPerSecond(core, count);  // Warms up the broker.
  const std::vector<BareRecord> records = ConsumeAll(rig.bootstrap(), kTopic, kShards, count).kept;
  std::vector<double> decided, produced, ratio;
  for (int round = 0; round < times.rounds; ++round) {
    produced.push_back(ProduceAll(rig.bootstrap(), kBareTopic, records));
    decided.push_back(DecisionsPerSecond(core, count));
    ratio.push_back(decided.back() / produced.back());
  }
  figures.Add("produce_per_s", Median(produced), "bare idempotent producer, the ceiling");
  figures.Add("core_per_s", Median(decided), "durable decisions in the process, no gRPC");
  figures.Add("core_over_produce", Median(ratio), "", AtLeast(0.7));
  Latencies latencies = AtRate(core, 5'000, times.seconds * 2);
  figures.Add("core_latency_p50_ms", latencies.Percentile(0.5), "at 5,000/s", AtMost(1));
  figures.Add("core_latency_p99_ms", latencies.Percentile(0.99), "at 5,000/s");
}

void MeasureRebuild(Rig& rig, const BenchTimes& times, Figures& figures) {
  std::vector<double> consumed, rebuilt, ratio;
  for (int round = 0; round < times.rounds; ++round) {
    const Consumed bare = ConsumeAll(rig.bootstrap(), kTopic, kShards, 0);
    consumed.push_back(bare.per_second);
    const Clock::time_point begin = Clock::now();
    Core core(rig.bootstrap(), rig.folder() / ("rebuilt-" + std::to_string(round)));
    core.AwaitReadAll();
    rebuilt.push_back(static_cast<double>(bare.records) / SecondsSince(begin));
    ratio.push_back(rebuilt.back() / consumed.back());
  }
  figures.Add("consume_per_s", Median(consumed), "bare consumer, the ceiling");
  figures.Add("rebuild_per_s", Median(rebuilt), "events a second from an empty store");
  figures.Add("rebuild_over_consume", Median(ratio), "", AtLeast(0.5));
}

}  // namespace

void MeasureCore(Rig& rig, const BenchTimes& times, Figures& figures) {
  rig.CreateJournal(kTopic);
  rig.CreateJournal(kBareTopic);
  MeasureDecisions(rig, times, figures);
  MeasureRebuild(rig, times, figures);
}

}  // namespace omo::bench
