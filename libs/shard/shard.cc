#include "libs/shard/shard.h"

#include <algorithm>
#include <utility>

#include "libs/shard/stored_position.h"

namespace omo::shard {
namespace {

constexpr Duration kTruncationPatience{
    30'000};  // A lagging broker's log may end below for a while.

const char* StateName(ShardLog::State state) {
  switch (state) {
    case ShardLog::State::kFollowing:
      return "following";
    case ShardLog::State::kClaiming:
      return "claiming";
    case ShardLog::State::kReadingClaim:
      return "reading its claim";
    case ShardLog::State::kOwning:
      return "owning";
    case ShardLog::State::kReadingJump:
      return "reading a jump";
    case ShardLog::State::kSuspect:
      return "suspect";
    case ShardLog::State::kStopped:
      return "stopped";
  }
  return "";
}

}  // namespace

Shard::Shard(ShardOptions options, Parts parts, PlantedMistakes mistakes)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      mistakes_(mistakes),
      log_(options_.shard, parts_.journal, *this, parts_.nonce, mistakes),
      policy_(options_.claimer.instance, options_.claimer.group),
      ids_(parts_.ids, options_.id_window) {}

absl::Status Shard::Start(std::set<SkipNote> skipped) {
  const std::string bytes = parts_.store.stored_position();
  const auto read = ReadStoredPosition(bytes);
  if (!read) return absl::DataLossError("the store's position row cannot be read");
  const StoredPosition& stored = *read;
  if (!bytes.empty()) {
    ids_.Restore(stored.id_floor_hour, stored.ids_unknown_before);
    for (const FeatureNote& feature : stored.features) features_[feature.name] = feature.level;
    for (const auto& [name, level] : features_) parts_.model.OnFeature(name, level);
    if (stored.claimer) policy_.SawClaim(*stored.claimer);
    if (stored.released) policy_.SawRelease("");
  }
  now_ = confirmed_stamp_ = stored.now;
  confirmed_next_ = stored.reader.next_offset;
  confirmed_log_id_ = stored.reader.log_id;
  parts_.model.Reload();
  log_.Start(stored.reader, std::move(skipped));
  return absl::OkStatus();
}

void Shard::Stop(const absl::Status& why) {
  log_.Stop(why);
  AnswerSkip();
}

void Shard::StorePosition() {
  StoredPosition stored{.reader = log_.applied(),
                        .now = confirmed_stamp_,
                        .id_floor_hour = ids_.floor_hour(),
                        .ids_unknown_before = ids_.unknown_before(),
                        .claimer = policy_.current(),
                        .released = policy_.released()};
  for (const auto& [name, level] : features_) stored.features.push_back({name, level});
  std::string bytes;
  WriteFields(bytes, stored);
  store::Store::WriteSection section(parts_.store);
  section.SetPosition(std::move(bytes));
}

Position Shard::confirmed() const {
  return {.log_id = confirmed_log_id_, .shard = options_.shard, .offset = confirmed_next_ - 1};
}

void Shard::Submit(std::unique_ptr<Command> command) {
  if (log_.state() == ShardLog::State::kStopped) {
    return AnswerNow(*command, StoppedVerdict(), std::string(log_.stop_reason().message()));
  }
  // Timers leave no id behind, and readers know them by this name alone.
  if (command->envelope.caller == kTimerCaller && !command->id.empty()) {
    return AnswerNow(*command, Verdict::kInvalid, "CALLER_RESERVED");
  }
  const bool may_decide = log_.owning() || suspect_;
  if (!may_decide || releasing_) return AnswerNow(*command, Verdict::kNotOwner, "NOT_OWNER");
  // An owner has read all that was ever answered from its log: only another log is ahead of it.
  if (command->min_position && command->min_position->log_id != confirmed_log_id_) {
    return AnswerNow(*command, Verdict::kInvalid, "POSITION_OF_ANOTHER_LOG");
  }
  if (queue_.Like(*command) >= options_.queue_max) {
    return AnswerNow(*command, Verdict::kOverloaded, "QUEUE_FULL");
  }
  queue_.Push(std::move(command));
  next_wake_ = steady_;
}

void Shard::SubmitRead(Read read) {
  if (log_.state() == ShardLog::State::kStopped) {
    return read.reply(StoppedVerdict(), MakeOutcome(StoppedVerdict()));
  }
  const Outcome outcome = MakeOutcome(Verdict::kNothingToDo);
  if (reads_.size() + position_reads_.size() >= options_.queue_max) {
    return read.reply(Verdict::kOverloaded, MakeOutcome(Verdict::kOverloaded));
  }
  const bool other_log =
      read.min_position && read.min_position->log_id != confirmed_log_id_ && confirmed_log_id_ != 0;
  if (other_log) {
    Outcome invalid = MakeOutcome(Verdict::kInvalid);
    invalid.reason = "POSITION_OF_ANOTHER_LOG";
    return read.reply(Verdict::kInvalid, invalid);
  }
  if (read.min_position && read.min_position->offset >= confirmed_next_) {
    position_reads_.push_back(std::move(read));
    next_wake_ = steady_;
    return;
  }
  if (!read.linearizable) return read.reply(Verdict::kNothingToDo, outcome);
  if (!(log_.owning() || suspect_) || releasing_) {
    return read.reply(Verdict::kNotOwner, MakeOutcome(Verdict::kNotOwner));
  }
  reads_.push_back(std::move(read));
  next_wake_ = steady_;
}

void Shard::Turn(Time wall, Time steady) {
  const Duration jump = (wall - wall_) - (steady - steady_);
  if (jump > std::chrono::hours{1} && wall_ != Time{}) slow_timers_until_ = wall;
  wall_ = wall;
  steady_ = steady;
  next_wake_ = Time::max();
  bulk_taken_ = 0;
  decides_ = false;
  if (log_.ends_below_position()) {
    if (ends_below_since_ == Time{}) ends_below_since_ = steady;
    if (steady - ends_below_since_ >= kTruncationPatience) {
      log_.Stop(absl::DataLossError("the log ends below the stored position: it was truncated"));
    }
    next_wake_ = std::min(next_wake_, ends_below_since_ + kTruncationPatience);
  } else {
    ends_below_since_ = {};
  }
  if (!log_.owning()) {
    TryClaim();
    SweepDeadlines();
    return;
  }
  now_ = std::max(now_, wall_);
  stamp_refused_ = OutOfReach();
  if (AwaitsItsTime()) {
    AppendRelease();
    return SweepDeadlines();
  }
  ForgetOldRefusals();
  turn_first_seq_ = log_.issued_seq() + 1;
  if (!releasing_) {
    if (mistakes_.timers_after_commands) DecideCommands();
    if (DecideTimers()) DecideCommands();
  }
  DecideReads();
  AppendNoted();
  AppendBarrier();
  AppendRelease();
  SweepDeadlines();
}

void Shard::TryClaim() {
  if (log_.state() == ShardLog::State::kStopped) return;
  if (log_.at_end() && policy_.assigned() && policy_.ForeignGroup()) {
    return log_.Stop(absl::FailedPreconditionError("two deployments on one journal: the group " +
                                                   policy_.current()->group + " claims it, too"));
  }
  const bool suspect = log_.state() == ShardLog::State::kSuspect;
  if (!suspect && !KnowsItsFeatures()) return;
  if (log_.at_end() && policy_.MustAskOwner()) {
    policy_.AskedOwner(steady_ + options_.hand_over_patience);
    parts_.listener.OnHandOverWanted(options_.shard, *policy_.current());
  }
  if (!policy_.MayClaim(suspect, steady_)) {
    const Time next = policy_.NextClaim();
    if (next > steady_) next_wake_ = std::min(next_wake_, next);
    return;
  }
  Claimer claimer = options_.claimer;
  claimer.generation = policy_.generation();
  now_ = std::max(now_, wall_);
  log_.Claim(ClaimValue(claimer), Stamp());
  next_wake_ = std::min(next_wake_, steady_ + Duration{50});
}

void Shard::BeginRelease(const std::string& successor) {
  if (releasing_) return;
  if (log_.state() == ShardLog::State::kFollowing) return;
  EndTermWith({.kind = journal::Kind::kRelease, .value = ReleaseValue(successor)});
}

void Shard::EndTermWith(LastRecord last) {
  releasing_ = true;
  release_appended_ = false;
  last_record_ = std::move(last);
  while (const std::unique_ptr<Command> command = queue_.Take(true)) {
    AnswerNow(*command, Verdict::kNotOwner, "NOT_OWNER");
  }
}

void Shard::AppendRelease() {
  if (!releasing_ || release_appended_ || !log_.owning()) return;
  if (!AppendControlRecord(last_record_.kind, last_record_.value).ok()) return;
  release_appended_ = true;
  release_seq_ = log_.issued_seq();
  if (last_record_.reply) ParkControl(std::exchange(last_record_.reply, nullptr));
}

bool Shard::KnowsItsFeatures() const {
  return std::all_of(features_.begin(), features_.end(), [&](const auto& feature) {
    return feature.second <= options_.claimer.feature_level;
  });
}

// Stopped by ourselves, to be opened, made anew or ended: another instance may answer.
Verdict Shard::StoppedVerdict() const {
  return absl::IsCancelled(log_.stop_reason()) ? Verdict::kNotOwner : Verdict::kStopped;
}

Outcome Shard::MakeOutcome(Verdict verdict) const {
  Outcome outcome;
  outcome.verdict = verdict;
  outcome.position = confirmed();
  outcome.stamp = now_;
  if (verdict == Verdict::kNotOwner && policy_.current() && !policy_.released()) {
    const bool ourselves = policy_.current()->instance == options_.claimer.instance;
    if (!ourselves) outcome.owner_address = policy_.current()->address;
    outcome.owner_term = log_.reader().cursor.term;
  }
  if (verdict == Verdict::kOverloaded) outcome.retry_after = Duration{50};
  return outcome;
}

ShardStatus Shard::Status(bool with_state_hash) {
  ShardStatus status;
  status.shard = options_.shard;
  status.owned = log_.owning();
  status.state = StateName(log_.state());
  if (log_.owning() && OutOfReach()) status.state = "owning, its time is ahead of the clock";
  const bool too_old = log_.state() == ShardLog::State::kFollowing && !KnowsItsFeatures();
  if (too_old) status.state = "following, too old a release to own";
  status.log_id = confirmed_log_id_;
  status.term = log_.reader().cursor.term;
  status.next_offset = confirmed_next_;
  if (with_state_hash) status.state_hash = parts_.store.StateHash();
  status.queued = queue_.size();
  status.waiting_reads = position_reads_.size();
  status.in_flight = log_.in_flight();
  status.log = log_.counters();
  status.events = events_;
  status.refusals = refusals_;
  status.duplicates = duplicates_;
  status.barriers = barriers_;
  status.store = parts_.store.figures();
  status.stop_reason = std::string(log_.stop_reason().message());
  status.poison = log_.poison();
  for (const auto& [name, level] : features_) status.features.push_back({name, level});
  return status;
}

}  // namespace omo::shard
