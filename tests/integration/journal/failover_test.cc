// Three real brokers, the leader killed again and again under load (failure cases F6 and F7, the
// journal's part).
#include "tests/contract/support/kafka_log.h"
#include "tests/integration/journal/driven_journal.h"
#include "tests/support/catch.h"
#include "tests/support/wait.h"

namespace omo::journal {
namespace {

constexpr int kLeaders = 4;
constexpr int kRecords = 5'000;

TEST_CASE("F6 F7 each leader killed in turn: one report a record, each in the log at most once",
          "[journal]") {
  testing::KafkaCluster kafka(3, {{"min.insync.replicas", "2"}});
  KafkaLog log(kafka, 1);
  DrivenJournal driven(log.Options());
  driven.journal->Follow(0, 0);
  for (int round = 0; round < kLeaders; ++round) {
    const std::optional<int> leader = kafka.LeaderOf(log.topic(), 0);
    REQUIRE(leader);
    for (int i = 0; i < kRecords; ++i) driven.Append(0);
    REQUIRE(driven.told.reports.size() < driven.appended);  // Some are on their way.
    kafka.Kill(*leader);
    for (int i = 0; i < kRecords; ++i) driven.Append(0);
    REQUIRE(testing::WaitUntil([&] {
      const std::optional<int> next = kafka.LeaderOf(log.topic(), 0);
      return next && *next != *leader;
    }));
    REQUIRE(driven.AllReported());
    kafka.Restart(*leader);
  }
  // A change of leaders may turn a producer fatal, but need not; nothing else fails a record.
  if (driven.journal->producers_replaced() == 0) {
    CHECK(driven.Stored() == driven.appended);
  }
  const AppendReport last = driven.StoredReportOf(0);
  driven.CheckReports(0, last.offset + 1);
}

}  // namespace
}  // namespace omo::journal
