#include "tests/bench/start_bench.h"

#include <ctime>
#include <stdexcept>

#include "tests/bench/bare_kafka.h"
#include "tests/bench/core.h"
#include "tests/bench/window.h"

namespace omo::bench {
namespace {

using inventory::LocationId;
using inventory::ReservationId;
using inventory::SkuId;

constexpr std::size_t kWindow = 8'000;

// Of all threads of this process: what does not depend on who else uses the machine.
double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Stock arrives; then reservations, each committed and fulfilled: three events of a SKU.
void Write(Core& core, std::uint64_t events) {
  Window window(kWindow);
  const LocationId shop{"shop"};
  const auto send = [&](const std::string& sku, auto body) {
    window.Enter();
    core.Submit(sku, std::move(body), window.Reply(Clock::now()));
  };
  for (std::uint64_t i = 0; i < kSkus; ++i) {
    const std::string sku = SkuName(i);
    send(sku, inventory::ReceiveStock{
                  .lines = {{.sku = {sku}, .location = shop, .amount = {1'000'000'000, 0}}}});
  }
  for (std::uint64_t i = 0; i < (events - kSkus) / 3; ++i) {
    const std::string sku = SkuName(Uniform(i));
    const ReservationId id{"reservation-" + std::to_string(i)};
    send(sku, inventory::ReserveStock{.id = id,
                                      .owner = "cart-" + std::to_string(i),
                                      .channel = "web",
                                      .lines = {{.sku = {sku}, .location = shop, .amount = {1, 0}}},
                                      .hold_for = std::chrono::minutes{60}});
    send(sku, inventory::CommitReservation{.id = id, .sku = {sku}});
    send(sku, inventory::FulfilReservation{.id = id, .sku = {sku}});
  }
  window.Finish();
}

}  // namespace

void MeasureStart(Rig& rig, const BenchTimes& times, std::uint64_t events, Figures& figures) {
  rig.CreateJournal(kCoreTopic);
  const auto folder = rig.folder();
  {
    Core owner(rig.bootstrap(), "owner", folder / "owner");
    owner.Own();
    Write(owner, events);
  }
  Core peer(rig.bootstrap(), "peer", folder / "owner");
  figures.Add("start_local_s", peer.CaughtUp(), "from its own store");
  const auto hashes = peer.Hashes();
  const std::uint64_t records = peer.Records();
  {
    Core copy(rig.bootstrap(), "copy", folder / "copy", peer.Serve(folder / "outgoing"));
    figures.Add("start_peer_s", copy.CaughtUp(), "from a peer's checkpoint");
    CheckCopied(copy);
    CheckSame(copy, hashes);
  }
  std::vector<double> consumed, rebuilt, seconds, cpu, ratio;
  for (int round = 0; round < times.rounds; ++round) {
    consumed.push_back(ConsumeAll(rig.bootstrap(), kCoreTopic, kShards, records, 0).per_second);
    const double before = CpuSeconds();
    Core fold(rig.bootstrap(), "fold", folder / ("fold-" + std::to_string(round)));
    seconds.push_back(fold.CaughtUp());
    cpu.push_back((CpuSeconds() - before) * 1e6 / static_cast<double>(records));
    CheckSame(fold, hashes);
    rebuilt.push_back(static_cast<double>(records) / seconds.back());
    ratio.push_back(rebuilt.back() / consumed.back());
  }
  figures.Add("start_events", static_cast<double>(records), "records of the log, 16 shards");
  figures.Add("start_offset_0_s", Median(seconds), "from an empty store");
  figures.Add("consume_per_s", Median(consumed), "bare consumer, the ceiling");
  figures.Add("rebuild_per_s", Median(rebuilt), "events a second from an empty store");
  figures.Add("rebuild_cpu_us", Median(cpu), "processor time a record, one loop thread");
  figures.Add("rebuild_over_consume", Median(ratio), "", AtLeast(0.5));
}

}  // namespace omo::bench
