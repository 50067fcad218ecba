// Shard, the deciding half: what waits is decided against speculative state and appended.
#include <algorithm>
#include <utility>

#include "libs/core/uuid.h"
#include "libs/shard/shard.h"

namespace omo::shard {
namespace {

constexpr std::size_t kTimersOfATurn = 4;            // Timers take at most a quarter of a turn.
constexpr std::size_t kSlowTimersPerSecond = 1'000;  // After the clock jumped far ahead.

}  // namespace

// Timers due at or before `now` go before the commands stamped `now`, so that nothing overtakes an
// expiry. They are level-triggered: a due row is offered until an event removed it. False while
// some that are due could not be decided: then no command may be, or it would overtake them (found
// by the simulation: an append that failed for a timer and went well for the commit behind it).
bool Shard::DecideTimers() {
  std::size_t most = std::max<std::size_t>(1, options_.turn_max / kTimersOfATurn);
  if (slow_timers_until_) {
    if (steady_ - timer_budget_at_ >= Duration{1'000}) {
      timer_budget_at_ = steady_;
      timer_budget_ = kSlowTimersPerSecond;
    }
    most = std::min(most, timer_budget_);
  }
  std::vector<std::unique_ptr<CommandBody>> due;
  parts_.model.Due(now_, most, due);
  if (slow_timers_until_) {
    timer_budget_ -= std::min(timer_budget_, due.size());
    if (due.size() < most) slow_timers_until_.reset();
  }
  for (auto& body : due) {
    if (log_.in_flight() >= options_.in_flight_max) return false;
    Command command;
    command.body = std::move(body);
    command.envelope.caller = kTimerCaller;
    command.envelope.command_time = now_;
    if (!DecideOne(command)) return false;
  }
  if (const std::optional<Time> next = parts_.model.NextDue()) {
    const Duration wait = std::max(*next - now_, Duration{1});
    next_wake_ = std::min(next_wake_, steady_ + wait);
  }
  // After a jump of the clock, timers trickle for long; deciders look at `now` themselves then.
  return due.size() < most || slow_timers_until_;
}

bool Shard::MayTakeBulk() const {
  if (steady_ >= bulk_held_until_) return true;
  // What leaves nothing in flight, a refusal or an upload of nothing new, takes its time, too.
  const std::size_t most = options_.bulk_in_flight_max;
  return bulk_turn_ && log_.in_flight() < most && bulk_taken_ < most;
}

bool Shard::BulkWaits() const {
  return queue_.bulk() > 0 && decides_ && log_.in_flight() < options_.bulk_in_flight_max;
}

std::size_t Shard::decidable(Time steady) const {
  if (steady >= bulk_held_until_) return queue_.size();
  const std::size_t most = bulk_turn_ ? options_.bulk_in_flight_max : 0;
  return queue_.singles() + std::min(queue_.bulk(), most);
}

void Shard::DecideCommands() {
  for (std::size_t decided = 0; decided < options_.turn_max; ++decided) {
    if (log_.in_flight() >= options_.in_flight_max || !log_.owning()) return;
    const std::unique_ptr<Command> command = queue_.Take(MayTakeBulk());
    decides_ = true;
    if (command == nullptr) return;  // Bulk that is held back goes on in its turn.
    bulk_taken_ += command->bulk ? 1 : 0;
    if (command->deadline && *command->deadline <= steady_) {
      AnswerNow(*command, Verdict::kUnknown, "OUTCOME_UNKNOWN");
      continue;
    }
    decides_ = DecideOne(*command);
    if (!decides_) return;
  }
  if (queue_.CanTake(MayTakeBulk())) next_wake_ = steady_;
}

// False when the journal takes no more just now.
bool Shard::DecideOne(Command& command) {
  IdKey key;
  const std::uint64_t hash = command.body->Hash();
  if (!command.id.empty()) {
    const std::optional<Time> created = UuidTime(command.id);
    if (!created) return Refuse(command, Verdict::kInvalid, "COMMAND_ID_MALFORMED"), true;
    key = MakeIdKey(command.envelope.caller, command.id, *created);
    if (AnswerRepeat(command, key, hash)) return true;
    if (ids_.TooOld(key, *created)) {
      return Refuse(command, Verdict::kInvalid, "COMMAND_TOO_OLD"), true;
    }
    if (*created > now_ + options_.id_future_max) {
      return Refuse(command, Verdict::kInvalid, "COMMAND_FROM_FUTURE"), true;
    }
  }
  if (command.expires_at && now_ > *command.expires_at) {
    return Refuse(command, Verdict::kInvalid, "COMMAND_EXPIRED"), true;
  }
  Decided decided = command.body->Decide(parts_.model, now_);
  // A row that could not be read looks absent: what was decided on it must not get out.
  if (!parts_.store.healthy()) {
    AnswerNow(command, Verdict::kStopped, "STORE_FAILED");
    return false;
  }
  if (decided.refusal) {
    if (!command.id.empty()) {
      remembered_[key] = {.until = steady_ + options_.refusal_memory,
                          .command_hash = hash,
                          .refusal = *decided.refusal,
                          .term = owned_term_,
                          .needs = log_.issued_seq() + 1};
      remembered_order_.emplace_back(steady_ + options_.refusal_memory, key);
    }
    return Refuse(command, Verdict::kRefused, "", std::move(*decided.refusal)), true;
  }
  if (!decided.fact) {
    // Answered like a refusal: "it already is so" rests on state, too.
    if (command.reply) {
      ParkBehindNext({.outcome = MakeOutcome(Verdict::kNothingToDo),
                      .deadline = command.deadline,
                      .reply = std::move(command.reply)});
    }
    return true;
  }
  return AppendFact(command, key, hash, std::move(decided.fact));
}

// Looked up immediately before each decide: two copies may be in one turn.
bool Shard::AnswerRepeat(Command& command, const IdKey& key, std::uint64_t hash) {
  const auto known = ids_.Find(key);
  const bool overlooked =
      mistakes_.look_up_once_a_turn && known && known->in_flight && known->seq >= turn_first_seq_;
  if (known && !overlooked) {
    ++duplicates_;
    if (known->command_hash != hash) {
      Parked parked{.needs = known->in_flight ? known->seq : 0,
                    .outcome = MakeOutcome(Verdict::kInvalid),
                    .deadline = command.deadline,
                    .reply = std::move(command.reply)};
      parked.outcome.reason = "COMMAND_ID_REUSED";
      Park(std::move(parked));
    } else if (known->in_flight) {
      Parked parked{.needs = known->seq,
                    .outcome = MakeOutcome(Verdict::kAccepted),
                    .event = in_flight_[known->seq - first_in_flight_].event,
                    .deadline = command.deadline,
                    .reply = std::move(command.reply)};
      parked.outcome.duplicate = true;
      Park(std::move(parked));
    } else {
      AnswerFromLog(known->offset, command);
    }
    return true;
  }
  const auto refused = remembered_.find(key);
  if (refused == remembered_.end() || refused->second.command_hash != hash) return false;
  ++duplicates_;
  Refuse(command, Verdict::kRefused, "", refused->second.refusal, true);
  return true;
}

// The event of an accepted command whose record is confirmed: from memory, or read again.
void Shard::AnswerFromLog(Offset offset, Command& command) {
  if (!command.reply) return;
  const auto found =
      std::lower_bound(recent_.begin(), recent_.end(), offset,
                       [](const SharedEvent& event, Offset at) { return event->offset < at; });
  if (found == recent_.end() || (*found)->offset != offset) {
    fetching_.push_back({offset, command.deadline, std::move(command.reply)});
    return parts_.journal.Fetch(options_.shard, offset);
  }
  Parked parked{.outcome = MakeOutcome(Verdict::kAccepted),
                .event = *found,
                .reply = std::move(command.reply)};
  parked.outcome.duplicate = true;
  Answer(parked, Verdict::kAccepted);
}

bool Shard::AppendFact(Command& command, const IdKey& key, std::uint64_t hash,
                       std::unique_ptr<const Fact> fact) {
  EncodedFact encoded = parts_.model.Encode(*fact, command.envelope);
  journal::Record record;
  record.fence.command_hash = hash;
  record.type = std::move(encoded.type);
  record.key = std::move(encoded.key);
  record.value = std::move(encoded.value);
  record.id = command.id.empty() ? MakeUuid(now_, hash, log_.issued_seq()) : command.id;
  record.stamp = now_;
  const absl::Status appended = log_.Append(record);
  if (absl::IsInvalidArgument(appended)) {
    return Refuse(command, Verdict::kInvalid, "EVENT_TOO_LARGE"), true;
  }
  if (!appended.ok()) {
    if (mistakes_.consume_seq_on_local_error) in_flight_.emplace_back();
    AnswerNow(command, Verdict::kOverloaded, "JOURNAL_FULL");
    next_wake_ = std::min(next_wake_, steady_ + Duration{1});
    return false;
  }
  const std::uint64_t seq = record.fence.seq;
  parts_.store.Speculate(seq);
  parts_.model.Evolve(*fact);
  auto event = std::make_shared<Event>();
  event->fact = std::move(fact);
  event->envelope = std::move(command.envelope);
  event->command_id = std::move(record.id);
  event->id_key = key;
  event->has_id = !command.id.empty() && !mistakes_.forget_ids;
  event->command_hash = hash;
  event->stamp = now_;
  if (event->has_id) ids_.BeginFlight(key, seq, hash);
  in_flight_.push_back({.event = event, .stamp = now_});
  if (!command.reply) return true;
  Park({.needs = seq,
        .outcome = MakeOutcome(Verdict::kAccepted),
        .event = std::move(event),
        .deadline = command.deadline,
        .reply = std::move(command.reply)});
  return true;
}

// A "no" rests on state that may be speculation, or a deposed owner's: it waits for a record
// appended after it (protocol.md 3.2).
void Shard::Refuse(Command& command, Verdict verdict, std::string reason, Refusal refusal,
                   bool repeated) {
  ++refusals_;
  if (!command.reply) return;
  Parked parked{.outcome = MakeOutcome(verdict),
                .deadline = command.deadline,
                .reply = std::move(command.reply)};
  parked.outcome.reason = std::move(reason);
  parked.outcome.refusal = std::move(refusal);
  parked.outcome.duplicate = repeated;
  ParkBehindNext(std::move(parked));
}

void Shard::AnswerNow(Command& command, Verdict verdict, std::string reason) {
  if (!command.reply) return;
  Outcome outcome = MakeOutcome(verdict);
  outcome.reason = std::move(reason);
  command.reply(parts_.model, outcome);
}

void Shard::ParkBehindNext(Parked parked) {
  const bool planted = mistakes_.refusals_wait_for_issued ||
                       (mistakes_.barrier_when_idle_only && log_.in_flight() > 0);
  parked.needs = log_.issued_seq() + (planted ? 0 : 1);
  Park(std::move(parked));
}

// Answers keep their order: none overtakes one that waits.
void Shard::Park(Parked parked) {
  if (mistakes_.answer_before_acknowledgement) return Answer(parked, parked.outcome.verdict);
  if (!parked_.empty()) {
    parked.needs = std::max(parked.needs, parked_.back().needs);
  } else if (parked.needs < first_in_flight_) {
    return Answer(parked, parked.outcome.verdict);
  }
  parked_.push_back(std::move(parked));
}

void Shard::DecideReads() {
  while (!reads_.empty()) {
    Parked parked{.outcome = MakeOutcome(Verdict::kNothingToDo),
                  .deadline = reads_.front().deadline};
    parked.read = std::move(reads_.front().reply);
    reads_.pop_front();
    ParkBehindNext(std::move(parked));
  }
}

void Shard::AppendNoted() {
  if (!hash_to_announce_ || log_.in_flight() >= options_.in_flight_max) return;
  const std::string value = StateHashValue(*hash_to_announce_);
  if (AppendControlRecord(journal::Kind::kStateHash, value).ok()) hash_to_announce_.reset();
}

// One barrier serves all who wait for a record after the last one issued.
void Shard::AppendBarrier() {
  const bool awaited = !parked_.empty() && parked_.back().needs > log_.issued_seq();
  if (!awaited) return;
  if (steady_ - last_barrier_ < options_.barrier_interval && last_barrier_ != Time{}) {
    next_wake_ = std::min(next_wake_, last_barrier_ + options_.barrier_interval);
    return;
  }
  if (!AppendControlRecord(journal::Kind::kBarrier, BarrierValue()).ok()) {
    next_wake_ = std::min(next_wake_, steady_ + options_.barrier_interval);
    return;
  }
  ++barriers_;
  last_barrier_ = steady_;
}

void Shard::ForgetOldRefusals() {
  while (!remembered_order_.empty() && (remembered_order_.front().first <= steady_ ||
                                        remembered_order_.size() > options_.refusals_max)) {
    const auto& [until, key] = remembered_order_.front();
    const auto found = remembered_.find(key);
    if (found != remembered_.end() && found->second.until <= until) remembered_.erase(found);
    remembered_order_.pop_front();
  }
}

}  // namespace omo::shard
