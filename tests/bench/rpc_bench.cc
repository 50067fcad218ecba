#include "tests/bench/rpc_bench.h"

#include <stdexcept>
#include <thread>

#include "tests/bench/bulk_load.h"
#include "tests/bench/feed_lag.h"
#include "tests/bench/inventory_load.h"

namespace omo::bench {
namespace {

constexpr int kSaturated = 1024;  // Calls in flight that keep every core busy.
constexpr std::size_t kBulkDepth = 8'192;
constexpr std::size_t kUploadDepth = 256;
constexpr double kCalm = 1'000;             // Reservations a second.
constexpr std::uint64_t kHotLive = 10'000;  // Holds of the hot SKU before it is measured.

LoadResult Whole(LoadResult result) {
  if (result.failed > 0) {
    throw std::runtime_error(std::to_string(result.failed) +
                             " calls failed: " + result.first_failure);
  }
  return result;
}

// Calls a second of each, in turns, and the median of the rounds' ratios.
struct Pair {
  std::vector<double> ceiling, product, ratio;
  void Add(double bare, double ours) {
    ceiling.push_back(bare);
    product.push_back(ours);
    ratio.push_back(ours / bare);
  }
};

class RpcBench {
 public:
  RpcBench(Rig& rig, const BenchTimes& times, Figures& figures)
      : rig_(rig), times_(times), figures_(figures), echo_(rig.StartEcho()) {
    const Instance& instance = rig.StartInstance("inventory-0");
    direct_ = instance.port;
    service_ = instance.process->pid();
    rig.AwaitOwned({&instance});
    gateway_ = rig.StartGateway();
    Whole(Receive(direct_).Each(kSkus, 64));
    Whole(OpenStores(direct_).Each(kStores, 64));
    Whole(ReceiveHot(direct_).Each(kStores, 64));
    Whole(ReserveHot(direct_).Each(kHotLive, 64));
  }

  void Saturated() {
    Pair reserve, hot, through, bulk, bulk_through;
    Whole(Reserve(direct_, Uniform).Closed(kSaturated, 15, 0));  // The broker's Java warms up.
    std::vector<double> service_us, broker_us;
    for (int round = 0; round < times_.rounds; ++round) {
      const double echo = Rate(Reserve(echo_, Uniform));
      const double service_before = UsedMicros(service_);
      const double broker_before = UsedMicros(rig_.broker());
      const double uniform = Rate(Reserve(direct_, Uniform));
      const double calls = uniform * (times_.seconds + times_.warm_up);
      service_us.push_back((UsedMicros(service_) - service_before) / calls);
      broker_us.push_back((UsedMicros(rig_.broker()) - broker_before) / calls);
      reserve.Add(echo, uniform);
      hot.Add(uniform, Rate(ReserveHot(direct_)));
      through.Add(uniform, Rate(Reserve(gateway_, Uniform)));
      bulk.Add(uniform, BulkRate(direct_));
      bulk_through.Add(uniform, BulkRate(gateway_));
    }
    figures_.Add("echo_per_s", Median(reserve.ceiling), "bare gRPC echo, the ceiling");
    figures_.Add("reserve_per_s", Median(reserve.product), "durable ReserveStock, direct");
    figures_.Add("reserve_over_echo", Median(reserve.ratio), "", AtLeast(0.75));
    figures_.Add("reserve_service_cpu_us", Median(service_us), "of the service, a ReserveStock");
    figures_.Add("reserve_broker_cpu_us", Median(broker_us), "of the broker, a ReserveStock");
    figures_.Add("hot_over_uniform", Median(hot.ratio),
                 "one SKU at 457 stores with 10,000 live holds", AtLeast(0.95));
    figures_.Add("gateway_over_direct", Median(through.ratio), "", AtLeast(0.4));
    figures_.Add("stream_per_s", Median(bulk.product), "durable ReserveStock in bulk, direct");
    figures_.Add("stream_over_unary", Median(bulk.ratio), "", AtLeast(5));
    figures_.Add("gateway_stream_per_s", Median(bulk_through.product), "the same by the gateway");
    figures_.Add("gateway_stream_over_unary", Median(bulk_through.ratio), "by a direct unary call");
  }

  void Alone() {
    Pair p50;
    for (int round = 0; round < times_.rounds; ++round) {
      p50.Add(One(Reserve(echo_, Uniform)), One(Reserve(direct_, Uniform)));
    }
    figures_.Add("echo_p50_ms", Median(p50.ceiling), "one call at a time");
    figures_.Add("reserve_p50_ms", Median(p50.product), "one call at a time, durable");
    figures_.Add("reserve_latency_over_echo", Median(p50.ratio), "", AtMost(3));
  }

