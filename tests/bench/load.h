// A client that loads a unary method: so many calls always in flight (what is the most a second?),
// or so many calls a second whatever comes back (how long does each take?). Ceiling and product are
// measured with the same one.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/latencies.h"

namespace omo::bench {

struct LoadResult {
  double per_second = 0;
  std::uint64_t failed = 0;
  std::string first_failure;
  Latencies latencies;
};

// A connection of its own, never shared with another channel of this process.
inline std::shared_ptr<grpc::Channel> NewChannel(int port) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials(), arguments);
}

template <class Request, class Response>
class Load {
 public:
  using Done = std::function<void(grpc::Status)>;
  // Starts call `number` over connection `number` % connections.
  using Start = std::function<void(std::uint64_t number, grpc::ClientContext*, const Request*,
                                   Response*, Done)>;
  using Fill = std::function<void(std::uint64_t number, Request&)>;

  Load(Start start, Fill fill) : start_(std::move(start)), fill_(std::move(fill)) {}

  // `depth` calls in flight for `seconds`, after `warm_up` seconds that do not count.
  LoadResult Closed(int depth, double seconds, double warm_up) {
    begun_ = Clock::now();
    count_from_ = begun_ + ToClock(warm_up);
    end_ = count_from_ + ToClock(seconds);
    Lanes(depth);
    for (auto& lane : lanes_) Next(*lane);
    Drain();
    return Sum(seconds);
  }

  // The first `calls` numbers, each once, `depth` at a time.
  LoadResult Each(std::uint64_t calls, int depth) {
    begun_ = count_from_ = Clock::now();
    end_ = Clock::time_point::max();
    most_ = calls;
    Lanes(depth);
    for (auto& lane : lanes_) Next(*lane);
    Drain();
    return Sum(SecondsSince(begun_));
  }

  // `rate` calls a second, each at its own instant: a slow answer delays no other call, and what
  // should have been sent counts from when it should have been.
  LoadResult Open(double rate, double seconds, double warm_up) {
    begun_ = Clock::now();
    count_from_ = begun_ + ToClock(warm_up);
    end_ = count_from_ + ToClock(seconds);
    const auto calls = static_cast<std::uint64_t>(rate * (seconds + warm_up));
    Lanes(static_cast<int>(calls));
    for (std::uint64_t i = 0; i < calls; ++i) {
      Lane& lane = *lanes_[i];
      lane.due = begun_ + ToClock(static_cast<double>(i) / rate);
      std::this_thread::sleep_until(lane.due);
      Send(lane, false);
    }
    Drain();
    return Sum(seconds);
  }

 private:
  struct Lane {
    std::unique_ptr<grpc::ClientContext> context;
    Request request;
    Response response;
    Clock::time_point due;
    Latencies latencies;
    std::uint64_t answered = 0;
    std::uint64_t failed = 0;
    std::string failure;
  };

  static Clock::duration ToClock(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  void Lanes(int count) {
    lanes_.clear();
    for (int i = 0; i < count; ++i) lanes_.push_back(std::make_unique<Lane>());
  }

  void Next(Lane& lane) {
    lane.due = Clock::now();
    if (lane.due >= end_ || number_ >= most_) return;
    Send(lane, true);
  }

  void Send(Lane& lane, bool again) {
    const std::uint64_t number = number_++;
    ++running_;
    lane.context = std::make_unique<grpc::ClientContext>();
    lane.context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    lane.context->AddMetadata("omo-caller", "bench");
    lane.context->AddMetadata("omo-channel", "pos");
    lane.context->AddMetadata("omo-role", "service");
    lane.request.Clear();
    fill_(number, lane.request);
    start_(number, lane.context.get(), &lane.request, &lane.response,
           [this, &lane, again](const grpc::Status& status) { Answered(lane, status, again); });
  }

  void Answered(Lane& lane, const grpc::Status& status, bool again) {
    const Clock::time_point now = Clock::now();
    if (!status.ok()) {
      ++lane.failed;
      lane.failure = status.error_message();
    } else if (now >= count_from_ && now < end_) {
      ++lane.answered;
      lane.latencies.Add(std::chrono::duration<double, std::milli>(now - lane.due).count());
    }
    if (again) Next(lane);
    --running_;
  }

  void Drain() {
    while (running_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  LoadResult Sum(double seconds) {
    LoadResult result;
    std::uint64_t answered = 0;
    for (const auto& lane : lanes_) {
      answered += lane->answered;
      result.failed += lane->failed;
      if (!lane->failure.empty()) result.first_failure = lane->failure;
      result.latencies.Add(lane->latencies);
    }
    result.per_second = static_cast<double>(answered) / seconds;
    return result;
  }

  Start start_;
  Fill fill_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::atomic<std::uint64_t> number_ = 0;
  std::atomic<std::int64_t> running_ = 0;
  std::uint64_t most_ = UINT64_MAX;
  Clock::time_point begun_;
  Clock::time_point count_from_;
  Clock::time_point end_;
};

}  // namespace omo::bench
