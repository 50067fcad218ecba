#include "libs/service/own_check.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "libs/telemetry/log_line.h"

namespace omo::service {
namespace {

constexpr Duration kSkewMax{2'000};

}  // namespace

absl::StatusOr<Faults> ClockFaults(std::optional<Duration> skew) {
  if (!skew) return absl::UnavailableError("the broker's clock is not known yet");
  if (std::abs(skew->count()) <= kSkewMax.count()) return Faults{};
  return Faults{"this clock is off by " + std::to_string(-skew->count()) +
                " ms from the broker's, may be off by " + std::to_string(kSkewMax.count())};
}

telemetry::Gauge AddClockSkew(const std::string& prefix, telemetry::Metrics& metrics) {
  return metrics.AddGauge(prefix + "_clock_skew_seconds", "The broker's clock minus ours.");
}

OwnCheck::OwnCheck(std::vector<Question> questions, std::function<void(bool fit)> on_change,
                   const std::string& prefix, telemetry::Metrics& metrics)
    : on_change_(std::move(on_change)) {
  for (Question& question : questions) {
    const auto next = question.passed ? Clock::now() + question.every : Clock::now();
    const bool known = question.passed;
    telemetry::Gauge gauge = metrics.AddGauge(prefix + "_own_faults_count",
                                              "What keeps this instance from owning shards.",
                                              {{"check", question.name}});
    asked_.push_back(
        {.question = std::move(question), .gauge = gauge, .known = known, .next = next});
  }
  thread_ = std::thread([this] { Run(); });
}

OwnCheck::~OwnCheck() { Stop(); }

void OwnCheck::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void OwnCheck::AskSoon() {
  {
    const std::lock_guard lock(mutex_);
    soon_ = true;
  }
  wake_.notify_all();
}

Faults OwnCheck::faults() const {
  const std::lock_guard lock(mutex_);
  Faults all;
  for (const Asked& asked : asked_) {
    if (!asked.known) all.push_back(asked.question.name + ": not known yet");
    for (const std::string& fault : asked.faults) {
      all.push_back(asked.question.name + ": " + fault);
    }
  }
  return all;
}

void OwnCheck::Run() {
  while (true) {
    bool soon = false;
    {
      std::unique_lock lock(mutex_);
      Clock::time_point next = Clock::time_point::max();
      for (const Asked& asked : asked_) next = std::min(next, asked.next);
      wake_.wait_until(lock, next, [this] { return stopping_ || soon_; });
      if (stopping_) return;
      soon = std::exchange(soon_, false);
    }
    for (Asked& asked : asked_) {
      if (soon || asked.next <= Clock::now()) AskOne(asked);
    }
    Judge();
  }
}

void OwnCheck::AskOne(Asked& asked) {
  const absl::StatusOr<Faults> answer = asked.question.ask();
  asked.next = Clock::now() + (answer.ok() ? asked.question.every : asked.question.again);
  if (!answer.ok()) return;
  for (const std::string& fault : *answer) {
    const bool told = std::count(asked.faults.begin(), asked.faults.end(), fault) > 0;
    if (told) continue;
    telemetry::Log(telemetry::Level::kError, "not fit to own shards",
                   {{"check", asked.question.name}, {"fault", fault}});
  }
  asked.gauge.Set(static_cast<double>(answer->size()));
  const std::lock_guard lock(mutex_);
  asked.known = true;
  asked.faults = *answer;
}

void OwnCheck::Judge() {
  const bool fit = std::all_of(asked_.begin(), asked_.end(), [](const Asked& asked) {
    return asked.known && asked.faults.empty();
  });
  if (fit_.exchange(fit) == fit) return;
  telemetry::Log(fit ? telemetry::Level::kInfo : telemetry::Level::kError,
                 fit ? "fit to own shards" : "owns no shards from here on");
  on_change_(fit);
}

}  // namespace omo::service
