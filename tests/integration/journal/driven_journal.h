// A KafkaJournal that a failure test drives.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "libs/journal/kafka/kafka_journal.h"
#include "tests/contract/support/journal_contract.h"
#include "tests/support/catch.h"

namespace omo::journal {

// Appends numbered records, keeps what was told, and compares the reports with the log.
class DrivenJournal {
 public:
  explicit DrivenJournal(const KafkaJournalOptions& options) {
    auto opened = KafkaJournal::Open(options, wakeup_);
    REQUIRE(opened.ok());
    journal = *std::move(opened);
  }

  bool Until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline) {
      const int news = journal->Poll(told);
      if (condition()) return true;
      if (news == 0) wakeup_.Wait(Duration{20});
    }
    return false;
  }

  // Appends one record; returns when it was taken.
  void Append(ShardId shard) {
    ++appended;
    const Record record = MakeRecord(1, appended, "value " + std::to_string(appended));
    REQUIRE(Until([&] {
      const absl::Status status = journal->Append(shard, record);
      refused += absl::IsUnavailable(status) ? 1 : 0;
      return status.ok();
    }));
  }

  bool AllReported() {
    return Until([this] { return told.reports.size() >= appended; });
  }

  AppendReport ReportOf(ShardId shard) {
    Append(shard);
    REQUIRE(AllReported());
    return told.reports.back();
  }

  // Each record has one report, and what is said to be at an offset is there.
  void CheckReports(ShardId shard, Offset end) {
    told.records.clear();
    told.ends.clear();
    journal->Follow(shard, 0);
    REQUIRE(Until([&] { return told.AtEnd(shard, end); }));
    const auto& log = told.records[shard];
    std::map<std::uint64_t, int> count;
    for (const AppendReport& report : told.reports) {
      ++count[report.seq];
      if (!report.status.ok() || report.offset == kNoOffset || report.shard != shard) continue;
      const auto at = static_cast<std::size_t>(report.offset);
      REQUIRE(at < log.size());
      CHECK(log[at].record.fence.seq == report.seq);
    }
    CHECK(count.size() == appended);
    CHECK(told.reports.size() == appended);
  }

  std::unique_ptr<KafkaJournal> journal;
  Told told;
  std::uint64_t appended = 0;
  int refused = 0;

 private:
  Wakeup wakeup_;
};

}  // namespace omo::journal
