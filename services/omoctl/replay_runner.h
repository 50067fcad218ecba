// Drives a plan against a sender until each command has its answer, through failures of any length
// up to the patience: it repeats with the same id what came back unknown, aborted or not taken in.
#pragma once

#include <absl/status/status.h>

#include <chrono>
#include <functional>
#include <vector>

#include "services/omoctl/command_sender.h"
#include "services/omoctl/replay_plan.h"

namespace omo::omoctl {

struct RunnerOptions {
  int concurrency = 64;                       // Commands on their way at a time, at least 1.
  std::chrono::seconds patience{300};         // With no answer at all for so long, give up.
  std::chrono::milliseconds retry_first{20};  // Doubles with each attempt.
  std::chrono::milliseconds retry_most{1000};
};

// What the runner tells. Called on the thread of Run.
class RunnerListener {
 public:
  virtual ~RunnerListener() = default;
  virtual void OnPhase(const Phase& phase) = 0;
  // A command's final answer, accepted or refused; `took` from the first attempt on.
  virtual void OnAnswer(const Step& step, const Answer& answer, int attempts,
                        std::chrono::nanoseconds took) = 0;
  virtual void OnAgain(const Step& step, const Answer& answer) = 0;
  // At least four times a second: how far the phase is. `occurred` is the newest finished task's.
  virtual void OnProgress(std::size_t tasks_done, std::size_t tasks, Time occurred) = 0;
};

// OK when all is answered; DEADLINE_EXCEEDED when patience ended; INTERNAL names a broken command.
// On return no call is on its way.
absl::Status RunPlan(const std::vector<Phase>& plan, CommandSender& sender,
                     const RunnerOptions& options, RunnerListener& listener);

}  // namespace omo::omoctl
