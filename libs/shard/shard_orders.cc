// Shard, operators' orders: features, skips, its time moved back, the end of its log.
#include <algorithm>
#include <utility>

#include "libs/shard/shard.h"

namespace omo::shard {
namespace {

constexpr Duration kSkipPatience{10'000};

}  // namespace

void Shard::AppendControl(journal::Kind kind, std::string value, ControlReply reply) {
  const absl::Status appended = log_.owning()
                                    ? AppendControlRecord(kind, std::move(value))
                                    : absl::FailedPreconditionError("the shard is not owned");
  if (!appended.ok()) {
    Outcome outcome = MakeOutcome(log_.owning() ? Verdict::kOverloaded : Verdict::kNotOwner);
    outcome.reason = std::string(appended.message());
    return reply(outcome);
  }
  ParkControl(std::move(reply));
}

void Shard::ParkControl(ControlReply reply) {
  Park({.needs = log_.issued_seq(),
        .outcome = MakeOutcome(Verdict::kAccepted),
        .reply = [reply = std::move(reply)](Model&, const Outcome& outcome) mutable {
          reply(outcome);
        }});
}

absl::Status Shard::AppendControlRecord(journal::Kind kind, std::string value) {
  journal::Record record;
  record.type = journal::TypeOf(kind);
  record.value = std::move(value);
  record.stamp = Stamp();
  if (absl::Status appended = log_.Append(record); !appended.ok()) {
    if (mistakes_.consume_seq_on_local_error) in_flight_.emplace_back();
    return appended;
  }
  in_flight_.push_back({.kind = kind, .control = std::move(record.value), .stamp = record.stamp});
  return absl::OkStatus();
}

void Shard::EnableFeature(const FeatureNote& feature, ControlReply reply) {
  const auto known = features_.find(feature.name);
  if (log_.owning() && known != features_.end() && feature.level <= known->second) {
    return reply(MakeOutcome(Verdict::kNothingToDo));
  }
  if (feature.level > options_.claimer.feature_level) {
    Outcome outcome = MakeOutcome(Verdict::kInvalid);
    outcome.reason = "FEATURE_UNKNOWN";
    return reply(outcome);
  }
  AppendControl(journal::Kind::kFeatureEnabled, FeatureEnabledValue(feature), std::move(reply));
}

void Shard::AppendSkip(const SkipNote& skip, const std::string& decided_by,
                       const std::string& reason, ControlReply reply) {
  AnswerSkip();  // Whoever asked before: this takes its place.
  const absl::Status begun = log_.SkipPoison(
      skip, ClaimValue(options_.claimer), SkipValue(skip.offset, skip.checksum, decided_by, reason),
      std::max(Stamp(), wall_));
  if (!begun.ok()) {
    Outcome outcome = MakeOutcome(Verdict::kInvalid);
    outcome.reason = "NOT_STOPPED_THERE";
    return reply(outcome);
  }
  skip_reply_ = std::move(reply);
  skip_deadline_ = steady_ + kSkipPatience;
}

// A poison's skip is in force, or will not be, or nobody waits for it any longer.
void Shard::AnswerSkip() {
  if (!skip_reply_) return;
  Outcome outcome = MakeOutcome(log_.skipping() ? Verdict::kUnknown : Verdict::kAccepted);
  if (!log_.skipping() && log_.poison()) {
    outcome.verdict = Verdict::kInvalid;
    outcome.reason = "EVENT_TOO_LARGE";
  }
  std::exchange(skip_reply_, nullptr)(outcome);
}

void Shard::TakeClockTime(const std::string& decided_by, const std::string& reason,
                          ControlReply reply) {
  if (!log_.owning() || releasing_) return reply(MakeOutcome(Verdict::kNotOwner));
  if (now_ <= wall_) {
    Outcome outcome = MakeOutcome(Verdict::kInvalid);
    outcome.reason = "TIME_NOT_AHEAD";
    return reply(outcome);
  }
  const std::uint64_t before = std::exchange(set_time_seq_, log_.issued_seq() + 1);
  AppendControl(journal::Kind::kSetTime, SetTimeValue(wall_, decided_by, reason), std::move(reply));
  if (log_.issued_seq() < set_time_seq_) set_time_seq_ = before;  // The journal is full.
}

// The log takes no record with the shard's time. Our own clock alone cannot tell: it may be the one
// that is wrong.
bool Shard::OutOfReach() const { return stamp_refused_ && now_ > wall_; }

// No event overtakes the record that moves the time: its stamp would bring the old one back.
bool Shard::AwaitsItsTime() const { return OutOfReach() || log_.confirmed_seq() < set_time_seq_; }

// Of a record that is no event: what the log takes, and what brings no later time back.
Time Shard::Stamp() const { return AwaitsItsTime() ? wall_ : now_; }

void Shard::Seal(const std::string& next_topic, ControlReply reply) {
  if (!log_.owning() || releasing_) return reply(MakeOutcome(Verdict::kNotOwner));
  EndTermWith(
      {.kind = journal::Kind::kSeal, .value = SealValue(next_topic), .reply = std::move(reply)});
}

// The term ended otherwise.
void Shard::DropLastRecord() {
  releasing_ = release_appended_ = false;
  if (ControlReply reply = std::exchange(last_record_.reply, nullptr)) {
    reply(MakeOutcome(Verdict::kNotOwner));
  }
}

}  // namespace omo::shard
