// A shard on three real brokers that die (failure case F7).
#include <chrono>
#include <map>
#include <string>

#include "libs/journal/validity.h"
#include "libs/shard/runtime.h"
#include "tests/contract/support/kafka_log.h"
#include "tests/support/shard/one_shard.h"

namespace omo::shard {
namespace {

using simulation::Receive;
using testing::OneShard;

constexpr int kCommands = 200;
constexpr int kHurried = 20;  // Of them: their callers wait for a moment only.
constexpr Duration kHurry{1'000};
// Short, so that what is sent in an outage runs into it.
constexpr Duration kMessageTimeout{2'000};
constexpr Duration kPatience{120'000};

// The shard, driven by the real clock, and its callers: each repeats its id until it is accepted,
// whatever else it is told; all that is told is counted.
class Driven {
 public:
  explicit Driven(journal::KafkaLog& log) {
    journal::KafkaJournalOptions options = log.Options();
    options.message_timeout = kMessageTimeout;
    auto opened = journal::KafkaJournal::Open(options, wakeup_);
    REQUIRE(opened.ok());
    journal_ = *std::move(opened);
    shard_ = std::make_unique<OneShard>(*journal_, resources_, "one", clock_);
    shard_->shard().policy().Assign(1, clock_);
    REQUIRE(Until([&] { return shard_->shard().log().owning(); }));
  }

  bool Until(const std::function<bool()>& condition, Duration limit = kPatience) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < deadline) {
      clock_ = WallNow();
      shard_->Run(1, Duration{0});
      Repeat();
      if (condition()) return true;
      wakeup_.Wait(Duration{2});
    }
    return false;
  }
  void Ask(int commands, std::optional<Duration> patience = std::nullopt) {
    const auto deadline = patience ? std::optional(clock_ + *patience) : std::nullopt;
    for (int i = 0; i < commands; ++i) {
      const std::string id = shard_->NewId();
      waiting_[id] = shard_->Send(Receive{"apple", 1}, id, deadline);
    }
  }
  bool AllAccepted() {
    return Until([this] { return waiting_.empty(); });
  }
  // How often each verdict was told.
  const std::map<Verdict, int>& verdicts() const { return verdicts_; }
  std::uint64_t suspects() { return shard_->shard().log().counters().suspects; }
  std::size_t accepted() const { return accepted_.size(); }
  const std::map<std::string, Offset>& answers() const { return accepted_; }
  Offset end() { return shard_->shard().log().reader().next_offset; }

 private:
  void Repeat() {
    for (auto at = waiting_.begin(); at != waiting_.end();) {
      const std::optional<Verdict> verdict = at->second->verdict;
      if (verdict) ++verdicts_[*verdict];
      if (verdict == Verdict::kAccepted) {
        accepted_[at->first] = at->second->position.offset;
        at = waiting_.erase(at);
        continue;
      }
      if (verdict) at->second = shard_->Send(Receive{"apple", 1}, at->first);
      ++at;
    }
  }

  Time clock_ = WallNow();
  store::Resources resources_;
  journal::Wakeup wakeup_;
  std::unique_ptr<journal::KafkaJournal> journal_;
  std::unique_ptr<OneShard> shard_;
  std::map<std::string, OneShard::ToldPointer> waiting_;
  std::map<std::string, Offset> accepted_;
  std::map<Verdict, int> verdicts_;
};

// Each command is in the log once, where its answer says, and nothing else is.
void CheckAnswers(journal::KafkaLog& log, Driven& driven) {
  journal::JournalUnderTest reader(log);
  reader.ReadTo(0, 0, driven.end());
  std::multimap<std::string, Offset> valid;
  journal::Cursor cursor;
  for (const auto& [offset, record] : reader.told.records[0]) {
    const journal::Kind kind = journal::KindOf(record.type);
    const bool counts = Judge(cursor, kind, record.fence) == journal::Verdict::kValid;
    if (counts && kind == journal::Kind::kEvent) valid.emplace(record.id, offset);
  }
  CHECK(valid.size() == driven.accepted());
  for (const auto& [id, offset] : driven.answers()) {
    REQUIRE(valid.count(id) == 1);
    CHECK(valid.find(id)->second == offset);
  }
}

TEST_CASE("F7 brokers that die one by one, then two of three: waiting, and nothing wrong",
          "[shard]") {
  testing::KafkaCluster kafka(3, {{"min.insync.replicas", "2"}});
  journal::KafkaLog log(kafka, 1);
  Driven driven(log);
  for (int broker = 0; broker < 3; ++broker) {
    driven.Ask(kCommands);
    kafka.Kill(broker);
    driven.Ask(kCommands);
    REQUIRE(driven.AllAccepted());  // Two of three are enough.
    kafka.Restart(broker);
  }
  driven.Ask(1);
  REQUIRE(driven.AllAccepted());

  kafka.Kill(0);
  kafka.Kill(1);
  const std::map<Verdict, int> before = driven.verdicts();
  const std::uint64_t suspects = driven.suspects();
  driven.Ask(kCommands - kHurried);
  driven.Ask(kHurried, kHurry);
  // Long enough for every record sent to be given up. Nothing may be told but that nobody knows,
  // to who asked to be told something by now.
  driven.Until([] { return false; }, 3 * kMessageTimeout);
  CHECK(driven.suspects() > suspects);
  std::map<Verdict, int> expected = before;
  expected[Verdict::kUnknown] += kHurried;
  REQUIRE(driven.verdicts() == expected);
  kafka.Restart(0);
  kafka.Restart(1);
  REQUIRE(driven.AllAccepted());
  CHECK(driven.accepted() == 7 * kCommands + 1);
  // Whatever else callers were told on the way: never "no". That nobody owns just now is true where
  // a claim that nobody knew of is found in the log, and the next has to wait a moment.
  for (const auto& [verdict, count] : driven.verdicts()) {
    CAPTURE(count, static_cast<int>(verdict));
    CHECK((verdict == Verdict::kAccepted || verdict == Verdict::kNotRecorded ||
           verdict == Verdict::kUnknown));
  }
  CheckAnswers(log, driven);
}

}  // namespace
}  // namespace omo::shard
