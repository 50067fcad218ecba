// Whether this instance is fit to own shards, asked again and again while it runs (design.md 2.8,
// protocol.md 3.4): a topic's settings may drift, a clock may go wrong.
#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "libs/core/types.h"
#include "libs/telemetry/metrics.h"

namespace omo::service {

// What is wrong, a sentence each.
using Faults = std::vector<std::string>;

// Off by more than 2 s from the broker's clock: no `now` of this instance may be believed.
// UNAVAILABLE while the broker's clock is not known.
absl::StatusOr<Faults> ClockFaults(std::optional<Duration> skew);

// `<prefix>_clock_skew_seconds`: what ClockFaults judges.
telemetry::Gauge AddClockSkew(const std::string& prefix, telemetry::Metrics& metrics);

class OwnCheck {
 public:
  struct Question {
    std::string name;     // E.g. "clock": a metric's label.
    Duration every{0};    // Between two answers.
    Duration again{0};    // After no answer: what was answered last stands.
    bool passed = false;  // It was asked, and found well, before.
    // May wait; asked on the check's own thread.
    std::function<absl::StatusOr<Faults>()> ask;
  };

  // `on_change` is called on the check's thread whenever being fit begins or ends. It is not fit
  // before each question had its first answer. Metrics are `<prefix>_own_faults_count`, by check.
  OwnCheck(std::vector<Question> questions, std::function<void(bool fit)> on_change,
           const std::string& prefix, telemetry::Metrics& metrics);
  ~OwnCheck();
  OwnCheck(const OwnCheck&) = delete;
  OwnCheck& operator=(const OwnCheck&) = delete;

  // `on_change` is not called after it. May be called twice.
  void Stop();
  // Asks everything again now: who is about to own should know. Thread-safe, returns at once.
  void AskSoon();
  bool fit() const { return fit_; }
  // All that is wrong, each with its question's name before it. Thread-safe.
  Faults faults() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Asked {
    Question question;
    telemetry::Gauge gauge;
    bool known = false;
    Faults faults;
    Clock::time_point next{};
  };

  void Run();
  void AskOne(Asked& asked);
  void Judge();

  const std::function<void(bool)> on_change_;
  std::vector<Asked> asked_;
  mutable std::mutex mutex_;  // Guards the answers in asked_, and what follows.
  std::condition_variable wake_;
  bool soon_ = false;
  bool stopping_ = false;
  std::atomic<bool> fit_ = false;
  std::thread thread_;  // Last: it uses what is above.
};

}  // namespace omo::service
