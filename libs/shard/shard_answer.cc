// Shard, the answering half: what the log confirmed becomes state, then answers.
#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/core/uuid.h"
#include "libs/shard/shard.h"

namespace omo::shard {
namespace {

constexpr std::uint64_t kHashEvery = 4'096;  // Protocol.md 3.6.
constexpr std::size_t kHashNotesMax = 16;
constexpr Duration kBetweenSweeps{50};  // How late a deadline may be told.

}  // namespace

void Shard::OnConfirmed(std::uint64_t, Offset offset) {
  if (confirmed_waiting_ == in_flight_.size()) return;  // Only after a planted mistake.
  in_flight_[confirmed_waiting_].offset = offset;
  ++confirmed_waiting_;
}

// Followed records change confirmed rows at once; the section they need stays open up to EndNews.
absl::Status Shard::OnRead(Offset offset, const journal::Record& record, journal::Kind kind) {
  ApplyConfirmed();
  std::optional<DecodedFact> decoded;
  if (kind == journal::Kind::kEvent) {
    auto made = parts_.model.Decode(record);
    if (!made.ok()) return made.status();
    decoded = std::move(*made);
  }
  if (!section_) {
    section_.emplace(parts_.store);
    section_->Direct();
  }
  now_ = std::max(now_, record.stamp);
  confirmed_stamp_ = std::max(confirmed_stamp_, record.stamp);
  confirmed_next_ = offset + 1;
  if (decoded) {
    ApplyRead(offset, record, *decoded);
  } else {
    ApplyControl(kind, record.value);
  }
  NoteHash(offset, record.fence.seq);
  return absl::OkStatus();
}

void Shard::ApplyRead(Offset offset, const journal::Record& record, const DecodedFact& decoded) {
  parts_.model.Evolve(*decoded.fact);
  parts_.model.Project(
      *decoded.fact,
      {{confirmed_log_id_, options_.shard, offset}, record.stamp, record.id, &decoded.envelope});
  ++events_;
  const std::string& caller = decoded.envelope.caller;
  if (caller == kTimerCaller) return;
  if (const auto created = UuidTime(record.id)) {
    KeepId(MakeIdKey(caller, record.id, *created), offset, record.fence.command_hash, record.stamp);
  }
}

void Shard::KeepId(const IdKey& key, Offset offset, std::uint64_t command_hash, Time stamp) {
  ids_.Confirm(key, offset, command_hash, stamp);
  if (ids_.TakeFloorMoved()) parts_.erase_ids_before(ids_.floor_key());
}

// Rows of confirmed records become confirmed, in one section for many.
void Shard::ApplyConfirmed() {
  if (confirmed_waiting_ == 0) return;
  section_.reset();
  while (confirmed_waiting_ > 0) {
    if (!section_) section_.emplace(parts_.store);
    ApplyOne(in_flight_.front(), first_in_flight_);
    in_flight_.pop_front();
    ++first_in_flight_;
    --confirmed_waiting_;
  }
  section_.reset();
}

void Shard::ApplyOne(InFlight& record, std::uint64_t seq) {
  section_->Promote(seq);
  confirmed_stamp_ = std::max(confirmed_stamp_, record.stamp);
  confirmed_next_ = record.offset + 1;
  if (record.event != nullptr) {
    Event& event = *record.event;
    event.offset = record.offset;
    parts_.model.Project(*event.fact, {{confirmed_log_id_, options_.shard, event.offset},
                                       event.stamp,
                                       event.command_id,
                                       &event.envelope});
    event.envelope = {};
    if (event.has_id) KeepId(event.id_key, event.offset, event.command_hash, event.stamp);
    recent_.push_back(std::move(record.event));
    if (recent_.size() > options_.recent_facts_max) recent_.pop_front();
    ++events_;
  } else {
    ApplyControl(record.kind, record.control);
  }
  NoteHash(record.offset, seq);
}

void Shard::ApplyControl(journal::Kind kind, const std::string& value) {
  switch (kind) {
    case journal::Kind::kRelease:
      policy_.SawRelease(ReadRelease(value).value_or(""));
      break;
    case journal::Kind::kSeal:
      policy_.SawRelease("");
      break;
    case journal::Kind::kStateHash:
      if (const auto note = ReadStateHash(value)) CompareHash(*note);
      break;
    case journal::Kind::kSetTime:
      if (const auto time = ReadSetTime(value)) {
        now_ = confirmed_stamp_ = *time;
        ids_.TimeMovedBack(*time, options_.id_future_max);
      }
      break;
    case journal::Kind::kFeatureEnabled:
      if (const auto feature = ReadFeatureEnabled(value)) {
        std::int32_t& level = features_[feature->name];
        level = std::max(level, feature->level);
        parts_.model.OnFeature(feature->name, level);
      }
      break;
    default:
      break;
  }
}

// The state's hash behind every record whose seq is a multiple of 4,096, claims included: what the
// owner announces and every reader of the same schema compares its own with.
void Shard::NoteHash(Offset offset, std::uint64_t seq) {
  if (seq % kHashEvery != 0) return;
  section_.reset();
  const StateHashNote note{options_.schema, offset, parts_.store.StateHash()};
  hash_notes_.push_back(note);
  if (hash_notes_.size() > kHashNotesMax) hash_notes_.pop_front();
  if (log_.term() != 0) hash_to_announce_ = note;
}

void Shard::CompareHash(const StateHashNote& note) {
  if (note.schema != options_.schema || !log_.ComparableAt(note.offset)) return;
  for (const StateHashNote& own : hash_notes_) {
    if (own.offset != note.offset) continue;
    if (own.hash != note.hash) return OnRebuildNeeded();
    if (log_.term() == 0) hash_agreed_at_ = note.offset;  // With another than ourselves.
  }
}

void Shard::ApplyNews() {
  ApplyConfirmed();
  section_.reset();
}

void Shard::EndNews() {
  ApplyNews();
  if (log_.term() != 0) ReleaseParked(log_.confirmed_seq());
  AnswerWaitingReads();
  if (skip_reply_ && !log_.skipping()) AnswerSkip();
  if (release_appended_ && log_.owning() && log_.confirmed_seq() >= release_seq_ &&
      log_.in_flight() == 0) {
    log_.EndTerm();
  }
}

void Shard::ReleaseParked(std::uint64_t through_seq) {
  while (!parked_.empty() && parked_.front().needs <= through_seq) {
    Parked parked = std::move(parked_.front());
    parked_.pop_front();
    Answer(parked, parked.outcome.verdict);
  }
}

void Shard::Answer(Parked& parked, Verdict verdict) {
  if (parked.read) return parked.read(verdict, MakeOutcome(verdict));
  if (!parked.reply) return;
  if (verdict != parked.outcome.verdict) {
    Outcome outcome = MakeOutcome(verdict);
    if (verdict == Verdict::kNotRecorded) outcome.reason = "NOT_RECORDED";
    if (verdict == Verdict::kUnknown) outcome.reason = "OUTCOME_UNKNOWN";
    return parked.reply(parts_.model, outcome);
  }
  parked.outcome.position = confirmed();
  if (parked.event != nullptr) {
    parked.outcome.fact = parked.event->fact.get();
    parked.outcome.position.offset = parked.event->offset;
    parked.outcome.stamp = parked.event->stamp;
  }
  parked.reply(parts_.model, parked.outcome);
}

// A higher claim is in the log: what it did not confirm never will be.
void Shard::OnSettled() {
  ApplyConfirmed();
  section_.reset();  // Answers read.
  ReleaseParked(first_in_flight_ - 1);
  in_flight_.clear();
  parts_.store.DropSpeculation();
  parts_.model.Reload();
  ids_.DropFlight();
  hash_to_announce_.reset();
  // Refusals that rested on what became void were never answered, and are not remembered.
  absl::erase_if(remembered_, [&](const auto& each) {
    return each.second.term == owned_term_ && each.second.needs >= first_in_flight_;
  });
  std::deque<Parked> void_answers = std::move(parked_);
  parked_.clear();
  for (Parked& parked : void_answers) Answer(parked, Verdict::kNotRecorded);
}

void Shard::OnClaim(const journal::Record& record) {
  ApplyConfirmed();
  section_.reset();
  if (const auto claimer = ReadClaim(record.value)) policy_.SawClaim(*claimer);
  now_ = std::max(now_, record.stamp);
  {
    const store::Store::WriteSection section(parts_.store);
    if (record.fence.term == 1) confirmed_log_id_ = record.fence.nonce;
    confirmed_stamp_ = std::max(confirmed_stamp_, record.stamp);
    confirmed_next_ = log_.reader().next_offset;
  }
  NoteHash(confirmed_next_ - 1, 0);
}

void Shard::OnOwned() {
  suspect_ = false;
  if (owned_term_ == log_.term()) return;  // A jump was read through: the same term goes on.
  owned_term_ = log_.term();
  first_in_flight_ = 1;
  DropLastRecord();
  set_time_seq_ = 0;
  policy_.Won(steady_);
  hash_to_announce_ = hash_notes_.empty() ? std::nullopt : std::optional(hash_notes_.back());
  next_wake_ = steady_;
  parts_.listener.OnOwned(options_.shard, confirmed_log_id_, owned_term_);
  if (!policy_.assigned() || !KnowsItsFeatures()) BeginRelease("");
}

void Shard::OnNotOwning(bool suspect) {
  suspect_ = suspect;
  if (suspect) return;
  policy_.Lost(steady_);
  const std::uint64_t term = std::exchange(owned_term_, 0);
  DropLastRecord();
  AnswerAllQueued(Verdict::kNotOwner);
  if (term != 0) parts_.listener.OnReleased(options_.shard, confirmed_log_id_, term);
}

void Shard::AnswerAllQueued(Verdict verdict) {
  while (const std::unique_ptr<Command> command = queue_.Take(true)) {
    AnswerNow(*command, verdict, verdict == Verdict::kNotOwner ? "NOT_OWNER" : "");
  }
  while (!reads_.empty()) {
    Read read = std::move(reads_.front());
    reads_.pop_front();
    read.reply(verdict, MakeOutcome(verdict));
  }
}

// A repeat's answer: its event, or, where that cannot be had, that nobody knows.
void Shard::AnswerFetched(Fetching& waiting, const absl::StatusOr<DecodedFact>& decoded,
                          Time stamp) {
  Outcome outcome = MakeOutcome(decoded.ok() ? Verdict::kAccepted : Verdict::kUnknown);
  if (decoded.ok()) {
    outcome.fact = decoded->fact.get();
    outcome.position.offset = waiting.offset;
    outcome.stamp = stamp;
    outcome.duplicate = true;
  } else {
    outcome.reason = "OUTCOME_UNKNOWN";
  }
  waiting.reply(parts_.model, outcome);
}

// What nobody will fetch or read any more.
void Shard::AnswerAllFetching() {
  for (Fetching& waiting : std::exchange(fetching_, {})) {
    AnswerFetched(waiting, absl::CancelledError("stopped"), {});
  }
  for (Read& read : std::exchange(position_reads_, {})) {
    read.reply(StoppedVerdict(), MakeOutcome(StoppedVerdict()));
  }
}

void Shard::OnStopped(const absl::Status& why) {
  ApplyConfirmed();
  section_.reset();
  AnswerAllQueued(StoppedVerdict());
  AnswerAllFetching();
  DropLastRecord();
  std::deque<Parked> unknown = std::move(parked_);
  parked_.clear();
  for (Parked& parked : unknown) Answer(parked, Verdict::kUnknown);
  suspect_ = false;
  if (owned_term_ != 0) parts_.listener.OnReleased(options_.shard, confirmed_log_id_, owned_term_);
  owned_term_ = 0;
  parts_.listener.OnStopped(options_.shard, why);
}

void Shard::OnRebuildNeeded() { parts_.listener.OnRebuildNeeded(options_.shard); }

void Shard::OnFetched(Offset offset, const absl::Status& status, const journal::Record& record) {
  const auto others = std::partition(fetching_.begin(), fetching_.end(),
                                     [&](const Fetching& each) { return each.offset != offset; });
  if (others == fetching_.end()) return;
  // Kafka does not answer just now: that is no answer to who can wait.
  if (absl::IsUnavailable(status)) return parts_.journal.Fetch(options_.shard, offset);
  std::vector<Fetching> answered(std::make_move_iterator(others),
                                 std::make_move_iterator(fetching_.end()));
  fetching_.erase(others, fetching_.end());
  const auto decoded =
      status.ok() ? parts_.model.Decode(record) : absl::StatusOr<DecodedFact>(status);
  for (Fetching& waiting : answered) AnswerFetched(waiting, decoded, record.stamp);
}

void Shard::AnswerWaitingReads() {
  const auto ready =
      std::stable_partition(position_reads_.begin(), position_reads_.end(), [&](const Read& read) {
        const Position& wanted = *read.min_position;
        const bool other_log = confirmed_log_id_ != 0 && wanted.log_id != confirmed_log_id_;
        return !other_log && wanted.offset >= confirmed_next_;
      });
  std::vector<Read> reads(std::make_move_iterator(ready),
                          std::make_move_iterator(position_reads_.end()));
  position_reads_.erase(ready, position_reads_.end());
  for (Read& read : reads) SubmitRead(std::move(read));
}

// While an outcome cannot be known, callers are told so at their deadline, never "failed".
void Shard::SweepDeadlines() {
  const auto over = [this](const std::optional<Time>& deadline) {
    return deadline && *deadline <= steady_;
  };
  const Time until = steady_ + options_.position_wait_max;
  std::erase_if(position_reads_, [&](Read& read) {
    if (!over(read.deadline)) {
      read.deadline = std::min(read.deadline.value_or(until), until);
      next_wake_ = std::min(next_wake_, *read.deadline);
      return false;
    }
    read.reply(Verdict::kUnknown, MakeOutcome(Verdict::kUnknown));
    return true;
  });
  if (parked_.empty() && queue_.empty() && fetching_.empty() && !skip_reply_) return;
  if (steady_ < next_sweep_) {
    next_wake_ = std::min(next_wake_, next_sweep_);
    return;
  }
  next_sweep_ = steady_ + kBetweenSweeps;
  next_wake_ = std::min(next_wake_, next_sweep_);
  for (Parked& parked : parked_) {
    if (!over(parked.deadline)) continue;
    Answer(parked, Verdict::kUnknown);
    parked.reply = nullptr;
    parked.read = nullptr;
    parked.deadline.reset();
  }
  queue_.EraseIf([&](Command& command) {
    if (!over(command.deadline)) return false;
    AnswerNow(command, Verdict::kUnknown, "OUTCOME_UNKNOWN");
    return true;
  });
  std::erase_if(fetching_, [&](Fetching& waiting) {
    if (!over(waiting.deadline)) return false;
    AnswerFetched(waiting, absl::DeadlineExceededError("not fetched by now"), {});
    return true;
  });
  if (skip_reply_ && steady_ >= skip_deadline_) AnswerSkip();
}

}  // namespace omo::shard
