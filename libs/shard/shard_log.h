// One shard's end of its log: reads by the validity rule, claims, appends, confirms and settles.
// This is protocol.md 1.2, 2.1 to 2.5 and 3.7 as one deterministic state machine: no thread, no
// clock, no I/O of its own. The shard (shard.h) decides what to append and applies what is read.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "libs/core/fields.h"
#include "libs/core/types.h"
#include "libs/journal/journal.h"
#include "libs/journal/validity.h"
#include "libs/shard/control.h"

namespace omo::shard {

// Where a reader of the log stands: enough to go on from there.
struct ReaderState {
  std::uint64_t log_id = 0;          // The nonce of the log's first claim; 0 before it.
  Offset next_offset = 0;            // Of the next record to read.
  journal::Cursor cursor;            // The validity rule's memory.
  std::uint32_t valid_checksum = 0;  // Of the last valid record: what the next one's fence names.
  std::uint32_t tail_checksum = 0;   // Of the record at next_offset - 1, valid or not.
  bool operator==(const ReaderState&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.log_id, self.next_offset, self.cursor, self.valid_checksum,
                    self.tail_checksum);
  }
};

// What the log tells its shard. Called only from within ShardLog's own methods.
class ShardLogEvents {
 public:
  virtual ~ShardLogEvents() = default;
  // A valid record that is not one of our records in flight: apply it. Not ok: it cannot be decoded
  // or applied; the log stops in front of it until an operator skips it.
  virtual absl::Status OnRead(Offset offset, const journal::Record& record, journal::Kind kind) = 0;
  // The record `seq` in flight is valid for ever, at this offset. In the order of seq.
  virtual void OnConfirmed(std::uint64_t seq, Offset offset) = 0;
  // What is still in flight will never be valid; parked answers that rest on it never come true.
  virtual void OnSettled() = 0;
  // The log took no record of ours for its stamp: too far from the broker's clock.
  virtual void OnStampRefused() = 0;
  // Ours: state is complete, appending may begin.
  virtual void OnOwned() = 0;
  // Deciding stops: no longer ours, or not certain just now (`suspect`).
  virtual void OnNotOwning(bool suspect) = 0;
  // A valid claim was read, ours or not; its value holds the claimer.
  virtual void OnClaim(const journal::Record& record) = 0;
  // The log cannot be followed further: damage, truncation, a record that stops it.
  virtual void OnStopped(const absl::Status& why) = 0;
  // A record that was applied has been skipped by an operator: the state must be rebuilt without
  // it.
  virtual void OnRebuildNeeded() = 0;
};

struct ShardLogCounters {
  std::uint64_t void_records = 0;
  std::uint64_t duplicate_records = 0;
  std::uint64_t jumps = 0;
  std::uint64_t suspects = 0;
  std::uint64_t claims_won = 0;
  std::uint64_t claims_lost = 0;
};

// The mistakes that a simulation plants to prove that it would find them (protocol.md 6). None in
// production: the default.
struct PlantedMistakes {
  bool confirm_by_counter = false;
  bool trust_term_after_jump = false;
  bool base_from_report = false;
  bool fail_at_error = false;
  bool answer_before_acknowledgement = false;
  bool consume_seq_on_local_error = false;
  bool ignore_seq = false;
  bool skip_claim_reading = false;
  bool refusals_wait_for_issued = false;
  bool barrier_when_idle_only = false;
  bool look_up_once_a_turn = false;
  bool forget_ids = false;
  bool timers_after_commands = false;
};

class ShardLog {
 public:
  enum class State {
    kFollowing,     // Reads; another may own.
    kClaiming,      // Our claim is on its way.
    kReadingClaim,  // Our claim is in the log at a known offset; reading up to it.
    kOwning,
    kReadingJump,  // An offset jumped: reading what lies between.
    kSuspect,      // Ours in name; what became of records in flight is unknown.
    kStopped,
  };

  // `nonce` draws 64 random bits from the operating system. All references outlive the log.
  ShardLog(ShardId shard, journal::Journal& journal, ShardLogEvents& events,
           std::function<std::uint64_t()> nonce, PlantedMistakes mistakes = {});

  // Begins to read at `from`, after checking the record before it against tail_checksum. Records in
  // `skipped` count for the rule but are not applied.
  void Start(const ReaderState& from, std::set<SkipNote> skipped);

  // Appends a claim if the log is read to its end and not owned by us. False when it is not the
  // time: not at the end yet, a claim is on its way, stopped, or the producer did not take it.
  // `value` is the claim's serialised message, `now` its stamp.
  bool Claim(std::string value, Time now);

  // Only in kOwning. Fills in the record's fence and hands it over; its seq is in `record.fence`.
  // Not ok: nothing was taken (see Journal::Append).
  absl::Status Append(journal::Record& record);

  // Stopped in front of a record that cannot be applied: claims the shard by headers, appends a
  // skip of it and releases, as often as it takes. The skip is in force when it is read back: then
  // `skipping` ends. FAILED_PRECONDITION when the log is not stopped at that very record.
  absl::Status SkipPoison(const SkipNote& skip, std::string claim_value, std::string skip_value,
                          Time now);
  // Whether such a skip is under way. It ends with the poison gone, or, where the journal takes no
  // skip of that size, with the poison still there.
  bool skipping() const { return skipping_.has_value(); }

