// The sentences of libs/journal/journal.h as cases that run on any implementation.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/journal/journal.h"

namespace omo::journal {

// A log with some shards, empty at first, and the journals on it. One implementation, one test's.
class LogUnderTest {
 public:
  virtual ~LogUnderTest() = default;
  // One more journal on the log, as another process would have it.
  virtual std::unique_ptr<Journal> Open() = 0;
  // Returns when a journal on the log may have something to tell, or after some milliseconds.
  virtual void Wait() = 0;
  // A record that no journal of ours wrote: a value, and nothing else.
  virtual void AppendForeign(ShardId shard, const std::string& value) = 0;
  // Takes the records before `start` away.
  virtual void CutFront(ShardId shard, Offset start) = 0;
  // The log is lost and made anew, empty.
  virtual void MakeAnew() = 0;
};

inline constexpr ShardId kShardsUnderTest = 8;

// All that a journal told, in its order.
class Told final : public JournalSink {
 public:
  struct Read {
    Offset offset = kNoOffset;
    Record record;
  };
  struct Fetched {
    ShardId shard = 0;
    Offset offset = kNoOffset;
    absl::Status status;
    Record record;
  };

  void OnReport(const AppendReport& report) override { reports.push_back(report); }
  void OnRecord(ShardId shard, Offset offset, Record record) override;
  void OnEnd(ShardId shard, Offset next) override { ends[shard].push_back(next); }
  void OnEndSeen(ShardId shard, Offset end, Duration ago) override {
    ends_seen[shard].push_back({end, ago});
  }
  void OnReadFailed(ShardId shard, ReadFailure failure) override {
    failures[shard].push_back(failure);
  }
  void OnFetched(ShardId shard, Offset offset, absl::Status status, Record record) override {
    fetched.push_back({shard, offset, std::move(status), std::move(record)});
  }

  std::vector<Offset> Offsets(ShardId shard) const;
  std::vector<std::string> Values(ShardId shard) const;
  bool AtEnd(ShardId shard, Offset next) const;

  std::vector<AppendReport> reports;
  std::map<ShardId, std::vector<Read>> records;
  std::map<ShardId, std::vector<Offset>> ends;
  std::map<ShardId, std::vector<std::pair<Offset, Duration>>> ends_seen;  // Each with its `ago`.
  std::map<ShardId, std::vector<ReadFailure>> failures;
  std::vector<Fetched> fetched;
  // Called with each record, before it is kept.
  std::function<void(ShardId, Offset)> on_record;
};

// A journal, what it told, and waiting for that.
class JournalUnderTest {
 public:
  explicit JournalUnderTest(LogUnderTest& log) : log_(log), journal_(log.Open()) {}

  Journal* operator->() { return journal_.get(); }
  // Polls until `condition` holds. False: it did not within half a minute.
  bool Until(const std::function<bool()>& condition);
  // Appends with patience (full queue, producer being replaced) and returns when it was taken.
  void Append(ShardId shard, const Record& record);
  // Follows the shard from `from` until `next` is told to be its end.
  void ReadTo(ShardId shard, Offset from, Offset next);

  Told told;

 private:
  LogUnderTest& log_;
  std::unique_ptr<Journal> journal_;
};

// A record like an owner's: `seq` numbers it.
Record MakeRecord(std::uint64_t term, std::uint64_t seq, const std::string& value);

// Each a sentence of the contract, with its check on a fresh log.
struct ContractCase {
  std::string name;
  void (*check)(LogUnderTest& log);
};
const std::vector<ContractCase>& JournalContract();

}  // namespace omo::journal
