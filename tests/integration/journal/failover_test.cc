// Three real brokers, each killed in turn under load (failure cases F6 and F7, the journal's part).
#include <algorithm>

#include "tests/contract/support/kafka_log.h"
#include "tests/integration/journal/driven_journal.h"
#include "tests/support/catch.h"

namespace omo::journal {
namespace {

TEST_CASE("F6 F7 each broker killed in turn: one report a record, what has an offset is there",
          "[journal]") {
  testing::KafkaCluster kafka(3, {{"min.insync.replicas", "2"}});
  KafkaLog log(kafka, 1);
  DrivenJournal driven(log.Options());
  driven.journal->Follow(0, 0);
  for (int broker = 0; broker < 3; ++broker) {
    for (int i = 0; i < 1'000; ++i) driven.Append(0);
    kafka.Kill(broker);
    for (int i = 0; i < 1'000; ++i) driven.Append(0);
    kafka.Restart(broker);
  }
  REQUIRE(driven.AllReported());
  AppendReport last = driven.ReportOf(0);
  for (int i = 0; i < 10 && last.offset == kNoOffset; ++i) last = driven.ReportOf(0);
  REQUIRE(last.offset != kNoOffset);
  driven.CheckReports(0, last.offset + 1);
  const auto stored = std::count_if(driven.told.reports.begin(), driven.told.reports.end(),
                                    [](const AppendReport& report) { return report.status.ok(); });
  CHECK(stored > 1'000);
}

}  // namespace
}  // namespace omo::journal
