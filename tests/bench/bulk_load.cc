#include "tests/bench/bulk_load.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "omo/bulk/v1/bulk_service.grpc.pb.h"
#include "tests/bench/inventory_load.h"

namespace omo::bench {
namespace {

using bulk::v1::RunCommandsRequest;
using bulk::v1::RunCommandsResponse;

constexpr char kService[] = "omo.inventory.v1.InventoryService/";

struct Counts {
  std::atomic<std::uint64_t> next = 0;
  std::atomic<std::uint64_t> answered = 0;
  std::atomic<std::uint64_t> failed = 0;
  std::mutex mutex;
  std::string failure;
};

// One stream: writes a batch whenever there is room for one, until the end, then reads the rest.
class Stream final : public grpc::ClientBidiReactor<RunCommandsRequest, RunCommandsResponse> {
 public:
  Stream(int port, const BulkCommand& command, std::size_t depth, Clock::time_point end,
         Counts& counts)
      : stub_(bulk::v1::BulkService::NewStub(NewChannel(port))),
        command_(command),
        depth_(depth),
        end_(end),
        counts_(counts) {
    context_.AddMetadata("omo-caller", "bench");
    context_.AddMetadata("omo-channel", "pos");
    context_.AddMetadata("omo-role", "service");
    stub_->async()->RunCommands(&context_, this);
    AddHold();
    StartRead(&response_);
    StartCall();
    Write();
  }

  grpc::Status Wait() {
    std::unique_lock lock(mutex_);
    done_changed_.wait(lock, [&] { return done_; });
    return status_;
  }

 private:
  void Write() {
    const std::lock_guard lock(mutex_);
    if (writing_ || over_ || in_flight_ + command_.batch > depth_) return;
    if (Clock::now() >= end_) {
      over_ = true;
      StartWritesDone();
      RemoveHold();
      return;
    }
    FillBatch();
    in_flight_ += command_.batch;
    writing_ = true;
    StartWrite(&request_);
  }

  void FillBatch() {
    request_.Clear();
    for (std::size_t i = 0; i < command_.batch; ++i) {
      const std::uint64_t number = counts_.next++;
      auto* call = request_.add_calls();
      call->set_number(number);
      if (i == 0) call->set_method(kService + command_.name);
      command_.fill(number, *call->mutable_request());
    }
  }

  void OnWriteDone(bool /*ok*/) override {
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
    }
    Write();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    for (const auto& answer : response_.answers()) {
      if (answer.has_response()) continue;
      ++counts_.failed;
      const std::lock_guard lock(counts_.mutex);
      counts_.failure = answer.error().message();
    }
    counts_.answered += static_cast<std::uint64_t>(response_.answers_size());
    {
      const std::lock_guard lock(mutex_);
      in_flight_ -= static_cast<std::size_t>(response_.answers_size());
    }
    StartRead(&response_);
    Write();
  }

  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(mutex_);
    done_ = true;
    status_ = status;
    done_changed_.notify_one();
  }

  const std::unique_ptr<bulk::v1::BulkService::Stub> stub_;
  const BulkCommand& command_;
  const std::size_t depth_;
  const Clock::time_point end_;
  Counts& counts_;
  grpc::ClientContext context_;
  RunCommandsRequest request_;
  RunCommandsResponse response_;
  std::mutex mutex_;
  std::condition_variable done_changed_;
  std::size_t in_flight_ = 0;
  bool writing_ = false;
  bool over_ = false;
  bool done_ = false;
  grpc::Status status_;
};

Clock::duration ToClock(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

BulkCommand ReservesInBulk(std::function<std::uint64_t(std::uint64_t)> sku_of) {
  return {"ReserveStock", [sku_of = std::move(sku_of)](std::uint64_t number, std::string& bytes) {
            inventory::v1::ReserveStockRequest request;
            FillReserve(sku_of(number), request);
            request.SerializeToString(&bytes);
          }};
}

BulkCommand UploadsInBulk() {
  return {.name = "UploadStock",
          .fill =
              [](std::uint64_t number, std::string& bytes) {
                inventory::v1::UploadStockRequest request;
                FillUpload(number, kUploadRecords, request);
                request.SerializeToString(&bytes);
              },
          .batch = 8};
}

LoadResult RunInBulk(int port, const BulkCommand& command, std::size_t depth, double seconds,
                     double warm_up) {
  Counts counts;
  const Clock::time_point begin = Clock::now();
  const Clock::time_point end = begin + ToClock(warm_up) + ToClock(seconds);
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < kConnections; ++i) {
    streams.push_back(std::make_unique<Stream>(port, command, depth / kConnections, end, counts));
  }
  std::this_thread::sleep_until(begin + ToClock(warm_up));
  const std::uint64_t before = counts.answered;
  std::this_thread::sleep_until(end);
  LoadResult result;
  result.per_second = static_cast<double>(counts.answered - before) / seconds;
  for (const auto& stream : streams) {
    const grpc::Status status = stream->Wait();
    if (status.ok()) continue;
    ++counts.failed;
    counts.failure = status.error_message();
  }
  result.failed = counts.failed;
  result.first_failure = counts.failure;
  return result;
}

}  // namespace omo::bench
