// The journal's contract, kept by KafkaJournal on a real broker, and what is Kafka's own.
#include "libs/journal/kafka/kafka_journal.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "tests/contract/support/journal_contract.h"
#include "tests/contract/support/kafka_log.h"
#include "tests/support/catch.h"

namespace omo::journal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{60};

TEST_CASE("KafkaJournal keeps the journal's contract", "[contract]") {
  for (const ContractCase& each : JournalContract()) {
    DYNAMIC_SECTION(each.name) {
      KafkaLog log(SharedKafka());
      each.check(log);
    }
  }
}

// Polls until `condition` holds, sleeping only by the journal's wakeup.
bool PollUntil(KafkaJournal& journal, Wakeup& wakeup, Told& told,
               const std::function<bool()>& condition) {
  const auto deadline = Clock::now() + kPatience;
  while (Clock::now() < deadline) {
    const int news = journal.Poll(told);
    if (condition()) return true;
    if (news == 0) wakeup.Wait(Duration{20});
  }
  return false;
}

TEST_CASE("a record's headers, key, value and time stamp are what every Kafka client reads",
          "[contract]") {
  KafkaLog log(SharedKafka());
  JournalUnderTest journal(log);
  Record event = MakeRecord(3, 4, "the value");
  event.fence.nonce = 0x1122334455667788;
  event.fence.command_hash = 0x99aabbccddeeff00;
  event.fence.previous_checksum = 0x01020304;
  Record control = MakeRecord(3, 5, "");
  control.type = TypeOf(Kind::kBarrier);
  control.id.clear();
  control.key.clear();
  journal.Append(1, event);
  journal.Append(1, control);
  REQUIRE(journal.Until([&] { return journal.told.reports.size() == 2; }));

  const auto raw = log.ReadRaw(1, 2);
  REQUIRE(raw.size() == 2);
  CHECK(raw[0].key == "key");
  CHECK(raw[0].value == "the value");
  CHECK(raw[0].timestamp == ToMillis(event.stamp));
  const std::string fence(
      "\0\0\0\0\0\0\0\x03"
      "\x11\x22\x33\x44\x55\x66\x77\x88"
      "\0\0\0\0\0\0\0\x04"
      "\x99\xaa\xbb\xcc\xdd\xee\xff\0"
      "\x01\x02\x03\x04",
      kFenceBytes);
  CHECK(raw[0].headers ==
        std::vector<std::pair<std::string, std::string>>{{"ce_specversion", "1.0"},
                                                         {"ce_id", "command-4"},
                                                         {"ce_source", "/omo/test"},
                                                         {"ce_type", "omo.test.events.v1.Noted"},
                                                         {"fence", fence}});
  CHECK(raw[1].key == std::nullopt);
  CHECK(raw[1].value == "");  // Not null: that would be a tombstone.
  REQUIRE(raw[1].headers.size() == 5);
  CHECK(raw[1].headers[1] == std::pair<std::string, std::string>{"ce_id", ""});
  CHECK(raw[1].headers[3].second == "omo.journal.v1.Barrier");
}