  // The release record was confirmed: the term is over, the log is only followed from here.
  void EndTerm();

  // An owner published a higher term for this shard: ours is in doubt until read (protocol.md 2.7).
  void HigherTermSeen(std::uint64_t term);

  // --- from the journal's sink
  void OnReport(const journal::AppendReport& report);
  void OnRecord(Offset offset, const journal::Record& record);
  void OnEnd(Offset next);
  void OnReadFailed(journal::ReadFailure failure);

  // Stops the log for good, e.g. when its store failed.
  void Stop(const absl::Status& why);

  State state() const { return state_; }
  bool owning() const { return state_ == State::kOwning; }
  bool at_end() const { return at_end_; }
  // The journal said that the log ends before our position. If that stays, the log was truncated;
  // alone and for a moment it is a broker that lags (protocol.md 4.3).
  bool ends_below_position() const { return ends_below_position_; }
  const ReaderState& reader() const { return reader_; }
  // Where the applied records end: at the one that stopped the log, if one did.
  const ReaderState& applied() const { return poison_ ? poison_->before : reader_; }
  std::uint64_t term() const { return term_; }
  std::uint64_t issued_seq() const { return issued_seq_; }
  std::uint64_t confirmed_seq() const { return confirmed_seq_; }
  std::uint64_t in_flight() const { return issued_seq_ - confirmed_seq_; }
  // Where the log is stopped, if it is by a record; its checksum is what a skip must name.
  std::optional<SkipNote> poison() const {
    if (!poison_) return std::nullopt;
    return poison_->record;
  }
  const std::set<SkipNote>& skipped() const { return skipped_; }
  // Of `skipped`, those whose record had been applied.
  int skips_met() const { return skips_met_; }
  // Whether rows that another announced as they were behind the record at `offset` may be compared
  // with ours: not between a skipped record and its skip, where the other may have had it in them.
  bool ComparableAt(Offset offset) const;
  const ShardLogCounters& counters() const { return counters_; }
  const absl::Status& stop_reason() const { return stop_reason_; }

 private:
  struct InFlight {
    std::uint32_t checksum = 0;
    bool acknowledged = false;  // At the offset that proves it.
    bool seals = false;         // Nothing counts behind it.
  };
  // A record that could not be applied, and what the reader was before it.
  struct Poison {
    SkipNote record;
    ReaderState before;
  };
  // An operator's skip under way.
  struct Skipping {
    std::string claim_value;
    std::string skip_value;
    Time now{};
    std::uint64_t nonce = 0;  // Of the claim; 0 before it was appended.
  };

  void OnClaimReport(const journal::AppendReport& report);
  void OnOwnReport(const journal::AppendReport& report);
  void ConfirmNext(Offset offset);
  void BeginJump();
  void FinishJump();
  void BecomeSuspect();
  void ReadClaim(Offset offset, const journal::Record& record);
  void FinishClaim();
  void Settle();
  void StandBack();
  void ReadValid(Offset offset, const journal::Record& record, journal::Kind kind,
                 const ReaderState& before);
  bool IsOwnInFlight(const journal::Record& record) const;
  // Stops in front of the record just read.
  void StopAt(const ReaderState& before, Offset offset, std::string_view why);
  void MeetSkip(Offset offset, const journal::Record& record);
  void ReadPastPoison(Offset offset, const journal::Record& record, journal::Kind kind);
  void ClaimForSkip();
  void AppendSkip();
  void AfterRead();
  bool CheckTail(Offset offset, std::uint32_t checksum);

  const ShardId shard_;
  journal::Journal& journal_;
  ShardLogEvents& events_;
  const std::function<std::uint64_t()> nonce_source_;
  const PlantedMistakes mistakes_;

  State state_ = State::kFollowing;
  ReaderState reader_;
  bool at_end_ = false;
  bool ends_below_position_ = false;
  bool checking_tail_ = false;
  std::set<SkipNote> skipped_;
  int skips_met_ = 0;
  std::map<Offset, Offset> skip_read_at_;  // Of a skipped record: once its skip was read, where.
  std::optional<Poison> poison_;
  std::optional<Skipping> skipping_;
  absl::Status stop_reason_;

  // Our term, while it has records in flight or is current. 0: none.
  std::uint64_t term_ = 0;
  std::uint64_t nonce_ = 0;
  std::uint64_t issued_seq_ = 0;
  std::uint64_t confirmed_seq_ = 0;
  Offset base_ = 0;  // The offset at which our reader applied the claim, moved by jumps.
  std::uint32_t issued_checksum_ = 0;
  std::deque<InFlight> in_flight_;  // Of seq confirmed_seq_ + 1 and on.
  std::uint64_t reported_seq_max_ = 0;
  Offset reported_offset_max_ = kNoOffset;

  // The newest claim on its way, and the nonces of all whose fate is unknown.
  std::set<std::uint64_t> claims_on_the_way_;
  std::uint64_t claim_term_ = 0;
  std::uint64_t claim_nonce_ = 0;
  std::uint32_t claim_checksum_ = 0;
  std::set<Offset> claim_read_at_;  // Where our reader met it: a broker may store it twice.
  Offset target_ = kNoOffset;       // Reading goes up to here: next_offset == target_.

  ShardLogCounters counters_;
};

}  // namespace omo::shard
