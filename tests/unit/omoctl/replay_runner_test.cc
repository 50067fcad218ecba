#include "services/omoctl/replay_runner.h"

#include <deque>
#include <map>
#include <set>

#include "tests/support/catch.h"

namespace omo::omoctl {
namespace {

// Tasks "0", "1", … of the given keys and steps.
Phase MakePhase(std::vector<std::uint32_t> keys, int steps = 1) {
  Phase phase{.title = "test", .tasks = keys.size()};
  phase.key = [keys](std::size_t task) { return keys[task]; };
  phase.steps = [steps](std::size_t) { return steps; };
  phase.make = [](std::size_t task, int step) {
    const std::string what = std::to_string(task) + "." + std::to_string(step);
    return Step{.name = "step", .what = what, .command_id = "id-" + what};
  };
  phase.occurred = [](std::size_t task) { return FromMillis(static_cast<std::int64_t>(task)); };
  return phase;
}

// Answers from within Send, newest first on request, as its `decide` says.
class ScriptedSender final : public CommandSender {
 public:
  std::function<Answer(const Step&)> decide = [](const Step&) {
    return Answer{.outcome = Outcome::kAccepted};
  };
  std::size_t hold_until = 0;  // Answers nothing before so many wait.
  std::vector<std::string> sent;
  std::size_t most_waiting = 0;

  void Send(const Step& step, std::function<void(Answer)> done) override {
    sent.push_back(step.what);
    ids[step.what].insert(step.command_id);
    waiting_.push_back([this, &step, done = std::move(done)] { done(decide(step)); });
    most_waiting = std::max(most_waiting, waiting_.size());
    if (waiting_.size() < hold_until) return;
    while (!waiting_.empty()) {
      const auto answer = std::move(waiting_.back());
      waiting_.pop_back();
      answer();
    }
  }
  std::map<std::string, std::set<std::string>> ids;

 private:
  std::deque<std::function<void()>> waiting_;
};

class Notes final : public RunnerListener {
 public:
  void OnPhase(const Phase&) override { ++phases; }
  void OnAnswer(const Step& step, const Answer& answer, int attempts,
                std::chrono::nanoseconds) override {
    answers[step.what] = answer;
    order.push_back(step.what);
    attempts_of[step.what] = attempts;
  }
  void OnAgain(const Step&, const Answer&) override { ++again; }
  void OnProgress(std::size_t tasks_done, std::size_t, Time) override { done = tasks_done; }

  int phases = 0;
  int again = 0;
  std::size_t done = 0;
  std::map<std::string, Answer> answers;
  std::map<std::string, int> attempts_of;
  std::vector<std::string> order;
};

constexpr RunnerOptions kQuick{.concurrency = 4,
                               .patience = std::chrono::seconds(30),
                               .retry_first = std::chrono::milliseconds(1),
                               .retry_most = std::chrono::milliseconds(2)};

TEST_CASE("commands of one key go in order with one in flight", "[omoctl]") {
  ScriptedSender sender;
  Notes notes;
  REQUIRE(RunPlan({MakePhase({7, 7, 7, 7, 7}, 2)}, sender, kQuick, notes).ok());
  CHECK(sender.sent == std::vector<std::string>{"0.0", "0.1", "1.0", "1.1", "2.0", "2.1", "3.0",
                                                "3.1", "4.0", "4.1"});
  CHECK(sender.most_waiting == 1);
}

TEST_CASE("commands of several keys are in flight together, up to the concurrency", "[omoctl]") {
  ScriptedSender sender;
  sender.hold_until = 4;
  Notes notes;
  // Eight tasks of eight keys: answered four by four, or this would wait for its patience.
  REQUIRE(RunPlan({MakePhase({1, 2, 3, 4, 5, 6, 7, 8})}, sender, kQuick, notes).ok());
  CHECK(sender.most_waiting == 4);
  CHECK(notes.done == 8);
}

TEST_CASE("what came back unknown is sent again with the same id until it is answered",
          "[omoctl]") {
  ScriptedSender sender;
  int left = 3;
  sender.decide = [&](const Step& step) {
    if (step.what == "1.0" && left-- > 0) return Answer{.outcome = Outcome::kAgain};
    return Answer{.outcome = Outcome::kAccepted};
  };
  Notes notes;
  REQUIRE(RunPlan({MakePhase({7, 7, 7})}, sender, kQuick, notes).ok());
  CHECK(sender.sent == std::vector<std::string>{"0.0", "1.0", "1.0", "1.0", "1.0", "2.0"});
  CHECK(sender.ids["1.0"].size() == 1);
  CHECK(notes.attempts_of["1.0"] == 4);
  CHECK(notes.again == 3);
}

TEST_CASE("a refused step ends its task and the key goes on", "[omoctl]") {
  ScriptedSender sender;
  sender.decide = [](const Step& step) {
    if (step.what == "0.0") return Answer{.outcome = Outcome::kRefused, .reason = "NO"};
    return Answer{.outcome = Outcome::kAccepted};
  };
  Notes notes;
  REQUIRE(RunPlan({MakePhase({7, 7}, 3)}, sender, kQuick, notes).ok());
  CHECK(sender.sent == std::vector<std::string>{"0.0", "1.0", "1.1", "1.2"});
  CHECK(notes.answers["0.0"].reason == "NO");
}

TEST_CASE("a phase begins when the one before is answered whole", "[omoctl]") {
  ScriptedSender sender;
  Notes notes;
  REQUIRE(RunPlan({MakePhase({1}), MakePhase({}), MakePhase({2})}, sender, kQuick, notes).ok());
  CHECK(notes.phases == 3);
  CHECK(sender.sent.size() == 2);
}

TEST_CASE("a broken command ends the replay and is named", "[omoctl]") {
  ScriptedSender sender;
  sender.decide = [](const Step& step) {
    if (step.what == "2.0") return Answer{.outcome = Outcome::kBroken, .reason = "MALFORMED"};
    return Answer{.outcome = Outcome::kAccepted};
  };
  Notes notes;
  const auto status = RunPlan({MakePhase({1, 1, 1, 1})}, sender, kQuick, notes);
  CHECK(status.code() == absl::StatusCode::kInternal);
  CHECK(std::string(status.message()) == "step 2.0: MALFORMED");
  CHECK(notes.answers.count("3.0") == 0);
}

TEST_CASE("a service that never answers ends the patience", "[omoctl]") {
  ScriptedSender sender;
  sender.decide = [](const Step&) { return Answer{.outcome = Outcome::kAgain}; };
  Notes notes;
  RunnerOptions options = kQuick;
  options.patience = std::chrono::seconds(0);
  const auto status = RunPlan({MakePhase({1})}, sender, options, notes);
  CHECK(status.code() == absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace omo::omoctl
