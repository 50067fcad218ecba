#include "libs/shard/shard_log.h"

#include <algorithm>
#include <utility>

#include "libs/shard/control.h"

namespace omo::shard {

using journal::Kind;
using journal::Record;
using journal::Verdict;

ShardLog::ShardLog(ShardId shard, journal::Journal& journal, ShardLogEvents& events,
                   std::function<std::uint64_t()> nonce, PlantedMistakes mistakes)
    : shard_(shard),
      journal_(journal),
      events_(events),
      nonce_source_(std::move(nonce)),
      mistakes_(mistakes) {}

void ShardLog::Start(const ReaderState& from, std::set<SkipNote> skipped) {
  reader_ = from;
  skipped_ = std::move(skipped);
  checking_tail_ = from.next_offset > 0;
  at_end_ = false;
  journal_.Follow(shard_, from.next_offset - (checking_tail_ ? 1 : 0));
}

bool ShardLog::Claim(std::string value, Time now) {
  const bool free_to = state_ == State::kFollowing || state_ == State::kSuspect;
  if (!free_to || !at_end_ || checking_tail_ || poison_ || reader_.cursor.sealed) return false;
  Record record;
  record.fence = {.term = reader_.cursor.term + 1,
                  .nonce = nonce_source_(),
                  .seq = 0,
                  .previous_checksum = reader_.valid_checksum};
  record.type = journal::TypeOf(Kind::kClaim);
  record.value = std::move(value);
  record.stamp = now;
  if (!journal_.Append(shard_, record).ok()) return false;
  claim_term_ = record.fence.term;
  claim_nonce_ = record.fence.nonce;
  claim_checksum_ = journal::Checksum(record);
  claims_on_the_way_.insert(claim_nonce_);
  claim_read_at_.clear();
  target_ = kNoOffset;
  state_ = State::kClaiming;
  return true;
}

absl::Status ShardLog::Append(Record& record) {
  if (state_ != State::kOwning) return absl::FailedPreconditionError("the shard is not owned");
  record.fence.term = term_;
  record.fence.nonce = nonce_;
  record.fence.seq = issued_seq_ + 1;
  record.fence.previous_checksum = issued_checksum_;
  if (absl::Status taken = journal_.Append(shard_, record); !taken.ok()) {
    if (mistakes_.consume_seq_on_local_error) {
      ++issued_seq_;
      in_flight_.emplace_back();
    }
    return taken;
  }
  ++issued_seq_;
  issued_checksum_ = journal::Checksum(record);
  in_flight_.push_back(
      {.checksum = issued_checksum_, .seals = journal::KindOf(record.type) == Kind::kSeal});
  return absl::OkStatus();
}

void ShardLog::EndTerm() {
  if (state_ != State::kOwning || in_flight() > 0) return;
  term_ = 0;
  state_ = State::kFollowing;
  at_end_ = false;
  events_.OnNotOwning(false);
  journal_.Follow(shard_, reader_.next_offset);
}

void ShardLog::HigherTermSeen(std::uint64_t term) {
  if (term > reader_.cursor.term && (owning() || state_ == State::kReadingJump)) BecomeSuspect();
}

// --- what the producer reports -------------------------------------------------------------------

void ShardLog::OnReport(const journal::AppendReport& report) {
  if (skipping_ && report.nonce == skipping_->nonce) {
    if (!report.status.ok()) skipping_->nonce = 0;  // Again, behind a claim of its own.
    return;
  }
  if (absl::IsOutOfRange(report.status)) events_.OnStampRefused();
  if (report.seq == 0) return OnClaimReport(report);
  if (report.term == term_ && report.nonce == nonce_) OnOwnReport(report);
}

void ShardLog::OnClaimReport(const journal::AppendReport& report) {
  if (state_ != State::kClaiming || report.nonce != claim_nonce_) return;
  if (!report.status.ok() || report.offset == kNoOffset) {
    // Unknown: it may be in the log or come into it later, and is ours wherever it is read. The
    // next attempt reads first, and the rule makes one of the two void.
    state_ = term_ != 0 ? State::kSuspect : State::kFollowing;
    at_end_ = false;
    if (term_ == 0) events_.OnNotOwning(false);
    journal_.Follow(shard_, reader_.next_offset);
    return;
  }
  // Our reader may have been quicker than the report; then the claim is what it read there.
  const bool read_already = claim_read_at_.contains(report.offset);
  if (report.offset < reader_.next_offset && !read_already) {
    return Stop(absl::DataLossError("the log was truncated: a claim landed at offset " +
                                    std::to_string(report.offset) + ", already read"));
  }
  target_ = report.offset + 1;
  state_ = State::kReadingClaim;
  if (mistakes_.skip_claim_reading) {
    if (term_ != 0) Settle();
    reader_.cursor = {.term = claim_term_, .nonce = claim_nonce_};
    reader_.next_offset = std::max(reader_.next_offset, target_);
    reader_.valid_checksum = reader_.tail_checksum = claim_checksum_;
  }
  AfterRead();
}

void ShardLog::OnOwnReport(const journal::AppendReport& report) {
  if (state_ != State::kOwning && state_ != State::kReadingJump) return;
  if (report.seq <= confirmed_seq_) return;
  if (!report.status.ok() || report.offset == kNoOffset) return BecomeSuspect();
  reported_seq_max_ = std::max(reported_seq_max_, report.seq);
  reported_offset_max_ = std::max(reported_offset_max_, report.offset);
  if (state_ == State::kReadingJump) {
    target_ = std::max(target_, reported_offset_max_ + 1);
    return;
  }
  if (mistakes_.confirm_by_counter) {
    if (report.offset != base_ + static_cast<Offset>(confirmed_seq_) + 1) return BeginJump();
    return ConfirmNext(report.offset);
  }
  if (report.offset != base_ + static_cast<Offset>(report.seq)) return BeginJump();
  in_flight_[report.seq - confirmed_seq_ - 1].acknowledged = true;
  while (!in_flight_.empty() && in_flight_.front().acknowledged) {
    ConfirmNext(base_ + static_cast<Offset>(confirmed_seq_) + 1);
  }
}

void ShardLog::ConfirmNext(Offset offset) {
  ++confirmed_seq_;
  reader_.next_offset = offset + 1;
  reader_.cursor.seq = confirmed_seq_;
  reader_.cursor.sealed = in_flight_.front().seals;
  reader_.valid_checksum = reader_.tail_checksum = in_flight_.front().checksum;
  in_flight_.pop_front();
  events_.OnConfirmed(confirmed_seq_, offset);
}

// Somebody else's record lies between two of ours. It is void if we still own the shard, and only
// reading tells (protocol.md 2.3).
void ShardLog::BeginJump() {
  ++counters_.jumps;
  if (mistakes_.trust_term_after_jump || mistakes_.base_from_report) {
    // Both planted mistakes take the report's word for what only the reader knows.
    base_ = reported_offset_max_ - static_cast<Offset>(reported_seq_max_);
    while (confirmed_seq_ < reported_seq_max_) {
      ConfirmNext(base_ + static_cast<Offset>(confirmed_seq_) + 1);
    }
    return;
  }
  state_ = State::kReadingJump;
  target_ = reported_offset_max_ + 1;
  at_end_ = false;
  events_.OnNotOwning(true);
  journal_.Follow(shard_, reader_.next_offset);
}

void ShardLog::FinishJump() {
  if (confirmed_seq_ < reported_seq_max_) return BecomeSuspect();  // A gap: ours became void there.
  base_ = reader_.next_offset - 1 - static_cast<Offset>(confirmed_seq_);
  for (InFlight& record : in_flight_) record.acknowledged = false;
  journal_.Unfollow(shard_);
  state_ = State::kOwning;
  events_.OnOwned();
}

void ShardLog::BecomeSuspect() {
  ++counters_.suspects;
  const bool was_reading = state_ == State::kReadingJump;
  const bool was_owning = state_ == State::kOwning;
  state_ = State::kSuspect;
  at_end_ = false;
  if (was_owning) events_.OnNotOwning(true);
  if (!was_reading) journal_.Follow(shard_, reader_.next_offset);
  if (mistakes_.fail_at_error) events_.OnSettled();
}

// --- what the reader reads -----------------------------------------------------------------------

void ShardLog::OnRecord(Offset offset, const Record& record) {
  if (state_ == State::kStopped && !poison_) return;
  if (state_ == State::kOwning) return;
  const std::uint32_t checksum = journal::Checksum(record);
  if (checking_tail_) {
    checking_tail_ = false;
    if (!CheckTail(offset, checksum)) return;
    return AfterRead();
  }
  if (offset != reader_.next_offset) {
    return Stop(absl::InternalError("the journal delivered offset " + std::to_string(offset) +
                                    " instead of " + std::to_string(reader_.next_offset)));
  }
  at_end_ = false;
  const Kind kind = journal::KindOf(record.type);
  if (poison_) return ReadPastPoison(offset, record, kind);

  if (kind == Kind::kClaim && record.fence.nonce == claim_nonce_) claim_read_at_.insert(offset);
  const ReaderState before = reader_;
  const Verdict verdict =
      mistakes_.ignore_seq && kind != Kind::kClaim && record.fence.term == reader_.cursor.term
          ? (reader_.cursor.seq = record.fence.seq, Verdict::kValid)
          : Judge(reader_.cursor, kind, record.fence);
  reader_.next_offset = offset + 1;
  reader_.tail_checksum = checksum;
  switch (verdict) {
    case Verdict::kImpossible:
      return StopAt(before, offset, " cannot stand in an undamaged log");
    case Verdict::kVoid:
      ++counters_.void_records;
      break;
    case Verdict::kDuplicate:
      ++counters_.duplicate_records;
      break;
    case Verdict::kValid:
      if (kind != Kind::kClaim && !mistakes_.ignore_seq &&
          record.fence.previous_checksum != before.valid_checksum) {
        return StopAt(before, offset, " does not follow the one before it");
      }
      ReadValid(offset, record, kind, before);
      break;
  }
  AfterRead();
}

// Whoever starts again meets the damage again: nothing behind it counts as read.
void ShardLog::StopAt(const ReaderState& before, Offset offset, std::string_view why) {
  reader_ = before;
  Stop(absl::DataLossError("the record at offset " + std::to_string(offset) + std::string(why)));
}

void ShardLog::ReadValid(Offset offset, const Record& record, Kind kind,
                         const ReaderState& before) {
  const std::uint32_t checksum = reader_.tail_checksum;
  reader_.valid_checksum = checksum;
  if (kind == Kind::kClaim) return ReadClaim(offset, record);
  if (IsOwnInFlight(record)) return ConfirmNext(offset);
  if (mistakes_.ignore_seq && term_ != 0) {
    Settle();
    StandBack();
  }
  if (skipped_.contains({offset, checksum})) return;
  if (kind == Kind::kSkip) MeetSkip(offset, record);
  absl::Status applied = kind == Kind::kUnknownControl
                             ? absl::UnimplementedError("unknown control record " + record.type)
                             : events_.OnRead(offset, record, kind);
  if (applied.ok()) return;
  poison_ = Poison{.record = {offset, checksum}, .before = before};
  Stop(absl::Status(applied.code(), "the record at offset " + std::to_string(offset) +
                                        " cannot be applied: " + std::string(applied.message())));
}

void ShardLog::ReadClaim(Offset offset, const Record& record) {
  if (record.fence.term == 1) reader_.log_id = record.fence.nonce;
  const bool ours = claims_on_the_way_.contains(record.fence.nonce);
  // A higher claim is in the applied prefix: now, and only now, the past is settled.
  if (term_ != 0) {
    Settle();
    if (!ours) StandBack();
  }
  events_.OnClaim(record);
  if (!ours) return claims_on_the_way_.clear();  // Every one of them is void from here on.
  // Won, whatever was reported of it or will be.
  state_ = State::kReadingClaim;
  target_ = std::max(target_, offset + 1);
}

bool ShardLog::IsOwnInFlight(const Record& record) const {
  return term_ != 0 && record.fence.term == term_ && record.fence.nonce == nonce_ &&
         !in_flight_.empty() && record.fence.seq == confirmed_seq_ + 1;
}

// A skip that comes after its record was applied: that must come out again.
void ShardLog::MeetSkip(Offset offset, const Record& record) {
  const auto skip = ReadSkip(record.value);
  if (!skip || skip->offset >= offset) return;
  skip_read_at_.emplace(skip->offset, offset);
  if (!skipped_.insert(*skip).second) return;
  ++skips_met_;
  events_.OnRebuildNeeded();
}

bool ShardLog::ComparableAt(Offset offset) const {
  return std::none_of(skipped_.begin(), skipped_.end(), [&](const SkipNote& skipped) {
    const auto skip = skip_read_at_.find(skipped.offset);
    return skipped.offset <= offset && (skip == skip_read_at_.end() || offset < skip->second);
  });
}

// Stopped in front of a record: the rule still runs over headers, in search of a skip that names
// it.
void ShardLog::ReadPastPoison(Offset offset, const Record& record, Kind kind) {
  reader_.next_offset = offset + 1;
  const bool valid = Judge(reader_.cursor, kind, record.fence) == Verdict::kValid;
  if (kind == Kind::kClaim && skipping_) {
    const bool ours = skipping_->nonce == record.fence.nonce;
    if (ours != valid) skipping_->nonce = 0;  // Ours is void, or no longer the newest: once more.
  }
  if (!valid) return;
  reader_.valid_checksum = journal::Checksum(record);
  if (kind == Kind::kClaim && skipping_ && skipping_->nonce != 0) return AppendSkip();
  if (kind != Kind::kSkip) return;
  const auto skip = ReadSkip(record.value);
  if (!skip || *skip != poison_->record) return;
  skipped_.insert(*skip);
  reader_ = poison_->before;
  poison_.reset();
  skipping_.reset();
  stop_reason_ = absl::OkStatus();
  target_ = kNoOffset;
  state_ = State::kFollowing;
  journal_.Follow(shard_, reader_.next_offset);
}

absl::Status ShardLog::SkipPoison(const SkipNote& skip, std::string claim_value,
                                  std::string skip_value, Time now) {
  if (!poison_ || poison_->record != skip) {
    return absl::FailedPreconditionError("the shard is not stopped at that record");
  }
  skipping_ = Skipping{std::move(claim_value), std::move(skip_value), now};
  ClaimForSkip();
  return absl::OkStatus();
}

// A claim by headers alone: state is not complete, so nothing but the skip is appended under it.
void ShardLog::ClaimForSkip() {
  if (!skipping_ || skipping_->nonce != 0 || !at_end_) return;
  Record record;
  record.fence = {.term = reader_.cursor.term + 1,
                  .nonce = nonce_source_(),
                  .previous_checksum = reader_.valid_checksum};
  record.type = journal::TypeOf(Kind::kClaim);
  record.value = skipping_->claim_value;
  record.stamp = skipping_->now;
  if (journal_.Append(shard_, record).ok()) skipping_->nonce = record.fence.nonce;
}

void ShardLog::AppendSkip() {
  Record record;
  record.fence = {.term = reader_.cursor.term,
                  .nonce = reader_.cursor.nonce,
                  .seq = 1,
                  .previous_checksum = reader_.valid_checksum};
  record.type = journal::TypeOf(Kind::kSkip);
  record.value = skipping_->skip_value;
  record.stamp = skipping_->now;
  const absl::Status taken = journal_.Append(shard_, record);
  if (absl::IsInvalidArgument(taken)) return skipping_.reset();
  if (!taken.ok()) skipping_->nonce = 0;  // Again, behind a claim of its own.
}

// What a record read may have finished.
void ShardLog::AfterRead() {
  if (target_ == kNoOffset || reader_.next_offset < target_) return;
  if (state_ == State::kReadingClaim) FinishClaim();
  if (state_ == State::kReadingJump) FinishJump();
}

void ShardLog::FinishClaim() {
  target_ = kNoOffset;
  const bool ours = claims_on_the_way_.contains(reader_.cursor.nonce);
  claims_on_the_way_.clear();
  if (!ours) {
    ++counters_.claims_lost;
    state_ = State::kFollowing;
    return events_.OnNotOwning(false);
  }
  ++counters_.claims_won;
  term_ = reader_.cursor.term;
  nonce_ = reader_.cursor.nonce;
  issued_seq_ = confirmed_seq_ = 0;
  in_flight_.clear();
  base_ = reader_.next_offset - 1;
  issued_checksum_ = reader_.valid_checksum;
  reported_seq_max_ = 0;
  reported_offset_max_ = kNoOffset;
  journal_.Unfollow(shard_);
  state_ = State::kOwning;
  events_.OnOwned();
}

void ShardLog::Settle() {
  term_ = 0;
  in_flight_.clear();
  issued_seq_ = confirmed_seq_;
  events_.OnSettled();
}

// Another owns: what we were about to do with our own term is over.
void ShardLog::StandBack() {
  if (state_ != State::kReadingJump && state_ != State::kSuspect) return;
  target_ = kNoOffset;
  state_ = State::kFollowing;
  events_.OnNotOwning(false);
}

bool ShardLog::CheckTail(Offset offset, std::uint32_t checksum) {
  if (offset == reader_.next_offset - 1 && checksum == reader_.tail_checksum) return true;
  Stop(absl::DataLossError("the log is another one than the rows came from: the record at offset " +
                           std::to_string(offset) + " has another checksum"));
  return false;
}

void ShardLog::OnEnd(Offset next) {
  at_end_ = !checking_tail_ && next == reader_.next_offset;
  ends_below_position_ = next < reader_.next_offset;
  if (poison_) ClaimForSkip();
}

void ShardLog::OnReadFailed(journal::ReadFailure failure) {
  if (failure != journal::ReadFailure::kOutOfRange) return;
  Stop(absl::DataLossError("the log does not hold offset " + std::to_string(reader_.next_offset) +
                           ": it was truncated, cut or made anew"));
}

void ShardLog::Stop(const absl::Status& why) {
  if (state_ == State::kStopped) return;
  const bool was_owning = state_ == State::kOwning;
  state_ = State::kStopped;
  stop_reason_ = why;
  claims_on_the_way_.clear();
  if (was_owning) events_.OnNotOwning(false);
  events_.OnStopped(why);
}

}  // namespace omo::shard
