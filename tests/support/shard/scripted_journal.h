// A journal whose network a test moves by hand: what is on its way is stored, answered, lost or
// late exactly when the test says so.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "libs/journal/journal.h"
#include "libs/journal/memory_broker.h"

namespace omo::testing {

// One shard, over a broker that others share. Healthy until `hold` is set: all that was appended is
// stored and reported by the next Poll.
class ScriptedJournal final : public journal::Journal {
 public:
  explicit ScriptedJournal(journal::MemoryBroker& broker) : broker_(broker) {}

  // What is appended stays on its way.
  bool hold = false;
  // Nothing can be appended.
  bool full = false;
  // A record stamped later never reaches the log, and its owner is told why.
  std::optional<Time> newest_stamp;
  // So many fetches find no Kafka that answers.
  int fetches_failing = 0;

  std::size_t on_way() const { return way_.size(); }
  // The oldest `count` on their way reach the log; nobody is told.
  void Store(std::size_t count = SIZE_MAX) {
    for (OnWay& each : way_) {
      if (each.offset || count-- == 0) continue;
      each.offset = Put(each.record);
    }
  }
  // The oldest on its way never reaches the log, whatever comes behind it.
  void LoseOldest() {
    lost_.push_back(way_.front().record);
    Report(way_.front(), absl::DeadlineExceededError("no answer"));
    way_.pop_front();
  }
  // Nor does this one, and it is reported as written.
  void LoseOldestAsWritten() {
    way_.front().offset.reset();
    Report(way_.front(), absl::OkStatus());
    way_.pop_front();
  }
  // What was stored is acknowledged; or, as of a repeated request, without its offset.
  void Acknowledge(bool with_offset = true) {
    while (!way_.empty() && way_.front().offset) {
      if (!with_offset) way_.front().offset = kNoOffset;
      Report(way_.front(), absl::OkStatus());
      way_.pop_front();
    }
  }
  // Nobody knows what became of what is on its way, stored or not.
  void FailAll() {
    for (OnWay& each : way_) {
      if (!each.offset) lost_.push_back(each.record);
      each.offset = kNoOffset;
      Report(each, absl::DeadlineExceededError("no answer"));
    }
    way_.clear();
  }
  // What was given up reaches the log after all.
  void StoreLost() {
    for (const journal::Record& record : std::exchange(lost_, {})) Put(record);
  }

  absl::Status Append(ShardId, const journal::Record& record) override {
    if (full) return absl::ResourceExhaustedError("full");
    if (newest_stamp && record.stamp > *newest_stamp) {
      Report({.record = record}, absl::OutOfRangeError("stamped too late"));
      return absl::OkStatus();
    }
    way_.push_back({.record = record, .offset = std::nullopt});
    return absl::OkStatus();
  }
  void Send() override {}
  void Follow(ShardId, Offset from) override { next_ = from, end_told_ = false; }
  void Unfollow(ShardId) override { next_.reset(); }
  void Fetch(ShardId, Offset offset) override { fetches_.push_back(offset); }
  std::int64_t max_record_bytes() const override { return 512 << 10; }

  int Poll(journal::JournalSink& sink) override {
    if (!hold) {
      Store();
      Acknowledge();
    }
    int told = 0;
    for (const auto& report : std::exchange(reports_, {})) sink.OnReport(report), ++told;
    for (const Offset offset : std::exchange(fetches_, {})) {
      const bool fails = fetches_failing > 0 && fetches_failing-- > 0;
      sink.OnFetched(0, offset, fails ? absl::UnavailableError("no answer") : absl::OkStatus(),
                     fails ? journal::Record{} : At(offset));
    }
    const bool out = next_ && (*next_ > broker_.log_end(0) || *next_ < broker_.log_start(0));
    if (out) {
      next_.reset();
      sink.OnReadFailed(0, journal::ReadFailure::kOutOfRange);
    }
    while (next_ && *next_ < broker_.log_end(0)) {
      const Offset offset = (*next_)++;
      end_told_ = false;
      sink.OnRecord(0, offset, At(offset));
      ++told;
    }
    if (next_ && !std::exchange(end_told_, true)) sink.OnEnd(0, *next_), ++told;
    return told;
  }

 private:
  struct OnWay {
    journal::Record record;
    std::optional<Offset> offset;  // Once it is in the log; kNoOffset: not to be told.
  };

  Offset Put(const journal::Record& record) {
    broker_.Append(0, record);
    return broker_.log_end(0) - 1;
  }
  journal::Record At(Offset offset) const {
    return broker_.log(0)[static_cast<std::size_t>(offset)];
  }
  void Report(const OnWay& each, absl::Status status) {
    const journal::Fence& fence = each.record.fence;
    reports_.push_back({.shard = 0,
                        .term = fence.term,
                        .nonce = fence.nonce,
                        .seq = fence.seq,
                        .offset = each.offset.value_or(kNoOffset),
                        .status = std::move(status)});
  }

  journal::MemoryBroker& broker_;
  std::deque<OnWay> way_;
  std::vector<journal::Record> lost_;
  std::vector<journal::AppendReport> reports_;
  std::vector<Offset> fetches_;
  std::optional<Offset> next_;
  bool end_told_ = false;
};

}  // namespace omo::testing
