#include "tests/contract/support/journal_contract.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <set>

#include "tests/support/catch.h"

namespace omo::journal {
namespace {

constexpr std::chrono::seconds kPatience{30};
// Polls in a row that tell nothing: then nothing more is to come.
constexpr int kQuietPolls = 20;

std::string Numbered(std::uint64_t seq) { return "value " + std::to_string(seq); }

void AppendMany(JournalUnderTest& journal, ShardId shard, std::uint64_t first,
                std::uint64_t count) {
  const std::size_t before = journal.told.reports.size();
  for (std::uint64_t seq = first; seq < first + count; ++seq) {
    journal.Append(shard, MakeRecord(1, seq, Numbered(seq)));
  }
  REQUIRE(journal.Until([&] { return journal.told.reports.size() == before + count; }));
}

std::vector<Offset> Range(Offset from, Offset to) {
  std::vector<Offset> offsets;
  for (Offset offset = from; offset < to; ++offset) offsets.push_back(offset);
  return offsets;
}

std::size_t ReadsOf(const JournalUnderTest& journal, ShardId shard) {
  const auto found = journal.told.records.find(shard);
  return found == journal.told.records.end() ? 0 : found->second.size();
}

void ReportsEachAppendOnce(LogUnderTest& log) {
  JournalUnderTest journal(log);
  std::set<std::pair<ShardId, std::uint64_t>> appended;
  for (std::uint64_t seq = 1; seq <= 500; ++seq) {
    const auto shard = static_cast<ShardId>(seq % 3);
    Record record = MakeRecord(seq / 100, seq, Numbered(seq));
    record.fence.nonce = seq * 7;
    journal.Append(shard, record);
    appended.insert({shard, seq});
  }
  REQUIRE(journal.Until([&] { return journal.told.reports.size() >= 500; }));
  std::set<std::pair<ShardId, Offset>> places;
  for (const AppendReport& report : journal.told.reports) {
    CHECK(report.status.ok());
    CHECK(report.term == report.seq / 100);
    CHECK(report.nonce == report.seq * 7);
    CHECK(appended.erase({report.shard, report.seq}) == 1);
    CHECK(places.insert({report.shard, report.offset}).second);
  }
  CHECK(appended.empty());
  int quiet = 0;
  CHECK(journal.Until([&] { return ++quiet > kQuietPolls; }));
  CHECK(journal.told.reports.size() == 500);
}

void KeepsRecordsWholeAndInOrder(LogUnderTest& log) {
  JournalUnderTest journal(log);
  std::vector<Record> written;
  Record control = MakeRecord(7, 0, std::string(300, '\0'));
  control.fence = {.term = ~0ULL,
                   .nonce = 1ULL << 63,
                   .seq = 0x0102030405060708ULL,
                   .command_hash = 42,
                   .previous_checksum = 0xfffffffeU};
  control.type = TypeOf(Kind::kClaim);
  control.id.clear();
  control.key.clear();
  written.push_back(control);
  Record bare = MakeRecord(7, 1, "");
  bare.id = "an id with \xc3\xa9 and \n";
  written.push_back(bare);
  for (std::uint64_t seq = 2; seq < 300; ++seq) {
    Record record = MakeRecord(7, seq, std::string(seq * 31 % 5'000, static_cast<char>(seq)));
    record.key = "key/" + std::to_string(seq % 11);
    record.stamp += Duration{static_cast<std::int64_t>(seq)};
    written.push_back(record);
  }
  for (const Record& record : written) journal.Append(2, record);
  journal.ReadTo(2, 0, static_cast<Offset>(written.size()));
  const auto& read = journal.told.records[2];
  REQUIRE(read.size() == written.size());
  for (std::size_t i = 0; i < written.size(); ++i) CHECK(read[i].record == written[i]);
  REQUIRE(journal.Until([&] { return journal.told.reports.size() == written.size(); }));
  for (const AppendReport& report : journal.told.reports) {
    CHECK(read[static_cast<std::size_t>(report.offset)].record.fence.seq == report.seq);
  }
}

void FollowsFromTheMiddle(LogUnderTest& log) {
  JournalUnderTest journal(log);
  AppendMany(journal, 1, 1, 200);
  journal.ReadTo(1, 150, 200);
  CHECK(journal.told.Offsets(1) == Range(150, 200));
  CHECK(journal.told.records[1].front().record.value == Numbered(151));
}

void SeesTheEndAgainAndAgain(LogUnderTest& log) {
  JournalUnderTest reader(log);
  JournalUnderTest writer(log);
  const auto seen = [&](Offset end, std::size_t times) {
    reader.told.ends_seen.clear();
    return reader.Until([&] {
      const auto& all = reader.told.ends_seen[3];
      return std::count_if(all.begin(), all.end(), [&](const auto& each) {
               return each.first == end && each.second >= Duration{0} &&
                      each.second < std::chrono::seconds{10};
             }) >= static_cast<std::ptrdiff_t>(times);
    });
  };
  reader->Follow(3, 0);
  REQUIRE(seen(0, 2));
  AppendMany(writer, 3, 1, 20);
  REQUIRE(seen(20, 3));
  reader->Unfollow(3);  // Who owns a shard does not follow it.
  AppendMany(writer, 3, 21, 5);
  REQUIRE(seen(25, 3));
  // Never less than was seen before.
  const auto& all = reader.told.ends_seen[3];
  CHECK(std::is_sorted(all.begin(), all.end(),
                       [](const auto& one, const auto& other) { return one.first < other.first; }));
}

void FollowsWhatComesLater(LogUnderTest& log) {
  JournalUnderTest reader(log);
  JournalUnderTest writer(log);
  reader->Follow(0, 0);
  for (std::uint64_t round = 0; round < 10; ++round) {
    AppendMany(writer, 0, round * 20 + 1, 20);
    const std::size_t expected = (round + 1) * 20;
    REQUIRE(reader.Until([&] { return ReadsOf(reader, 0) >= expected; }));
  }
  CHECK(reader.told.Offsets(0) == Range(0, 200));
}

void TellsTheEndAgain(LogUnderTest& log) {
  JournalUnderTest journal(log);
  journal->Follow(0, 0);
  REQUIRE(journal.Until([&] { return journal.told.AtEnd(0, 0); }));
  CHECK(journal.told.records.empty());
  AppendMany(journal, 0, 1, 3);
  REQUIRE(journal.Until([&] { return journal.told.AtEnd(0, 3); }));
  CHECK(journal.told.Offsets(0) == Range(0, 3));
  AppendMany(journal, 0, 4, 2);
  REQUIRE(journal.Until([&] { return journal.told.AtEnd(0, 5); }));
  // Also to who follows from just there.
  journal.told.ends.clear();
  journal->Follow(0, 5);
  REQUIRE(journal.Until([&] { return journal.told.AtEnd(0, 5); }));
  CHECK(journal.told.Offsets(0) == Range(0, 5));
}

void ANewFollowReplacesTheOld(LogUnderTest& log) {
  JournalUnderTest journal(log);
  AppendMany(journal, 3, 1, 1'000);
  std::mt19937_64 random(20'260'801);
  Offset expected = 0;
  int follows = 0;
  bool gapless = true;
  // Sometimes in the middle of what is being told, sometimes before anything came.
  journal.told.on_record = [&](ShardId shard, Offset offset) {
    gapless = gapless && shard == 3 && offset == expected;
    ++expected;
    if (follows < 60 && random() % 50 == 0) {
      ++follows;
      expected = static_cast<Offset>(random() % 900);
      journal->Follow(3, expected);
      if (random() % 3 == 0) {
        expected = static_cast<Offset>(random() % 900);
        journal->Follow(3, expected);
      }
    }
  };
  journal->Follow(3, 0);
  REQUIRE(journal.Until([&] { return expected == 1'000; }));
  CHECK(gapless);
  CHECK(follows > 10);
}

void UnfollowEnds(LogUnderTest& log) {
  JournalUnderTest journal(log);
  AppendMany(journal, 0, 1, 100);
  AppendMany(journal, 1, 1, 100);
  std::size_t after = 0;
  journal.told.on_record = [&](ShardId shard, Offset offset) {
    if (shard != 0) return;
    if (offset > 10) ++after;
    if (offset == 10) journal->Unfollow(0);
  };
  journal->Follow(0, 0);
  REQUIRE(journal.Until([&] { return ReadsOf(journal, 0) == 11; }));
  journal.ReadTo(1, 0, 100);
  CHECK(after == 0);
  CHECK(journal.told.Offsets(0) == Range(0, 11));
  CHECK(journal.told.ends[0].empty());
  journal->Unfollow(0);  // Not followed: nothing happens.
  journal->Unfollow(5);
}

void AnOffsetBehindTheEndIsOutOfRange(LogUnderTest& log) {
  JournalUnderTest journal(log);
  AppendMany(journal, 0, 1, 5);
  journal->Follow(0, 9);
  REQUIRE(journal.Until([&] { return !journal.told.failures[0].empty(); }));
  CHECK(journal.told.failures[0].front() == ReadFailure::kOutOfRange);
  CHECK(journal.told.records.empty());
  journal.ReadTo(0, 2, 5);
  CHECK(journal.told.Offsets(0) == Range(2, 5));
}

void ALogCutInFrontIsOutOfRange(LogUnderTest& log) {
  JournalUnderTest journal(log);
  AppendMany(journal, 0, 1, 50);
  log.CutFront(0, 20);
  journal->Follow(0, 10);
  REQUIRE(journal.Until([&] { return !journal.told.failures[0].empty(); }));
  CHECK(journal.told.failures[0].front() == ReadFailure::kOutOfRange);
  CHECK(journal.told.records.empty());
  journal.ReadTo(0, 20, 50);
  CHECK(journal.told.Offsets(0) == Range(20, 50));
}

void ALogMadeAnewIsOutOfRange(LogUnderTest& log) {
  JournalUnderTest journal(log);
  AppendMany(journal, 0, 1, 30);
  journal.ReadTo(0, 0, 30);
  log.MakeAnew();
  REQUIRE(journal.Until([&] {
    const auto& failures = journal.told.failures[0];
    return std::find(failures.begin(), failures.end(), ReadFailure::kOutOfRange) != failures.end();
  }));
  CHECK(journal.told.Offsets(0) == Range(0, 30));
}

void AForeignRecordHasNoFence(LogUnderTest& log) {
  JournalUnderTest journal(log);
  AppendMany(journal, 4, 1, 2);
  log.AppendForeign(4, "foreign");
  AppendMany(journal, 4, 3, 1);
  journal.ReadTo(4, 0, 4);
  REQUIRE(journal.told.Values(4) ==
          std::vector<std::string>{Numbered(1), Numbered(2), "foreign", Numbered(3)});
  const Record& foreign = journal.told.records[4][2].record;
  CHECK(foreign.fence == Fence{});
  CHECK(foreign.type.empty());
  CHECK(foreign.id.empty());
}

void FetchReadsSingleRecords(LogUnderTest& log) {
  JournalUnderTest journal(log);
  AppendMany(journal, 0, 1, 300);
  AppendMany(journal, 1, 1, 300);
  log.CutFront(1, 5);
  journal->Follow(0, 290);
  const std::vector<std::pair<ShardId, Offset>> asked{{0, 7}, {1, 299}, {0, 7},  {1, 100},
                                                      {0, 0}, {1, 8},   {0, 295}};
  for (const auto& [shard, offset] : asked) journal->Fetch(shard, offset);
  REQUIRE(journal.Until([&] { return journal.told.fetched.size() == asked.size(); }));
  std::multiset<std::pair<ShardId, Offset>> open(asked.begin(), asked.end());
  for (const Told::Fetched& answer : journal.told.fetched) {
    CHECK(answer.status.ok());
    CHECK(answer.record.value == Numbered(static_cast<std::uint64_t>(answer.offset) + 1));
    const auto found = open.find({answer.shard, answer.offset});
    REQUIRE(found != open.end());
    open.erase(found);
  }
  journal->Fetch(0, 300);  // Not there yet.
  journal->Fetch(1, 3);    // Not there any more.
  REQUIRE(journal.Until([&] { return journal.told.fetched.size() == asked.size() + 2; }));
  CHECK_FALSE(journal.told.fetched[asked.size()].status.ok());
  CHECK_FALSE(journal.told.fetched[asked.size() + 1].status.ok());

  // In any order: what is asked for may lie below what is being read.
  const std::size_t before = journal.told.fetched.size();
  std::size_t more = 0;
  for (Offset offset = 299; offset >= 0; offset -= 3) {
    journal->Fetch(0, offset);
    const std::size_t answered = ++more / 2;  // The read of the last ones goes on meanwhile.
    journal.Until([&] { return journal.told.fetched.size() >= before + answered; });
  }
  REQUIRE(journal.Until([&] { return journal.told.fetched.size() == before + more; }));
  for (std::size_t at = before; at < journal.told.fetched.size(); ++at) {
    INFO(journal.told.fetched[at].status);
    CHECK(journal.told.fetched[at].status.ok());
  }
  REQUIRE(journal.Until([&] { return journal.told.AtEnd(0, 300); }));
  CHECK(journal.told.Offsets(0) == Range(290, 300));
}

void TooLargeARecordIsRefused(LogUnderTest& log) {
  JournalUnderTest journal(log);
  const auto most = static_cast<std::size_t>(journal->max_record_bytes());
  CHECK(absl::IsInvalidArgument(journal->Append(0, MakeRecord(1, 1, std::string(most, 'x')))));
  // The rest is for key, headers and their names.
  const std::string large(most - 1'000, 'y');
  journal.Append(0, MakeRecord(1, 2, large));
  journal.ReadTo(0, 0, 1);
  CHECK(journal.told.Values(0) == std::vector<std::string>{large});
  REQUIRE(journal.Until([&] { return !journal.told.reports.empty(); }));
  CHECK(journal.told.reports.size() == 1);
  CHECK(journal.told.reports[0].seq == 2);
}

void TwoWritersHaveOneOrder(LogUnderTest& log) {
  JournalUnderTest first(log);
  JournalUnderTest second(log);
  constexpr std::size_t kEach = 300;
  for (std::uint64_t seq = 0; seq < kEach; ++seq) {
    first.Append(6, MakeRecord(1, seq, "first " + std::to_string(seq)));
    second.Append(6, MakeRecord(2, seq, "second " + std::to_string(seq)));
    // In small steps, so that the two really take turns.
    if (seq % 10 == 0) {
      REQUIRE(first.Until([&] { return first.told.reports.size() > seq; }));
      REQUIRE(second.Until([&] { return second.told.reports.size() > seq; }));
    }
  }
  REQUIRE(first.Until([&] { return first.told.reports.size() >= kEach; }));
  REQUIRE(second.Until([&] { return second.told.reports.size() >= kEach; }));
  first.ReadTo(6, 0, 2 * kEach);
  second.ReadTo(6, 0, 2 * kEach);
  CHECK(first.told.Values(6) == second.told.Values(6));
  std::uint64_t next_of_term[3] = {0, 0, 0};
  for (const Told::Read& read : first.told.records[6]) {
    CHECK(read.record.fence.seq == next_of_term[read.record.fence.term]++);
  }
  const auto of_term = [](std::uint64_t term) {
    return [term](const AppendReport& report) { return report.term == term; };
  };
  CHECK(std::all_of(first.told.reports.begin(), first.told.reports.end(), of_term(1)));
  CHECK(std::all_of(second.told.reports.begin(), second.told.reports.end(), of_term(2)));
}

void ShardsAreIndependent(LogUnderTest& log) {
  JournalUnderTest journal(log);
  for (ShardId shard = 0; shard < kShardsUnderTest; ++shard) journal->Follow(shard, 0);
  constexpr std::uint64_t kRecords = 800;
  for (std::uint64_t seq = 0; seq < kRecords; ++seq) {
    const auto shard = static_cast<ShardId>(seq * seq % kShardsUnderTest);
    journal.Append(shard, MakeRecord(1, seq, "shard " + std::to_string(shard)));
  }
  const auto read = [&] {
    std::size_t all = 0;
    for (const auto& [shard, records] : journal.told.records) all += records.size();
    return all;
  };
  REQUIRE(journal.Until([&] { return read() == kRecords; }));
  for (const auto& [shard, records] : journal.told.records) {
    CHECK(journal.told.Offsets(shard) == Range(0, static_cast<Offset>(records.size())));
    std::uint64_t last = 0;
    for (const Told::Read& each : records) {
      CHECK(each.record.value == "shard " + std::to_string(shard));
      CHECK(each.record.fence.seq >= last);
      last = each.record.fence.seq;
    }
  }
  REQUIRE(journal.Until([&] { return journal.told.reports.size() == kRecords; }));
}

}  // namespace

void Told::OnRecord(ShardId shard, Offset offset, Record record) {
  if (on_record) on_record(shard, offset);
  records[shard].push_back({offset, std::move(record)});
}

std::vector<Offset> Told::Offsets(ShardId shard) const {
  std::vector<Offset> offsets;
  const auto found = records.find(shard);
  if (found == records.end()) return offsets;
  for (const Read& read : found->second) offsets.push_back(read.offset);
  return offsets;
}

std::vector<std::string> Told::Values(ShardId shard) const {
  std::vector<std::string> values;
  const auto found = records.find(shard);
  if (found == records.end()) return values;
  for (const Read& read : found->second) values.push_back(read.record.value);
  return values;
}

bool Told::AtEnd(ShardId shard, Offset next) const {
  const auto found = ends.find(shard);
  return found != ends.end() && !found->second.empty() && found->second.back() == next;
}

bool JournalUnderTest::Until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    const int told_now = journal_->Poll(told);
    if (condition()) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    if (told_now == 0) log_.Wait();
  }
}

void JournalUnderTest::Append(ShardId shard, const Record& record) {
  absl::Status status;
  REQUIRE(Until([&] {
    status = journal_->Append(shard, record);
    return status.ok() || absl::IsInvalidArgument(status);
  }));
  REQUIRE(status.ok());
}

void JournalUnderTest::ReadTo(ShardId shard, Offset from, Offset next) {
  journal_->Follow(shard, from);
  REQUIRE(Until([&] { return told.AtEnd(shard, next); }));
}

Record MakeRecord(std::uint64_t term, std::uint64_t seq, const std::string& value) {
  Record record;
  record.fence = {.term = term,
                  .nonce = 99,
                  .seq = seq,
                  .command_hash = seq * 3,
                  .previous_checksum = static_cast<std::uint32_t>(seq)};
  record.type = "omo.test.events.v1.Noted";
  record.id = "command-" + std::to_string(seq);
  record.key = "key";
  record.value = value;
  record.stamp = FromMillis(1'735'689'600'000);
  return record;
}

const std::vector<ContractCase>& JournalContract() {
  static const std::vector<ContractCase> cases{
      {"an accepted record is reported exactly once, under its own name", ReportsEachAppendOnce},
      {"records come back whole and in the order of Append", KeepsRecordsWholeAndInOrder},
      {"Follow begins in the middle of a log", FollowsFromTheMiddle},
      {"a follower gets what is appended later, without a gap", FollowsWhatComesLater},
      {"the end is told, and told again after later records", TellsTheEndAgain},
      {"the end is seen again and again, whoever writes and nobody", SeesTheEndAgainAndAgain},
      {"no record of an earlier Follow comes after a new one", ANewFollowReplacesTheOld},
      {"nothing comes after Unfollow", UnfollowEnds},
      {"an offset behind the end is out of range", AnOffsetBehindTheEndIsOutOfRange},
      {"an offset before a cut log's beginning is out of range", ALogCutInFrontIsOutOfRange},
      {"a log that was made anew is out of range", ALogMadeAnewIsOutOfRange},
      {"a foreign record comes with an all-zero fence", AForeignRecordHasNoFence},
      {"Fetch reads single records, whatever is followed", FetchReadsSingleRecords},
      {"a record over the limit is refused and nothing is taken", TooLargeARecordIsRefused},
      {"two journals on one log read one order", TwoWritersHaveOneOrder},
      {"every shard has an order and offsets of its own", ShardsAreIndependent},
  };
  return cases;
}

}  // namespace omo::journal
