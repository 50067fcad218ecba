// The seam between the replay and the wire: sends one command once and says what came back.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "libs/core/types.h"
#include "services/omoctl/replay_plan.h"

namespace omo::omoctl {

enum class Outcome {
  kAccepted,  // In the log at `position`.
  kRefused,   // Decided against, for `reason`.
  kAgain,     // Unknown, aborted or not taken in: to be sent again with the same id.
  kBroken,    // A mistake of ours: sending it again cannot help.
};

struct Answer {
  Outcome outcome = Outcome::kBroken;
  std::string reason;  // Of a refusal: the refusal's name. Otherwise for people.
  Position position;   // Of an accepted command.
  bool duplicate = false;
  Quantity shortfall = 0;  // Units that the command made missing.
  std::optional<std::chrono::milliseconds> retry_after;
};

class CommandSender {
 public:
  virtual ~CommandSender() = default;
  // Sends without waiting; `done` is called once, on any thread, also from within Send. `step`
  // must live until then.
  virtual void Send(const Step& step, std::function<void(Answer)> done) = 0;
};

}  // namespace omo::omoctl
