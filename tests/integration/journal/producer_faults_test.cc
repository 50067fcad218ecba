// What brokers may answer to a producer, on librdkafka's mock cluster, and what the journal makes
// of it: one report for each record, and it goes on (failure cases F2, F3, F6 and F8).
#include <chrono>
#include <map>
#include <random>

#include "tests/integration/journal/driven_journal.h"
#include "tests/integration/journal/mock_kafka.h"
#include "tests/support/catch.h"

namespace omo::journal {
namespace {

TEST_CASE("answers that can be tried again are, and the record has its place", "[journal]") {
  MockKafka kafka(1, 1);
  DrivenJournal driven(kafka.Options());
  CHECK(driven.ReportOf(0).offset == 0);
  const auto error = GENERATE(
      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
      RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, RD_KAFKA_RESP_ERR__TRANSPORT);
  kafka.AnswerNext(kProduceRequest, {error, error});
  const AppendReport report = driven.ReportOf(0);
  CHECK(report.status.ok());
  CHECK(report.offset == 1);
  CHECK(driven.journal->producers_replaced() == 0);
  driven.CheckReports(0, 2);
}

TEST_CASE("F8 a record that the log has already is a success without an offset", "[journal]") {
  MockKafka kafka(1, 1);
  DrivenJournal driven(kafka.Options());
  CHECK(driven.ReportOf(0).offset == 0);
  kafka.AnswerNext(kProduceRequest, {RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER});
  const AppendReport report = driven.ReportOf(0);
  CHECK(report.status.ok());
  CHECK(report.offset == kNoOffset);
  CHECK(driven.told.reports.size() == 2);
  CHECK(driven.journal->producers_replaced() == 0);
}

TEST_CASE("F8 a producer's first records of a shard are written, whichever is refused at first",
          "[journal]") {
  // A broker that is becoming the leader refuses one batch and takes the next. It does not know
  // the producer yet, so it misses nothing, and librdkafka takes what is in front for written.
  MockKafka kafka(1, 2);
  KafkaJournalOptions options = kafka.Options();
  options.producers = 1;
  options.producer_settings = {{"batch.num.messages", "1"}};
  DrivenJournal driven(options);
  CHECK(driven.ReportOf(0).offset == 0);  // Connected: what comes now is on its way at once.
  const auto error =
      GENERATE(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  kafka.SetRoundTrip(1, 50);
  kafka.AnswerNext(kProduceRequest, {error});
  for (int i = 0; i < 50; ++i) driven.Append(1);
  REQUIRE(driven.AllReported());
  CHECK(driven.Stored() == driven.appended);
  CHECK(driven.journal->producers_replaced() == 0);
  driven.CheckReports(1, 50);
}

TEST_CASE("F6 a fatal producer is replaced within 5 s, and only its records fail", "[journal]") {
  MockKafka kafka(1, 2);
  DrivenJournal driven(kafka.Options());
  CHECK(driven.ReportOf(0).status.ok());
  CHECK(driven.ReportOf(1).status.ok());
  const auto began = std::chrono::steady_clock::now();
  kafka.AnswerNext(kProduceRequest, {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  const AppendReport failed = driven.ReportOf(0);
  CHECK_FALSE(failed.status.ok());
  CHECK(failed.offset == kNoOffset);
  // The next record may still be taken by the dying producer; it is reported, too.
  AppendReport next = driven.ReportOf(0);
  if (!next.status.ok()) next = driven.ReportOf(0);
  CHECK(next.status.ok());
  CHECK(next.offset == 1);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
  CHECK(driven.journal->producers_replaced() == 1);
  CHECK(driven.ReportOf(1).offset == 1);
  driven.CheckReports(0, 2);
}

TEST_CASE("a fatal producer's whole queue is reported", "[journal]") {
  MockKafka kafka(1, 1);
  KafkaJournalOptions options = kafka.Options();
  options.producers = 1;
  DrivenJournal driven(options);
  CHECK(driven.ReportOf(0).status.ok());
  kafka.AnswerNext(kProduceRequest, {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  for (int i = 0; i < 20'000; ++i) driven.Append(0);
  REQUIRE(driven.AllReported());
  CHECK(driven.journal->producers_replaced() == 1);
  CHECK(driven.Stored() < 20'001);
  const AppendReport last = driven.ReportOf(0);
  REQUIRE(last.status.ok());
  driven.CheckReports(0, last.offset + 1);
}

TEST_CASE("one fatal producer after the other: refused in between, never lost", "[journal]") {
  MockKafka kafka(1, 1);
  KafkaJournalOptions options = kafka.Options();
  options.producers = 1;
  DrivenJournal driven(options);
  CHECK(driven.ReportOf(0).status.ok());
  int failed = 0;
  for (int round = 0; round < 4; ++round) {
    kafka.AnswerNext(kProduceRequest, {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
    while (driven.ReportOf(0).status.ok()) {
    }
    ++failed;
  }
  // The spare is started at most once a second: meanwhile nothing is taken.
  CHECK(driven.refused > 0);
  const AppendReport last = driven.StoredReportOf(0);
  CHECK(driven.journal->producers_replaced() >= failed);
  driven.CheckReports(0, last.offset + 1);
}

TEST_CASE("records find the new leader", "[journal]") {
  MockKafka kafka(3, 2);
  DrivenJournal driven(kafka.Options());
  driven.journal->Follow(1, 0);
  CHECK(driven.ReportOf(1).offset == 0);
  for (std::int32_t leader = 2; leader <= 3; ++leader) {
    kafka.SetLeader(1, leader);
    // A real leader knows the producer by its replicas; the mock's takes any number that comes
    // first, and what the old leader refuses meanwhile would be in no log.
    CHECK(driven.ReportOf(1).status.ok());
    for (int i = 0; i < 50; ++i) driven.Append(1);
    REQUIRE(driven.AllReported());
  }
  CHECK(driven.journal->producers_replaced() == 0);
  CHECK(driven.Stored() == driven.appended);
  const AppendReport last = driven.StoredReportOf(1);
  REQUIRE(driven.Until([&] { return driven.told.AtEnd(1, last.offset + 1); }));
  driven.CheckReports(1, last.offset + 1);
}

TEST_CASE("a broker that is down for a while delays records and loses none", "[journal]") {
  MockKafka kafka(1, 1);
  DrivenJournal driven(kafka.Options());
  CHECK(driven.ReportOf(0).offset == 0);
  kafka.SetDown(1);
  for (int i = 0; i < 100; ++i) driven.Append(0);
  driven.journal->Follow(0, 0);
  REQUIRE(driven.Until([&] { return !driven.told.failures[0].empty(); }));
  CHECK(driven.told.failures[0].front() == ReadFailure::kUnavailable);
  kafka.SetUp(1);
  REQUIRE(driven.AllReported());
  CHECK(driven.told.reports.back().status.ok());
  driven.CheckReports(0, 101);
}

TEST_CASE("any mixture of answers leaves one report for each record", "[journal]") {
  MockKafka kafka(1, 4);
  DrivenJournal driven(kafka.Options());
  std::mt19937_64 random(7);
  const std::vector<rd_kafka_resp_err_t> answers{RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                                                 RD_KAFKA_RESP_ERR__TRANSPORT,
                                                 RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                                                 RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER,
                                                 RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP,
                                                 RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID,
                                                 RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE};
  for (int round = 0; round < 12; ++round) {
    std::vector<rd_kafka_resp_err_t> next(6);
    for (rd_kafka_resp_err_t& answer : next) answer = answers[random() % answers.size()];
    kafka.AnswerNext(kProduceRequest, next);
    for (int i = 0; i < 200; ++i) driven.Append(static_cast<ShardId>(random() % 4));
  }
  REQUIRE(driven.AllReported());
  std::map<std::uint64_t, int> count;
  for (const AppendReport& report : driven.told.reports) ++count[report.seq];
  CHECK(count.size() == driven.appended);
  CHECK(driven.told.reports.size() == driven.appended);
}

}  // namespace
}  // namespace omo::journal