  void Reads() {
    Pair one, many, wide;
    for (int round = 0; round < times_.rounds; ++round) {
      one.Add(Rate(ReadAvailability(echo_, 1)), Rate(ReadAvailability(direct_, 1)));
      many.Add(Rate(ReadAvailability(echo_, 100)), Rate(ReadAvailability(direct_, 100)));
      wide.Add(Rate(ReadAvailability(echo_, 100, 20)), Rate(ReadAvailability(direct_, 100, 20)));
    }
    figures_.Add("availability_per_s", Median(one.product), "GetAvailability of one SKU");
    figures_.Add("availability_over_echo", Median(one.ratio), "", AtLeast(0.9));
    figures_.Add("availability_100_over_echo", Median(many.ratio), "100 SKUs in a call");
    figures_.Add("availability_100x20_over_echo", Median(wide.ratio), "100 SKUs at 20 places");
    LoadResult nearby = Whole(FindHot(direct_).Closed(1, times_.seconds, times_.warm_up));
    figures_.Add("nearest_store_p50_ms", nearby.latencies.Percentile(0.5), "of 457, one at a time");
    figures_.Add("nearest_store_p99_ms", nearby.latencies.Percentile(0.99), "of 457");
  }

  // Reservations at a calm rate, without and with uploads as fast as they are taken.
  void UnderBulk() {
    const auto reserve = [&] {
      return Whole(Reserve(direct_, Uniform).Open(kCalm, times_.seconds * 2, times_.warm_up));
    };
    LoadResult alone = reserve();
    LoadResult rows;
    std::thread uploads([&] {
      rows = RunInBulk(direct_, UploadsInBulk(), kUploadDepth, times_.seconds * 2, times_.warm_up);
    });
    LoadResult during = reserve();
    uploads.join();
    Whole(rows);
    figures_.Add("bulk_load_rows_per_s", rows.per_second * kUploadRecords,
                 "UploadStock, changed rows");
    figures_.Add("reserve_p99_ms_alone", alone.latencies.Percentile(0.99), "at 1,000/s");
    figures_.Add("reserve_p50_ms_during_bulk", during.latencies.Percentile(0.5), "at 1,000/s");
    figures_.Add("reserve_p99_ms_during_bulk", during.latencies.Percentile(0.99), "at 1,000/s");
  }

  // How long those who watch wait for what is decided at a calm rate.
  void Feeds() {
    FeedLag feeds(direct_);
    const LoadResult calm =
        Whole(Reserve(direct_, Uniform).Open(kCalm, times_.seconds * 2, times_.warm_up));
    Latencies lags = feeds.Finish();
    if (lags.size() < calm.latencies.size()) throw std::runtime_error("watchers missed changes");
    figures_.Add("feed_lag_p50_ms", lags.Percentile(0.5), "from decision to watcher, at 1,000/s");
    figures_.Add("feed_lag_p99_ms", lags.Percentile(0.99), "from decision to watcher, at 1,000/s");
  }

  // Latency when half of what it can do is asked of it.
  void HalfLoad() {
    const double half = Rate(Reserve(direct_, Uniform)) / 2;
    LoadResult result = Whole(Reserve(direct_, Uniform).Open(half, times_.seconds, times_.warm_up));
    figures_.Add("reserve_half_load_p50_ms", result.latencies.Percentile(0.5), "at 50 % load");
    figures_.Add("reserve_half_load_p99_ms", result.latencies.Percentile(0.99), "at 50 % load");
  }

 private:
  template <class AnyLoad>
  double Rate(AnyLoad load) {
    return Whole(load.Closed(kSaturated, times_.seconds, times_.warm_up)).per_second;
  }
  double BulkRate(int port) {
    return Whole(
               RunInBulk(port, ReservesInBulk(Uniform), kBulkDepth, times_.seconds, times_.warm_up))
        .per_second;
  }
  template <class AnyLoad>
  double One(AnyLoad load) {
    return Whole(load.Closed(1, times_.seconds / 2, times_.warm_up / 2)).latencies.Percentile(0.5);
  }

  Rig& rig_;
  const BenchTimes times_;
  Figures& figures_;
  pid_t service_ = 0;
  int echo_ = 0;
  int direct_ = 0;
  int gateway_ = 0;
};

}  // namespace

void MeasureRpc(Rig& rig, const BenchTimes& times, Figures& figures) {
  RpcBench bench(rig, times, figures);
  bench.Alone();
  bench.Saturated();
  bench.Reads();
  bench.Feeds();
  bench.UnderBulk();
  bench.HalfLoad();
}

}  // namespace omo::bench
