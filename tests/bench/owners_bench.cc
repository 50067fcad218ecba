#include "tests/bench/owners_bench.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <stdexcept>
#include <thread>

#include "tests/bench/inventory_load.h"
#include "tests/support/wait.h"

namespace omo::bench {
namespace {

using inventory::v1::InventoryQueryService;
using inventory::v1::InventoryService;

constexpr double kSessionMillis = 2'000;  // What Rig gives its instances.
constexpr std::uint64_t kProbeSkus = 64;  // Some in every shard.
constexpr int kHolds = 500;

std::unique_ptr<grpc::ClientContext> Context() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  context->AddMetadata("omo-caller", "bench");
  context->AddMetadata("omo-role", "service");
  return context;
}

// One caller that waits for each answer.
class Caller {
 public:
  explicit Caller(int port)
      : channel_(NewChannel(port)),
        commands_(InventoryService::NewStub(channel_)),
        queries_(InventoryQueryService::NewStub(channel_)) {}

  inventory::v1::ReserveStockResponse Reserve(const std::string& sku, int hold_seconds) {
    inventory::v1::ReserveStockRequest request;
    request.set_command_id(CommandId());
    request.set_reservation_id(request.command_id());
    request.set_owner("cart-1");
    request.set_hold_seconds(hold_seconds);
    auto* line = request.add_lines();
    line->set_sku(sku);
    line->set_location("store-1");
    line->mutable_quantity()->set_value(1);
    inventory::v1::ReserveStockResponse response;
    Check(commands_->ReserveStock(Context().get(), request, &response));
    return response;
  }
  // Waits until the replica that is asked has read up to the position.
  void ReadUpTo(const std::string& sku, const type::v1::Position& position) {
    inventory::v1::GetAvailabilityRequest request;
    request.add_skus(sku);
    request.mutable_read()->set_level(type::v1::READ_LEVEL_MIN_POSITION);
    *request.mutable_read()->add_min_positions() = position;
    inventory::v1::GetAvailabilityResponse response;
    Check(queries_->GetAvailability(Context().get(), request, &response));
  }
  // When the reservation's end was decided, if it was.
  std::map<std::string, std::int64_t> Expired(const std::string& sku) {
    std::map<std::string, std::int64_t> expired;
    inventory::v1::ListMovementsRequest request;
    request.set_sku(sku);
    request.set_page_size(1'000);
    do {
      inventory::v1::ListMovementsResponse response;
      Check(queries_->ListMovements(Context().get(), request, &response));
      for (const auto& movement : response.movements()) {
        if (movement.kind() != inventory::v1::MOVEMENT_KIND_EXPIRED) continue;
        expired[movement.reservation_id()] = movement.recorded_at_ms();
      }
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return expired;
  }

 private:
  static void Check(const grpc::Status& status) {
    if (!status.ok()) throw std::runtime_error(status.error_message());
  }

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<InventoryService::Stub> commands_;
  std::unique_ptr<InventoryQueryService::Stub> queries_;
};

class OwnersBench {
 public:
  OwnersBench(Rig& rig, Figures& figures)
      : rig_(rig),
        figures_(figures),
        first_(rig.StartInstance("inventory-0")),
        second_(rig.StartInstance("inventory-1")) {
    AwaitShared();
    gateway_ = rig.StartGateway();
    if (Receive(gateway_).Each(kSkus, 64).failed > 0) throw std::runtime_error("seeding failed");
  }

  // From a command's answer until every other instance has read it, while others write, too.
  void ReplicaLag() {
    std::atomic<bool> done = false;
    std::thread others([&] { Others(done); });
    Caller gateway(gateway_);
    Caller first(first_.port);
    Caller second(second_.port);
    Latencies lags;
    for (int i = 0; i < 500; ++i) {
      const std::string sku = SkuName(Uniform(static_cast<std::uint64_t>(i)));
      const auto position = gateway.Reserve(sku, 14'400).position();
      const Clock::time_point answered = Clock::now();
      first.ReadUpTo(sku, position);
      second.ReadUpTo(sku, position);
      lags.Add(MillisSince(answered));
    }
    done = true;
    others.join();
    figures_.Add("replica_lag_p50_ms", lags.Percentile(0.5), "until both instances show a write");
    figures_.Add("replica_lag_p99_ms", lags.Percentile(0.99), "", AtMost(1'000));
  }

  void ExpiryLag() {
    Caller gateway(gateway_);
    std::map<std::string, std::pair<std::string, std::int64_t>> holds;  // SKU, end.
    for (int i = 0; i < kHolds; ++i) {
      const std::string sku = SkuName(static_cast<std::uint64_t>(i) % kProbeSkus);
      const auto response = gateway.Reserve(sku, 2);
      holds[response.reservation_id()] = {sku, response.expires_at_ms()};
    }
    Latencies lags;
    const Clock::time_point begin = Clock::now();
    while (!holds.empty()) {
      if (SecondsSince(begin) > 60) throw std::runtime_error("a hold does not end");
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      for (std::uint64_t number = 0; number < kProbeSkus; ++number) {
        for (const auto& [id, at] : gateway.Expired(SkuName(number))) {
          const auto hold = holds.find(id);
          if (hold == holds.end()) continue;
          lags.Add(static_cast<double>(at - hold->second.second));
          holds.erase(hold);
        }
      }
    }
    figures_.Add("expiry_lag_p99_ms", lags.Percentile(0.99), "from a hold's end to its event",
                 AtMost(250));
  }

  void Handover(int rounds) {
    std::vector<double> gaps;
    for (int round = 0; round < rounds; ++round) {
      Instance& leaving = round % 2 == 0 ? first_ : second_;
      gaps.push_back(LongestAnswer([&] {
        if (!leaving.process->Terminate()) throw std::runtime_error("an instance does not stop");
      }));
      rig_.StartInstance(leaving.name);
      AwaitShared();
    }
    figures_.Add("handover_ms", Median(gaps), "longest wait of a caller at a normal stop",
                 AtMost(200));
  }

  void Takeover(int rounds) {
    std::vector<double> gaps;
    for (int round = 0; round < rounds; ++round) {
      Instance& dying = round % 2 == 0 ? first_ : second_;
      const double longest = LongestAnswer([&] {
        dying.process->Kill();
        rig_.AwaitOwned({round % 2 == 0 ? &second_ : &first_});
      });
      gaps.push_back(std::max(0.0, longest - kSessionMillis));
      rig_.StartInstance(dying.name);
      AwaitShared();
    }
    figures_.Add("takeover_ms", Median(gaps), "after a kill, beyond the group's 2 s time-out",
                 AtMost(500));
  }

 private:
  void AwaitShared() {
    rig_.AwaitOwned({&first_, &second_});
    const bool shared = testing::WaitUntil(
        [this] { return rig_.Owned(first_) == kShards / 2 && rig_.Owned(second_) == kShards / 2; });
    if (!shared) throw std::runtime_error("the instances do not share the shards");
  }

  // Load that nobody waits for, until `done`.
  void Others(const std::atomic<bool>& done) {
    while (!done) Reserve(gateway_, Uniform).Open(1'000, 0.5, 0);
  }

  // The longest that a caller of any shard waited for its answer while `change` went on and a
  // second after it: several callers, each asks its shards in turn, one call at a time.
  double LongestAnswer(const std::function<void()>& change) {
    constexpr std::uint64_t kCallers = 8;
    std::atomic<bool> done = false;
    std::vector<std::future<double>> callers;
    for (std::uint64_t caller = 0; caller < kCallers; ++caller) {
      callers.push_back(std::async(std::launch::async, [&, caller] {
        Caller gateway(gateway_);
        double longest = 0;
        for (std::uint64_t i = caller; !done; i += kCallers) {
          const Clock::time_point asked = Clock::now();
          gateway.Reserve(SkuName(i % kProbeSkus), 14'400);
          longest = std::max(longest, MillisSince(asked));
        }
        return longest;
      }));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    auto changed = std::async(std::launch::async, change);
    changed.wait();
    std::this_thread::sleep_for(std::chrono::seconds(1));
    done = true;
    double longest = 0;
    for (auto& caller : callers) caller.wait();
    changed.get();
    for (auto& caller : callers) longest = std::max(longest, caller.get());
    return longest;
  }

  Rig& rig_;
  Figures& figures_;
  Instance& first_;
  Instance& second_;
  int gateway_ = 0;
};

}  // namespace

void MeasureOwners(Rig& rig, const BenchTimes& times, Figures& figures) {
  OwnersBench bench(rig, figures);
  bench.ReplicaLag();
  bench.ExpiryLag();
  bench.Handover(times.rounds);
  bench.Takeover(times.rounds);
}

}  // namespace omo::bench
