#include "tests/bench/core_bench.h"

#include <thread>

#include "tests/bench/bare_kafka.h"
#include "tests/bench/core.h"
#include "tests/bench/window.h"

namespace omo::bench {
namespace {

constexpr char kBareTopic[] = "bare";
constexpr std::size_t kWindow = 20'000;  // Decisions in flight that keep it busy.
const inventory::LocationId kLocation{"store-1"};

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

}  // namespace

void MeasureCore(Rig& rig, const BenchTimes& times, Figures& figures) {
  rig.CreateJournal(kCoreTopic);
  rig.CreateJournal(kBareTopic);
  Core core(rig.bootstrap(), "core", rig.folder() / "core");
  core.Own();
  Seed(core);
  const auto count = static_cast<std::uint64_t>(100'000 * times.seconds);
  DecisionsPerSecond(core, count);  // Warms up the broker.
  const std::vector<BareRecord> records =
      ConsumeAll(rig.bootstrap(), kCoreTopic, kShards, count, count).kept;
  std::vector<double> decided, produced, ratio;
  for (int round = 0; round < times.rounds; ++round) {
    produced.push_back(ProduceAll(rig.bootstrap(), kBareTopic, records));
    decided.push_back(DecisionsPerSecond(core, count));
    ratio.push_back(decided.back() / produced.back());
  }
  figures.Add("produce_per_s", Median(produced), "bare idempotent producer, the ceiling");
  figures.Add("core_per_s", Median(decided), "durable decisions in the process, no gRPC");
  figures.Add("core_over_produce", Median(ratio), "", AtLeast(0.7));
  // What the rounds above left is flushed meanwhile, and the broker meets small requests.
  AtRate(core, 5'000, times.seconds * 3);
  Latencies latencies = AtRate(core, 5'000, times.seconds * 2);
  figures.Add("core_latency_p50_ms", latencies.Percentile(0.5), "at 5,000/s", AtMost(1));
  figures.Add("core_latency_p99_ms", latencies.Percentile(0.99), "at 5,000/s");
}

}  // namespace omo::bench