TEST_CASE("a loop that sleeps until it is rung misses nothing", "[contract]") {
  KafkaLog log(SharedKafka());
  const auto journal = log.OpenKafka(log.Options());
  Told told;
  for (ShardId shard = 0; shard < kShardsUnderTest; ++shard) journal->Follow(shard, 0);
  // Nothing but the ring ends the sleep: a lost one would cost a minute.
  const auto began = Clock::now();
  const auto round_until = [&](const std::function<bool()>& condition) {
    while (!condition()) {
      if (journal->Poll(told) == 0 && !condition()) log.wakeup().Wait(Duration{60'000});
    }
  };
  for (std::uint64_t seq = 1; seq <= 300; ++seq) {
    const auto shard = static_cast<ShardId>(seq % kShardsUnderTest);
    REQUIRE(journal->Append(shard, MakeRecord(1, seq, "x")).ok());
    round_until([&] {
      std::size_t read = 0;
      for (const auto& [each, records] : told.records) read += records.size();
      return read == seq && told.reports.size() == seq;
    });
  }
  journal->Fetch(0, 0);
  round_until([&] { return told.fetched.size() == 1; });
  CHECK(told.fetched[0].status.ok());
  CHECK(Clock::now() - began < std::chrono::seconds(50));
}

TEST_CASE("Kafka's refusals are told apart", "[contract]") {
  KafkaLog log(SharedKafka());
  KafkaJournalOptions options = log.Options();
  options.max_record_bytes = 4'000'000;
  options.producer_settings = {{"message.max.bytes", "4000000"}};
  const auto journal = log.OpenKafka(options);
  Told told;
  const auto report_of = [&](ShardId shard, const Record& record) {
    told.reports.clear();
    REQUIRE(journal->Append(shard, record).ok());
    REQUIRE(PollUntil(*journal, log.wakeup(), told, [&] { return !told.reports.empty(); }));
    return told.reports.front();
  };

  // A stamp from the future: the log itself refuses it (message.timestamp.after.max.ms).
  Record future = MakeRecord(1, 1, "future");
  future.stamp = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()) +
                 std::chrono::hours(1);
  CHECK(absl::IsOutOfRange(report_of(0, future).status));
  // Larger than the topic's max.message.bytes.
  CHECK(
      absl::IsInvalidArgument(report_of(0, MakeRecord(1, 2, std::string(2'000'000, 'x'))).status));
  // Neither harms what comes next.
  const AppendReport good = report_of(0, MakeRecord(1, 3, "good"));
  CHECK(good.status.ok());
  CHECK(good.offset == 0);
  CHECK(journal->producers_replaced() == 0);

  CHECK(absl::IsInvalidArgument(journal->Append(-1, MakeRecord(1, 4, "any partition"))));
  Record timeless = MakeRecord(1, 5, "now");
  timeless.stamp = Time{};
  CHECK(absl::IsInvalidArgument(journal->Append(0, timeless)));
}

TEST_CASE("a journal that somebody wrote to in a transaction is out of range at its marker",
          "[contract]") {
  KafkaLog log(SharedKafka());
  JournalUnderTest journal(log);
  journal.Append(0, MakeRecord(1, 1, "before"));
  REQUIRE(journal.Until([&] { return !journal.told.reports.empty(); }));
  log.AppendTransaction(0, 2);
  journal.Append(0, MakeRecord(1, 2, "after"));
  journal->Follow(0, 0);
  REQUIRE(journal.Until([&] { return !journal.told.failures[0].empty(); }));
  CHECK(journal.told.failures[0].front() == ReadFailure::kOutOfRange);
  CHECK(journal.told.Values(0) ==
        std::vector<std::string>{"before", "transactional", "transactional"});
  journal->Fetch(0, 3);
  REQUIRE(journal.Until([&] { return !journal.told.fetched.empty(); }));
  CHECK(absl::IsNotFound(journal.told.fetched[0].status));
}

TEST_CASE("what is appended before a broker knows the topic is sent when it does", "[contract]") {
  KafkaLog log(SharedKafka());
  KafkaJournalOptions options = log.Options();
  options.topic = "known-later";
  options.producers = 1;
  // librdkafka itself gives an unknown topic half a minute.
  options.producer_settings["topic.metadata.propagation.max.ms"] = "0";
  options.reader_settings["topic.metadata.propagation.max.ms"] = "0";
  const auto journal = log.OpenKafka(options);
  Told told;
  int polls = 0;
  CHECK(PollUntil(*journal, log.wakeup(), told, [&] { return ++polls > 20; }));
  REQUIRE(journal->Append(0, MakeRecord(1, 1, "early")).ok());
  REQUIRE(journal->Append(0, MakeRecord(1, 2, "behind it")).ok());
  polls = 0;
  CHECK(PollUntil(*journal, log.wakeup(), told, [&] { return ++polls > 20; }));
  CHECK(told.reports.empty());
  SharedKafka().CreateTopic(options.topic, 1);
  REQUIRE(PollUntil(*journal, log.wakeup(), told, [&] { return told.reports.size() == 2; }));
  CHECK(told.reports[0].status.ok());
  CHECK(told.reports[0].offset == 0);
  CHECK(told.reports[1].offset == 1);
}

TEST_CASE("a full queue refuses and takes again when there is room", "[contract]") {
  KafkaLog log(SharedKafka());
  KafkaJournalOptions options = log.Options();
  options.queue_records = 100;
  options.producers = 1;
  options.linger = Duration{50};
  const auto journal = log.OpenKafka(options);
  Told told;
  std::size_t taken = 0;
  absl::Status refused;
  for (std::uint64_t seq = 1; seq <= 10'000 && refused.ok(); ++seq) {
    refused = journal->Append(0, MakeRecord(1, seq, "x"));
    if (refused.ok()) ++taken;
  }
  CHECK(absl::IsResourceExhausted(refused));
  REQUIRE(PollUntil(*journal, log.wakeup(), told, [&] { return told.reports.size() == taken; }));
  CHECK(journal->Append(0, MakeRecord(1, 20'000, "x")).ok());
  REQUIRE(PollUntil(*journal, log.wakeup(), told, [&] { return told.reports.size() > taken; }));
  CHECK(told.reports.size() == taken + 1);
}

TEST_CASE("without a broker a record is given up after its time, and reading goes on trying",
          "[contract]") {
  Wakeup wakeup;
  KafkaJournalOptions options;
  options.connection.bootstrap = "127.0.0.1:1";
  options.topic = "nowhere";
  options.source = "/omo/test";
  options.message_timeout = Duration{1'000};
  auto journal = KafkaJournal::Open(options, wakeup);
  REQUIRE(journal.ok());
  Told told;
  (*journal)->Follow(0, 0);
  // One second for all, not for one after the other.
  constexpr std::size_t kRecords = 100;
  for (std::uint64_t seq = 1; seq <= kRecords; ++seq) {
    REQUIRE((*journal)->Append(0, MakeRecord(1, seq, "x")).ok());
  }
  REQUIRE(PollUntil(**journal, wakeup, told,
                    [&] { return told.reports.size() == kRecords && !told.failures[0].empty(); }));
  CHECK(std::all_of(told.reports.begin(), told.reports.end(), [](const AppendReport& report) {
    return absl::IsDeadlineExceeded(report.status);
  }));
  CHECK(told.failures[0].front() == ReadFailure::kUnavailable);

  options.producer_settings = {{"no.such.setting", "1"}};
  const auto misspelt = KafkaJournal::Open(options, wakeup);
  CHECK(absl::IsInvalidArgument(misspelt.status()));
  CHECK(misspelt.status().message().find("no.such.setting") != absl::string_view::npos);
}

// What the kill tests count: that each accepted record has one report, and that what was reported
// to be at an offset is there.
void CheckAgainstLog(const std::vector<AppendReport>& reports, std::uint64_t appended,
                     const std::vector<Told::Read>& log) {
  std::map<std::uint64_t, int> reported;
  std::size_t lost = 0;
  for (const AppendReport& report : reports) {
    ++reported[report.seq];
    if (!report.status.ok() || report.offset == kNoOffset) continue;
    const auto at = static_cast<std::size_t>(report.offset);
    if (at >= log.size() || log[at].record.fence.seq != report.seq) ++lost;
  }
  CHECK(lost == 0);
  CHECK(reported.size() == appended);
  CHECK(std::all_of(reported.begin(), reported.end(),
                    [](const auto& each) { return each.second == 1; }));
}

TEST_CASE("a broker that is killed and comes back costs no report and no acknowledged record",
          "[contract]") {
  testing::KafkaCluster kafka;
  KafkaLog log(kafka, 1);
  JournalUnderTest journal(log);
  journal->Follow(0, 0);
  std::uint64_t appended = 0;
  const auto append_some = [&](int count) {
    for (int i = 0; i < count; ++i) {
      if (journal->Append(0, MakeRecord(1, appended + 1, std::string(100, 'x'))).ok()) ++appended;
      if (i % 64 == 0) journal.Until([] { return true; });
    }
  };
  for (int round = 0; round < 2; ++round) {
    append_some(3'000);
    kafka.Kill(0);
    append_some(500);
    CHECK(journal.told.reports.size() < appended);
    kafka.Restart(0);
    append_some(1'000);
  }
  REQUIRE(journal.Until([&] { return journal.told.reports.size() >= appended; }));
  journal.told.records.clear();
  journal->Follow(0, 0);
  const auto acknowledged =
      std::count_if(journal.told.reports.begin(), journal.told.reports.end(),
                    [](const AppendReport& report) { return report.status.ok(); });
  REQUIRE(journal.Until([&] {
    return !journal.told.ends[0].empty() &&
           journal.told.records[0].size() ==
               static_cast<std::size_t>(journal.told.ends[0].back()) &&
           static_cast<std::ptrdiff_t>(journal.told.records[0].size()) >= acknowledged;
  }));
  CheckAgainstLog(journal.told.reports, appended, journal.told.records[0]);
}

}  // namespace
}  // namespace omo::journal
