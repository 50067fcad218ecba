// One shard: decides commands against its state, appends one event each, and answers when the log
// has it. Deterministic: it is given the time, the journal's news and its rows; it has no thread.
//
//   Turn:  timers due, then commands -> duplicate? -> decide -> append -> evolve in speculation
//   news:  confirmed -> rows become confirmed, views follow -> answers that waited go out in order
//
// Everything here runs on one thread (loop.h), but what the comments mark otherwise.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/shard/claim_policy.h"
#include "libs/shard/command.h"
#include "libs/shard/command_ids.h"
#include "libs/shard/command_queue.h"
#include "libs/shard/model.h"
#include "libs/shard/shard_log.h"
#include "libs/store/store.h"

namespace omo::shard {

struct ShardOptions {
  ShardId shard = 0;
  Claimer claimer;          // Who we are; generation is the assignment's.
  std::int32_t schema = 1;  // Stands for that of the rows: only hashes of equal ones are compared.
  std::size_t queue_max = 20'000;     // Waiting singles, bulk, reads; beyond: kOverloaded.
  std::size_t in_flight_max = 8'192;  // Records not yet confirmed; beyond, commands wait.
  std::size_t turn_max = 1'024;       // Commands decided in one turn.
  // While somebody asks by itself, bulk waits until fewer records are in flight. Over all shards of
  // a loop few enough that it decides at once (gathering.h).
  std::size_t bulk_in_flight_max = 1;
  Duration barrier_interval{2};  // At most one barrier in this time.
  Duration id_window = std::chrono::hours{24 * 7};
  Duration id_future_max = std::chrono::minutes{5};  // How far ahead of `now` an id may be made.
  Duration refusal_memory{60'000};                   // Racing attempts get one answer:
  std::size_t refusals_max = 200'000;                // of the newest so many at least.
  Duration hand_over_patience{500};      // How long an owner that was asked may take to release.
  std::size_t recent_facts_max = 1'024;  // Kept decoded, so that repeats are answered at once.
  // How long a read waits for its position, even one whose caller has no deadline, or left.
  Duration position_wait_max{10'000};
};

// What the outside is told. Called on the shard's thread.
class ShardListener {
 public:
  virtual ~ShardListener() = default;
  virtual void OnOwned(ShardId shard, std::uint64_t log_id, std::uint64_t term) = 0;
  virtual void OnReleased(ShardId shard, std::uint64_t log_id, std::uint64_t term) = 0;
  // The rows cannot be right, or must be made anew without skipped records.
  virtual void OnRebuildNeeded(ShardId shard) = 0;
  virtual void OnStopped(ShardId shard, const absl::Status& why) = 0;
  // The shard is assigned to us and read to its end: its owner should hand it over.
  virtual void OnHandOverWanted(ShardId, const Claimer& /*owner*/) {}
};

// Figures for metrics and status pages. Read on the shard's thread.
struct ShardStatus {
  ShardId shard = 0;
  bool owned = false;
  std::string state;
  std::uint64_t log_id = 0;
  std::uint64_t term = 0;
  Offset next_offset = 0;
  std::uint64_t state_hash = 0;
  std::size_t queued = 0;
  std::size_t waiting_reads = 0;  // For a position.
  std::uint64_t in_flight = 0;
  ShardLogCounters log;
  std::uint64_t events = 0;
  std::uint64_t refusals = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t barriers = 0;
  Duration lag{0};  // How long ago the rows last were all that the log had.
  store::StoreFigures store;
  std::string stop_reason;
  std::optional<SkipNote> poison;  // The record that stops it.
  std::vector<FeatureNote> features;
};

class Shard final : public ShardLogEvents {
 public:
  struct Parts {
    journal::Journal& journal;
    store::Store& store;
    Model& model;
    Table<IdKey, IdRow>& ids;                            // Confirmed rows of the store.
    std::function<void(const IdKey&)> erase_ids_before;  // Within a write section.
    ShardListener& listener;
    std::function<std::uint64_t()> nonce;
  };

  Shard(ShardOptions options, Parts parts, PlantedMistakes mistakes = {});

  // Goes on from the store's position. `skipped`: what an operator made void.
  absl::Status Start(std::set<SkipNote> skipped = {});
  // For good; whoever waits is told.
  void Stop(const absl::Status& why);

  // --- what the runtime hands in. `wall` may jump; `steady` never does.
  void Submit(std::unique_ptr<Command> command);
  void SubmitRead(Read read);
  // Somebody asks by itself up to then: bulk leaves room for others. By the loop's clock.
  void HoldBulkBack(Time until) { bulk_held_until_ = until; }
  // While it is held back: whether it is this shard's turn to decide some all the same. A shard
  // that nobody tells has it always.
  void SetBulkTurn(bool turn) { bulk_turn_ = turn; }
  // Whether there is bulk that waits for no more than that: with its turn, it takes some or knows
  // when to try again.
  bool BulkWaits() const;
  // One turn: claims if it should, decides what waits, sends what is due.
  void Turn(Time wall, Time steady);
  // The earliest steady time at which a turn has something to do without news.
  Time NextWake() const { return next_wake_; }

  // After the journal's Poll: what it told is applied; readers may read. Before the EndNews of any
  // shard of the same loop: an answer may read several shards' rows on the loop's thread.
  void ApplyNews();
  // Then: what waited for it is answered.
  void EndNews();
  ShardLog& log() { return log_; }
  ClaimPolicy& policy() { return policy_; }

  // Hands the shard over: decides no more, releases the term when all is confirmed.
  void BeginRelease(const std::string& successor);

  // Moves `now` back to the clock's time, the remedy for stamps of a clock that was ahead for a
  // while: once the log has refused a stamp, an owner whose `now` is ahead of its clock decides
  // nothing (ADR 8). Only while owning; nothing is decided until the log has it, which is when the
  // reply comes. Refused (kInvalid, TIME_NOT_AHEAD) when `now` is not later than the clock.
  void TakeClockTime(const std::string& decided_by, const std::string& reason, ControlReply reply);

  // Ends the log for ever: decides no more, and when all is confirmed the last record of the term
  // names the topic where the history goes on; only while owning. Whatever comes behind it is void,
  // claims too (protocol.md 4.5; nothing orders it yet).
  void Seal(const std::string& next_topic, ControlReply reply);

  // From here on events that need the feature may be decided. Refused (kInvalid) when this release
  // is older than the feature: every instance must be able to read it first. Levels never sink: of
  // one that is reached already nothing is written (kNothingToDo).
  void EnableFeature(const FeatureNote& feature, ControlReply reply);

  // An operator's skip of the record that stops the shard here; refused (kInvalid) when it is not
  // stopped at that record. Who has applied it elsewhere makes its rows anew without it. The reply
  // comes when the skip is in force; kUnknown when it is not for long.
  void AppendSkip(const SkipNote& skip, const std::string& decided_by, const std::string& reason,
                  ControlReply reply);

  // Fetched for a repeat whose event is not in memory any more.
  void OnFetched(Offset offset, const absl::Status& status, const journal::Record& record);

  // The state hash costs a moment for each row changed since it was last asked for: without it, 0.
  ShardStatus Status(bool with_state_hash = true);
  std::size_t queued() const { return queue_.size(); }
  // How many of them the next turn may decide.
  std::size_t decidable(Time steady) const;
  Time now() const { return now_; }
  // Any thread, under a Store::ReadLock: the position of the confirmed rows, and their time.
  Position confirmed() const;
  Time confirmed_stamp() const { return confirmed_stamp_; }
  // The rows hold all of the log's records below `end`. Those of a stopped shard grow old.
  bool HasAllUpTo(Offset end) const {
    return log_.state() != ShardLog::State::kStopped && confirmed_waiting_ == 0 &&
           log_.reader().next_offset >= end;
  }
  // As far as is known without asking; a stopped shard never is.
  bool caught_up() const {
    return log_.owning() || (log_.at_end() && log_.state() != ShardLog::State::kStopped);
  }
  // Up to where another's announced hash was ours, too, since the start; kNoOffset: none was yet.
  Offset hash_agreed_at() const { return hash_agreed_at_; }
  // Whether this release knows all that the shard's events may need (protocol.md 3.8).
  bool KnowsItsFeatures() const;

  // Writes the position row for the next flush: before Store::MaybeFlush and FlushAll.
  void StorePosition();

  // ShardLogEvents
  absl::Status OnRead(Offset offset, const journal::Record& record, journal::Kind kind) override;
  void OnConfirmed(std::uint64_t seq, Offset offset) override;
  void OnSettled() override;
  void OnStampRefused() override { stamp_refused_ = true; }
  void OnOwned() override;
  void OnNotOwning(bool suspect) override;
  void OnClaim(const journal::Record& record) override;
  void OnStopped(const absl::Status& why) override;
  void OnRebuildNeeded() override;

 private:
  // An event of ours: shared by its place in flight, the answers that wait for it, and recent_.
  struct Event {
    std::unique_ptr<const Fact> fact;
    Envelope envelope;  // Until it is confirmed.
    std::string command_id;
    IdKey id_key;
    bool has_id = false;
    std::uint64_t command_hash = 0;
    Time stamp{};
    Offset offset = kNoOffset;  // Once confirmed.
  };
  using SharedEvent = std::shared_ptr<Event>;
  struct InFlight {
    SharedEvent event;  // Null for control records.
    journal::Kind kind = journal::Kind::kEvent;
    std::string control;  // The value of a control record.
    Time stamp{};
    Offset offset = kNoOffset;  // Once confirmed.
  };
  // An answer that goes out when record `needs` is confirmed.
  struct Parked {
    std::uint64_t needs = 0;
    Outcome outcome;
    SharedEvent event;  // The answer, if it is an event.
    std::optional<Time> deadline;
    Reply reply;
    absl::AnyInvocable<void(Verdict, const Outcome&)> read;
  };
  struct Remembered {
    Time until{};  // Steady.
    std::uint64_t command_hash = 0;
    Refusal refusal;
    std::uint64_t term = 0;   // Decided in this term, it became
    std::uint64_t needs = 0;  // true with this record.
  };
  // What ends a term: a release or a seal.
  struct LastRecord {
    journal::Kind kind = journal::Kind::kRelease;
    std::string value;
    ControlReply reply;
  };
  struct Fetching {
    Offset offset = kNoOffset;
    std::optional<Time> deadline;
    Reply reply;
  };

  // shard_decide.cc
  bool DecideTimers();
  void DecideCommands();
  bool MayTakeBulk() const;
  bool DecideOne(Command& command);
  bool AnswerRepeat(Command& command, const IdKey& key, std::uint64_t hash);
  void AnswerFromLog(Offset offset, Command& command);
  bool AppendFact(Command& command, const IdKey& key, std::uint64_t hash,
                  std::unique_ptr<const Fact> fact);
  void Refuse(Command& command, Verdict verdict, std::string reason, Refusal refusal = {},
              bool repeated = false);
  void AnswerNow(Command& command, Verdict verdict, std::string reason);
  void Park(Parked parked);
  void ParkBehindNext(Parked parked);
  void DecideReads();
  void AppendBarrier();
  void AppendNoted();
  void AppendRelease();
  void ForgetOldRefusals();

  // shard_orders.cc
  bool OutOfReach() const;
  bool AwaitsItsTime() const;
  Time Stamp() const;
  void EndTermWith(LastRecord last);
  void DropLastRecord();
  void AppendControl(journal::Kind kind, std::string value, ControlReply reply);
  void ParkControl(ControlReply reply);
  absl::Status AppendControlRecord(journal::Kind kind, std::string value);
  void AnswerSkip();

  // shard_answer.cc
  void ApplyConfirmed();
  void ApplyOne(InFlight& record, std::uint64_t seq);
  void ApplyRead(Offset offset, const journal::Record& record, const DecodedFact& decoded);
  void KeepId(const IdKey& key, Offset offset, std::uint64_t command_hash, Time stamp);
  void ApplyControl(journal::Kind kind, const std::string& value);
  void NoteHash(Offset offset, std::uint64_t seq);
  void CompareHash(const StateHashNote& note);
  void ReleaseParked(std::uint64_t through_seq);
  void Answer(Parked& parked, Verdict verdict);
  void AnswerAllQueued(Verdict verdict);
  void AnswerFetched(Fetching& waiting, const absl::StatusOr<DecodedFact>& decoded, Time stamp);
  void AnswerAllFetching();
  void AnswerWaitingReads();
  void SweepDeadlines();
  void TryClaim();
  Outcome MakeOutcome(Verdict verdict) const;
  Verdict StoppedVerdict() const;

  const ShardOptions options_;
  Parts parts_;
  const PlantedMistakes mistakes_;
  ShardLog log_;
  ClaimPolicy policy_;
  CommandIds ids_;

  Time wall_{};
  Time steady_{};
  Time now_{};  // Of the shard: never before the last valid stamp.
  Time next_wake_ = Time::max();

  CommandQueue queue_;
  Time bulk_held_until_{};
  bool bulk_turn_ = true;
  std::size_t bulk_taken_ = 0;        // In this turn.
  bool decides_ = false;              // Nothing was in the way of the last turn's decisions.
  std::deque<Read> reads_;            // Linearizable ones that wait for a turn.
  std::vector<Read> position_reads_;  // That wait for a position.
  std::deque<InFlight> in_flight_;    // Of seq first_in_flight_ and on.
  std::uint64_t first_in_flight_ = 1;
  std::uint64_t turn_first_seq_ = 1;   // The first record that this turn could append.
  std::size_t confirmed_waiting_ = 0;  // How many of in_flight_'s front are confirmed, not applied.
  std::deque<Parked> parked_;          // By `needs`.
  std::deque<SharedEvent> recent_;     // Confirmed, by offset.
  absl::flat_hash_map<IdKey, Remembered> remembered_;
  std::deque<std::pair<Time, IdKey>> remembered_order_;
  std::vector<Fetching> fetching_;
  ControlReply skip_reply_;  // Of a poison's skip under way,
  Time skip_deadline_{};     // told by then at the latest.

  std::optional<store::Store::WriteSection> section_;
  std::uint64_t owned_term_ = 0;
  bool suspect_ = false;
  bool releasing_ = false;
  bool release_appended_ = false;
  std::uint64_t release_seq_ = 0;
  LastRecord last_record_;
  bool stamp_refused_ = false;      // Since `now` was last no later than the clock.
  std::uint64_t set_time_seq_ = 0;  // Of the record that moves the time: nothing before it is in.
  Time last_barrier_{};
  std::optional<StateHashNote> hash_to_announce_;
  std::deque<StateHashNote> hash_notes_;  // Newest last; what announcements are compared with.
  std::map<std::string, std::int32_t> features_;
  std::optional<Time> slow_timers_until_;
  Time timer_budget_at_{};
  std::size_t timer_budget_ = 0;
  Time ends_below_since_{};
  Time next_sweep_{};
  Offset hash_agreed_at_ = kNoOffset;

  // Under the store's lock.
  Time confirmed_stamp_{};
  Offset confirmed_next_ = 0;
  std::uint64_t confirmed_log_id_ = 0;

  std::uint64_t events_ = 0;
  std::uint64_t refusals_ = 0;
  std::uint64_t duplicates_ = 0;
  std::uint64_t barriers_ = 0;
};

}  // namespace omo::shard
