// What brokers may answer to a producer, on librdkafka's mock cluster, and what the journal makes
// of it: one report for each record, and it goes on (failure cases F2, F3, F6 and F8).
#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <random>

#include "libs/journal/kafka/kafka_journal.h"
#include "tests/contract/support/journal_contract.h"
#include "tests/integration/journal/mock_kafka.h"
#include "tests/support/catch.h"

namespace omo::journal {
namespace {

constexpr std::chrono::seconds kPatience{30};

// A journal on the mock cluster with what it told.
class Bench {
 public:
  explicit Bench(const KafkaJournalOptions& options) {
    auto opened = KafkaJournal::Open(options, wakeup_);
    REQUIRE(opened.ok());
    journal = *std::move(opened);
  }

  bool Until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
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

TEST_CASE("answers that can be tried again are, and the record has its place", "[journal]") {
  MockKafka kafka(1, 1);
  Bench bench(kafka.Options());
  CHECK(bench.ReportOf(0).offset == 0);
  const auto error = GENERATE(
      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
      RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, RD_KAFKA_RESP_ERR__TRANSPORT);
  kafka.AnswerNext(kProduceRequest, {error, error});
  const AppendReport report = bench.ReportOf(0);
  CHECK(report.status.ok());
  CHECK(report.offset == 1);
  CHECK(bench.journal->producers_replaced() == 0);
  bench.CheckReports(0, 2);
}

TEST_CASE("a record that the log has already is a success without an offset", "[journal]") {
  MockKafka kafka(1, 1);
  Bench bench(kafka.Options());
  CHECK(bench.ReportOf(0).offset == 0);
  kafka.AnswerNext(kProduceRequest, {RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER});
  const AppendReport report = bench.ReportOf(0);
  CHECK(report.status.ok());
  CHECK(report.offset == kNoOffset);
  CHECK(bench.told.reports.size() == 2);
  CHECK(bench.journal->producers_replaced() == 0);
}

TEST_CASE("a fatal producer is replaced by the spare, and only its records fail", "[journal]") {
  MockKafka kafka(1, 2);
  Bench bench(kafka.Options());
  CHECK(bench.ReportOf(0).status.ok());
  CHECK(bench.ReportOf(1).status.ok());
  const auto began = std::chrono::steady_clock::now();
  kafka.AnswerNext(kProduceRequest, {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  const AppendReport failed = bench.ReportOf(0);
  CHECK_FALSE(failed.status.ok());
  CHECK(failed.offset == kNoOffset);
  // The next record may still be taken by the dying producer; it is reported, too.
  AppendReport next = bench.ReportOf(0);
  if (!next.status.ok()) next = bench.ReportOf(0);
  CHECK(next.status.ok());
  CHECK(next.offset == 1);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
  CHECK(bench.journal->producers_replaced() == 1);
  CHECK(bench.ReportOf(1).offset == 1);
  bench.CheckReports(0, 2);
}

TEST_CASE("a fatal producer's whole queue is reported", "[journal]") {
  MockKafka kafka(1, 1);
  KafkaJournalOptions options = kafka.Options();
  options.producers = 1;
  Bench bench(options);
  CHECK(bench.ReportOf(0).status.ok());
  kafka.AnswerNext(kProduceRequest, {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  for (int i = 0; i < 20'000; ++i) bench.Append(0);
  REQUIRE(bench.AllReported());
  CHECK(bench.journal->producers_replaced() == 1);
  const auto stored = std::count_if(bench.told.reports.begin(), bench.told.reports.end(),
                                    [](const AppendReport& report) { return report.status.ok(); });
  CHECK(stored < 20'001);
  const AppendReport last = bench.ReportOf(0);
  REQUIRE(last.status.ok());
  bench.CheckReports(0, last.offset + 1);
}

TEST_CASE("one fatal producer after the other: refused in between, never lost", "[journal]") {
  MockKafka kafka(1, 1);
  KafkaJournalOptions options = kafka.Options();
  options.producers = 1;
  Bench bench(options);
  CHECK(bench.ReportOf(0).status.ok());
  int failed = 0;
  for (int round = 0; round < 4; ++round) {
    kafka.AnswerNext(kProduceRequest, {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
    while (bench.ReportOf(0).status.ok()) {
    }
    ++failed;
  }
  // The spare is started at most once a second: meanwhile nothing is taken.
  CHECK(bench.refused > 0);
  AppendReport last = bench.ReportOf(0);
  if (!last.status.ok()) last = bench.ReportOf(0);
  REQUIRE(last.status.ok());
  CHECK(bench.journal->producers_replaced() >= failed);
  bench.CheckReports(0, last.offset + 1);
}

TEST_CASE("records find the new leader", "[journal]") {
  MockKafka kafka(3, 2);
  Bench bench(kafka.Options());
  bench.journal->Follow(1, 0);
  CHECK(bench.ReportOf(1).offset == 0);
  for (std::int32_t leader = 2; leader <= 3; ++leader) {
    kafka.SetLeader(1, leader);
    for (int i = 0; i < 50; ++i) bench.Append(1);
    REQUIRE(bench.AllReported());
  }
  const auto failed = std::count_if(bench.told.reports.begin(), bench.told.reports.end(),
                                    [](const AppendReport& report) { return !report.status.ok(); });
  if (bench.journal->producers_replaced() == 0) CHECK(failed == 0);
  const AppendReport last = bench.ReportOf(1);
  REQUIRE(last.status.ok());
  REQUIRE(bench.Until([&] { return bench.told.AtEnd(1, last.offset + 1); }));
  bench.CheckReports(1, last.offset + 1);
}

TEST_CASE("a broker that is down for a while delays records and loses none", "[journal]") {
  MockKafka kafka(1, 1);
  Bench bench(kafka.Options());
  CHECK(bench.ReportOf(0).offset == 0);
  kafka.SetDown(1);
  for (int i = 0; i < 100; ++i) bench.Append(0);
  bench.journal->Follow(0, 0);
  REQUIRE(bench.Until([&] { return !bench.told.failures[0].empty(); }));
  CHECK(bench.told.failures[0].front() == ReadFailure::kUnavailable);
  kafka.SetUp(1);
  REQUIRE(bench.AllReported());
  CHECK(bench.told.reports.back().status.ok());
  bench.CheckReports(0, 101);
}

TEST_CASE("any mixture of answers leaves one report for each record", "[journal]") {
  MockKafka kafka(1, 4);
  Bench bench(kafka.Options());
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
    for (int i = 0; i < 200; ++i) bench.Append(static_cast<ShardId>(random() % 4));
  }
  REQUIRE(bench.AllReported());
  std::map<std::uint64_t, int> count;
  for (const AppendReport& report : bench.told.reports) ++count[report.seq];
  CHECK(count.size() == bench.appended);
  CHECK(bench.told.reports.size() == bench.appended);
}

}  // namespace
}  // namespace omo::journal
