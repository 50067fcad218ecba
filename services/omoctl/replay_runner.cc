#include "services/omoctl/replay_runner.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <unordered_map>
#include <utility>

namespace omo::omoctl {
namespace {

using Clock = std::chrono::steady_clock;

// How far ahead of the oldest unfinished task new ones are looked for, in tasks a slot.
constexpr std::size_t kLookaheadPerSlot = 64;
constexpr std::chrono::milliseconds kProgressEvery{250};

// A task on its way: the step that is asked, and how often it was.
struct Running {
  std::size_t task = 0;
  int number = 0;
  int attempts = 0;
  Clock::time_point first_sent;
  Step step;
};

// Where sender threads put answers and the runner takes them.
class Inbox {
 public:
  void Put(Running* running, Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_.emplace_back(running, std::move(answer));
    arrived_.notify_one();
  }
  std::vector<std::pair<Running*, Answer>> TakeUntil(Clock::time_point until) {
    std::unique_lock lock(mutex_);
    arrived_.wait_until(lock, until, [&] { return !answers_.empty(); });
    return std::exchange(answers_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::pair<Running*, Answer>> answers_;
};

class PhaseRun {
 public:
  PhaseRun(const Phase& phase, CommandSender& sender, const RunnerOptions& options,
           RunnerListener& listener)
      : phase_(phase), sender_(sender), options_(options), listener_(listener) {}

  absl::Status Run() {
    listener_.OnPhase(phase_);
    last_answer_ = Clock::now();
    while (done_ < phase_.tasks && status_.ok()) {
      Admit();
      TakeAnswers(NextWake());
      SendDue();
      listener_.OnProgress(done_, phase_.tasks, occurred_);
      if (Clock::now() - last_answer_ > options_.patience) {
        status_ = absl::DeadlineExceededError("no answer for " +
                                              std::to_string(options_.patience.count()) + " s");
      }
    }
    while (on_the_wire_ > 0) TakeAnswers(Clock::now() + kProgressEvery);
    return status_;
  }

 private:
  // Starts tasks in order while there is room; those of a busy key queue up behind it.
  void Admit() {
    const auto slots = static_cast<std::size_t>(options_.concurrency);
    while (running_.size() < slots && next_ < phase_.tasks &&
           next_ < done_ + slots * kLookaheadPerSlot) {
      const std::size_t task = next_++;
      const auto [behind, idle] = queues_.try_emplace(phase_.key(task));
      if (idle) {
        Start(task);
      } else {
        behind->second.push_back(task);
      }
    }
  }

  void Start(std::size_t task) {
    auto running = std::make_unique<Running>();
    running->task = task;
    Running* const place = running.get();
    running_.emplace(place, std::move(running));
    StartStep(*place);
  }

  void StartStep(Running& running) {
    running.step = phase_.make(running.task, running.number);
    running.attempts = 0;
    running.first_sent = Clock::now();
    Send(running);
  }

  void Send(Running& running) {
    ++running.attempts;
    ++on_the_wire_;
    sender_.Send(running.step,
                 [this, place = &running](Answer answer) { inbox_.Put(place, std::move(answer)); });
  }

  Clock::time_point NextWake() const {
    const auto soon = Clock::now() + kProgressEvery;
    return retries_.empty() ? soon : std::min(soon, retries_.top().first);
  }

  void TakeAnswers(Clock::time_point until) {
    for (auto& [running, answer] : inbox_.TakeUntil(until)) {
      --on_the_wire_;
      if (status_.ok()) Take(*running, answer);
    }
  }

  void Take(Running& running, const Answer& answer) {
    if (answer.outcome == Outcome::kBroken) {
      status_ = absl::InternalError(std::string(running.step.name) + " " + running.step.what +
                                    ": " + answer.reason);
      return;
    }
    if (answer.outcome == Outcome::kAgain) {
      listener_.OnAgain(running.step, answer);
      retries_.emplace(Clock::now() + RetryDelay(running, answer), &running);
      return;
    }
    last_answer_ = Clock::now();
    listener_.OnAnswer(running.step, answer, running.attempts, last_answer_ - running.first_sent);
    ++running.number;
    if (answer.outcome == Outcome::kAccepted && running.number < phase_.steps(running.task)) {
      StartStep(running);
    } else {
      Finish(running);
    }
  }

  std::chrono::milliseconds RetryDelay(const Running& running, const Answer& answer) const {
    const auto doubled = options_.retry_first * (1 << std::min(running.attempts - 1, 10));
    return std::min(answer.retry_after.value_or(doubled), options_.retry_most);
  }

  void Finish(const Running& running) {
    const std::size_t task = running.task;
    running_.erase(&running);
    ++done_;
    occurred_ = std::max(occurred_, phase_.occurred(task));
    const auto queue = queues_.find(phase_.key(task));
    if (queue->second.empty()) {
      queues_.erase(queue);
      return;
    }
    const std::size_t next = queue->second.front();
    queue->second.pop_front();
    Start(next);
  }

  void SendDue() {
    while (status_.ok() && !retries_.empty() && retries_.top().first <= Clock::now()) {
      Running* const running = retries_.top().second;
      retries_.pop();
      Send(*running);
    }
  }

  using Retry = std::pair<Clock::time_point, Running*>;

  const Phase& phase_;
  CommandSender& sender_;
  const RunnerOptions& options_;
  RunnerListener& listener_;
  Inbox inbox_;
  absl::Status status_;
  std::unordered_map<const Running*, std::unique_ptr<Running>> running_;
  std::unordered_map<std::uint32_t, std::deque<std::size_t>> queues_;  // Of busy keys.
  std::priority_queue<Retry, std::vector<Retry>, std::greater<>> retries_;
  std::size_t next_ = 0;
  std::size_t done_ = 0;
  int on_the_wire_ = 0;
  Time occurred_{};
  Clock::time_point last_answer_;
};

}  // namespace

absl::Status RunPlan(const std::vector<Phase>& plan, CommandSender& sender,
                     const RunnerOptions& options, RunnerListener& listener) {
  for (const Phase& phase : plan) {
    const absl::Status status = PhaseRun(phase, sender, options, listener).Run();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace omo::omoctl
