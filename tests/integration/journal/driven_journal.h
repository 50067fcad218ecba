// A KafkaJournal that a failure test drives.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

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

  // Of a record behind whatever happened: the first may still have been given to a dying producer.
  AppendReport StoredReportOf(ShardId shard) {
    AppendReport report = ReportOf(shard);
    if (!report.status.ok()) report = ReportOf(shard);
    REQUIRE(report.status.ok());
    REQUIRE(report.offset != kNoOffset);
    return report;
  }

  // Each record has one report. What was reported stored is in the log once, where it is said to
  // be if that is known; what was reported failed is there once or not at all; nothing else is.
  void CheckReports(ShardId shard, Offset end) {
    told.records.clear();
    told.ends.clear();
    journal->Follow(shard, 0);
    REQUIRE(Until([&] { return told.AtEnd(shard, end); }));
    const auto& log = told.records[shard];
    std::map<std::uint64_t, int> in_log;
    for (const auto& read : log) ++in_log[read.record.fence.seq];
    std::set<std::uint64_t> reported;
    for (const AppendReport& report : told.reports) {
      CHECK(reported.insert(report.seq).second);
      if (report.shard != shard) continue;
      CAPTURE(report.seq, report.status, report.offset);
      const int times = std::exchange(in_log[report.seq], 0);
      CHECK(times <= 1);
      if (!report.status.ok()) continue;
      CHECK(times == 1);
      if (report.offset == kNoOffset) continue;
      const auto at = static_cast<std::size_t>(report.offset);
      REQUIRE(at < log.size());
      CHECK(log[at].record.fence.seq == report.seq);
    }
    CHECK(reported.size() == appended);
    CHECK(std::all_of(in_log.begin(), in_log.end(), [](const auto& e) { return e.second == 0; }));
  }

  // How many records were reported stored.
  std::size_t Stored() const {
    return static_cast<std::size_t>(
        std::count_if(told.reports.begin(), told.reports.end(),
                      [](const AppendReport& report) { return report.status.ok(); }));
  }

  std::unique_ptr<KafkaJournal> journal;
  Told told;
  std::uint64_t appended = 0;
  int refused = 0;

 private:
  Wakeup wakeup_;
};

}  // namespace omo::journal
