#include "libs/service/own_check.h"

#include <atomic>
#include <deque>
#include <mutex>

#include "libs/telemetry/log_line.h"
#include "tests/support/catch.h"
#include "tests/support/wait.h"

namespace omo::service {
namespace {

using testing::WaitUntil;

// Answers that a test sets.
class Answers {
 public:
  void Set(absl::StatusOr<Faults> answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  OwnCheck::Question Question(const std::string& name, Duration every = Duration{2}) {
    return {.name = name, .every = every, .again = Duration{2}, .ask = [this] {
              const std::lock_guard lock(mutex_);
              ++asked;
              return answer_;
            }};
  }
  std::atomic<int> asked = 0;

 private:
  std::mutex mutex_;
  absl::StatusOr<Faults> answer_ = Faults{};
};

// What the host was told, one after the other.
class Turns {
 public:
  void operator()(bool fit) {
    const std::lock_guard lock(mutex_);
    turns_.push_back(fit);
  }
  std::deque<bool> all() const {
    const std::lock_guard lock(mutex_);
    return turns_;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<bool> turns_;
};

struct Rig {
  explicit Rig(std::vector<OwnCheck::Question> questions)
      : check((telemetry::SetLogLevel(telemetry::Level::kError), std::move(questions)),
              [this](bool fit) { turns(fit); }, "omo_test", metrics) {}
  bool Metric(const std::string& line) const {
    return metrics.Text().find(line) != std::string::npos;
  }
  telemetry::Metrics metrics;
  Turns turns;
  OwnCheck check;
};

}  // namespace

TEST_CASE("a clock off by more than two seconds is a fault, to either side", "[service]") {
  CHECK(ClockFaults(Duration{0})->empty());
  CHECK(ClockFaults(Duration{2'000})->empty());
  CHECK(ClockFaults(Duration{-2'000})->empty());
  CHECK(ClockFaults(Duration{2'001})->size() == 1);
  CHECK(ClockFaults(Duration{-3'600'000})->front().find("3600000 ms") != std::string::npos);
  CHECK(absl::IsUnavailable(ClockFaults(std::nullopt).status()));
}

TEST_CASE("nothing is owned before the clock is known, nor while it is off", "[service]") {
  std::atomic<std::int64_t> skew = -1;  // -1: not known yet.
  Rig rig({{.name = "clock", .every = Duration{2}, .again = Duration{2}, .ask = [&skew] {
              const std::int64_t now = skew;
              return ClockFaults(now < 0 ? std::nullopt : std::optional(Duration{now}));
            }}});
  CHECK_FALSE(rig.check.fit());
  CHECK(rig.check.faults() == Faults{"clock: not known yet"});
  skew = 10;
  REQUIRE(WaitUntil([&] { return rig.check.fit(); }));
  skew = 5'000;
  REQUIRE(WaitUntil([&] { return rig.turns.all() == std::deque{true, false}; }));
  CHECK_FALSE(rig.check.fit());
  CHECK(rig.check.faults().size() == 1);
  CHECK(rig.Metric("omo_test_own_faults_count{check=\"clock\"} 1"));
  skew = 0;
  REQUIRE(WaitUntil([&] { return rig.turns.all() == std::deque{true, false, true}; }));
  CHECK(rig.Metric("omo_test_own_faults_count{check=\"clock\"} 0"));
}

TEST_CASE("who gives no answer changes nothing; every answer must be good", "[service]") {
  Answers clock;
  Answers topics;
  Rig rig({clock.Question("clock"), topics.Question("topics")});
  REQUIRE(WaitUntil([&] { return rig.check.fit(); }));
  topics.Set(absl::UnavailableError("Kafka is away"));
  const int asked = topics.asked;
  REQUIRE(WaitUntil([&] { return topics.asked > asked + 3; }));
  CHECK(rig.check.fit());
  topics.Set(Faults{"retention.ms is 1, must be -1"});
  REQUIRE(WaitUntil([&] { return !rig.check.fit(); }));
  topics.Set(absl::UnavailableError("Kafka is away"));
  const int later = topics.asked;
  REQUIRE(WaitUntil([&] { return topics.asked > later + 3; }));
  CHECK_FALSE(rig.check.fit());  // What was wrong is wrong until Kafka says otherwise.
  CHECK(rig.check.faults() == Faults{"topics: retention.ms is 1, must be -1"});
}

TEST_CASE("what is asked seldom is asked at once when it matters", "[service]") {
  Answers topics;
  OwnCheck::Question question = topics.Question("topics", std::chrono::hours{1});
  question.passed = true;
  Answers clock;
  Rig rig({question, clock.Question("clock", std::chrono::hours{1})});
  REQUIRE(WaitUntil([&] { return rig.check.fit(); }));
  CHECK(topics.asked == 0);
  topics.Set(Faults{"drifted"});
  rig.check.AskSoon();
  REQUIRE(WaitUntil([&] { return !rig.check.fit(); }));
  rig.check.Stop();
  CHECK(rig.turns.all() == std::deque{true, false});
}

}  // namespace omo::service
