#include "tests/bench/feed_lag.h"

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include "omo/inventory/v1/inventory_query_service.grpc.pb.h"
#include "tests/bench/load.h"
#include "tests/bench/rig.h"

namespace omo::bench {

class FeedLag::Feed {
 public:
  Feed(int port, int shard)
      : stub_(inventory::v1::InventoryQueryService::NewStub(NewChannel(port))) {
    context_.AddMetadata("omo-caller", "bench");
    context_.AddMetadata("omo-channel", "pos");
    context_.AddMetadata("omo-role", "service");
    inventory::v1::WatchAvailabilityRequest request;
    request.set_shard(shard);
    stream_ = stub_->WatchAvailability(&context_, request);
    reader_ = std::thread([this] { ReadAll(); });
  }
  ~Feed() { End(); }

  void AwaitSnapshot() {
    if (!has_snapshot_.get_future().get()) Throw();
  }
  Latencies Finish() {
    finishing_ = true;
    End();
    if (gaps_ > 0 || !finished_) Throw();
    return std::move(lags_);
  }

 private:
  void End() {
    if (!reader_.joinable()) return;
    context_.TryCancel();
    reader_.join();
  }
  void ReadAll() {
    inventory::v1::WatchAvailabilityResponse told;
    bool has_snapshot = false;
    while (stream_->Read(&told)) {
      const double now = std::chrono::duration<double, std::milli>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count();
      gaps_ += told.has_gap() && has_snapshot ? 1 : 0;
      for (const auto& change : told.changes().changes()) {
        if (has_snapshot) lags_.Add(now - static_cast<double>(change.recorded_at_ms()));
      }
      if (told.has_snapshot_end() && !has_snapshot) {
        has_snapshot = true;
        has_snapshot_.set_value(true);
      }
    }
    finished_ = finishing_.load();
    end_ = stream_->Finish();
    if (!has_snapshot) has_snapshot_.set_value(false);
  }
  [[noreturn]] void Throw() const {
    throw std::runtime_error("a feed of figures: " + std::to_string(gaps_) + " gaps, " +
                             end_.error_message());
  }

  std::unique_ptr<inventory::v1::InventoryQueryService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<inventory::v1::WatchAvailabilityResponse>> stream_;
  std::promise<bool> has_snapshot_;
  std::atomic<bool> finishing_ = false;
  bool finished_ = false;  // This, and what follows, is the reader's until it is joined.
  int gaps_ = 0;
  grpc::Status end_;
  Latencies lags_;
  std::thread reader_;
};

FeedLag::FeedLag(int port) {
  for (int shard = 0; shard < kShards; ++shard) {
    feeds_.push_back(std::make_unique<Feed>(port, shard));
  }
  for (const auto& feed : feeds_) feed->AwaitSnapshot();
}

FeedLag::~FeedLag() = default;

Latencies FeedLag::Finish() {
  Latencies all;
  for (const auto& feed : feeds_) all.Add(feed->Finish());
  return all;
}

}  // namespace omo::bench
