// What a shard is asked, and what it answers.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/core/decision.h"
#include "libs/core/envelope.h"
#include "libs/core/types.h"

namespace omo::shard {

class Model;

// A decoded event in the service's own form; made and read by its Model only.
class Fact {
 public:
  virtual ~Fact() = default;
};

// The service's typed "no". `code` is the service's enum; its names and gRPC codes are the api's.
struct Refusal {
  int code = 0;
  std::vector<Detail> details;
};

// What a decider made of a command: a fact, a refusal, or neither (the state already is as asked).
struct Decided {
  std::unique_ptr<const Fact> fact;
  std::optional<Refusal> refusal;
};

// The service's command struct, with the type erased. Called on the shard's thread only.
class CommandBody {
 public:
  virtual ~CommandBody() = default;
  virtual Decided Decide(Model& model, Time now) const = 0;
  // XXH3-64 of the command's name and canonical bytes (libs/core/fields.h).
  virtual std::uint64_t Hash() const = 0;
  // The command's name, e.g. "reserve_stock": a metric label.
  virtual std::string_view name() const = 0;
};

enum class Verdict {
  kAccepted,     // `fact` is the event, at `position`; `duplicate` when an earlier attempt made it.
  kNothingToDo,  // The state already is as asked; nothing was written.
  kRefused,      // The service said no; nothing was written.
  kInvalid,   // COMMAND_ID_REUSED, COMMAND_TOO_OLD, COMMAND_FROM_FUTURE, EVENT_TOO_LARGE, EXPIRED:
              // `reason`; nothing was written.
  kNotOwner,  // Nothing written here; `owner_address` may say who owns.
  kNotRecorded,  // Settled as void: try the same id again.
  kOverloaded,   // Full; nothing written; try again after `retry_after`.
  kUnknown,      // The deadline came before the outcome: ask again with the same id.
  kStopped,      // The shard does not go on (poison, damage, disk): `reason`.
};

struct Outcome {
  Verdict verdict = Verdict::kUnknown;
  const Fact* fact = nullptr;  // Valid during the call of the reply only.
  Refusal refusal;
  Position position;
  Time stamp{};            // Of the event, or of the decision.
  bool duplicate = false;  // Also of a refusal that an earlier attempt was given.
  std::string reason;
  std::string owner_address;
  std::uint64_t owner_term = 0;
  Duration retry_after{0};
};

// The caller of the shard's own commands. They are idempotent by state and keep no id.
inline constexpr std::string_view kTimerCaller = "omo:timer";

// Called on the shard's thread; `model`'s confirmed rows do not change during the call.
using Reply = absl::AnyInvocable<void(Model& model, const Outcome&)>;

using ControlReply = absl::AnyInvocable<void(const Outcome&)>;

struct Command {
  std::unique_ptr<CommandBody> body;
  std::string id;                  // UUIDv7; empty for the shard's own commands.
  Envelope envelope;               // Caller, times, context.
  std::optional<Time> expires_at;  // By the owner's `now`: not decided after that.
  std::optional<Time> deadline;    // By the loop's clock: answered kUnknown or dropped after that.
  std::optional<Position> min_position;
  bool bulk = false;  // Of a bulk stream: those who ask by themselves go first (command_queue.h).
  Reply reply;        // Called exactly once, on the shard's thread; may be empty.
};

// A command on its way to its shard.
struct Submission {
  ShardId shard = 0;
  std::unique_ptr<Command> command;
};

// A read that must see the newest state: answered once the owner has proved that it still is one,
// or that waits for a position. `reply` gets an ok status, and then reads under the store's lock.
struct Read {
  bool linearizable = false;
  std::optional<Position> min_position;
  std::optional<Time> deadline;                             // By the loop's clock.
  absl::AnyInvocable<void(Verdict, const Outcome&)> reply;  // kNothingToDo: read now.
};

}  // namespace omo::shard
