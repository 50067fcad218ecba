// Group membership on a real broker: who is assigned what, leaving, coming back, being fenced.
#include "libs/journal/kafka/kafka_membership.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>

#include "tests/contract/support/kafka_log.h"
#include "tests/support/catch.h"
#include "tests/support/wait.h"

namespace omo::journal {
namespace {

constexpr int kShards = 16;
constexpr Duration kLongSession{30'000};
constexpr std::chrono::seconds kSoon{10};  // Well within the long session.

class Member {
 public:
  Member(KafkaLog& log, const std::string& instance, Duration session = kLongSession) {
    KafkaMembershipOptions options;
    options.connection = log.Options().connection;
    options.topic = log.topic();
    options.group = log.topic() + ".group";
    options.instance = instance;
    options.session_timeout = session;
    auto joined = KafkaMembership::Join(options, [this](const Assignment& assignment) {
      const std::lock_guard lock(mutex_);
      assignments_.push_back(assignment);
    });
    REQUIRE(joined.ok());
    membership_ = *std::move(joined);
  }

  KafkaMembership& operator*() { return *membership_; }

  std::optional<Assignment> Newest() const {
    const std::lock_guard lock(mutex_);
    if (assignments_.empty()) return std::nullopt;
    return assignments_.back();
  }
  std::set<ShardId> Shards() const {
    const auto newest = Newest();
    if (!newest) return {};
    return {newest->shards.begin(), newest->shards.end()};
  }
  std::size_t Told() const {
    const std::lock_guard lock(mutex_);
    return assignments_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Assignment> assignments_;
  std::unique_ptr<KafkaMembership> membership_;  // Last: its thread uses what is above.
};

bool Has(const Member& member, std::size_t count) { return member.Shards().size() == count; }

TEST_CASE("members share the shards, each one once, in one generation", "[journal]") {
  KafkaLog log(SharedKafka(), kShards);
  Member a(log, "a");
  REQUIRE(testing::WaitUntil([&] { return Has(a, kShards); }));
  const std::int32_t first = a.Newest()->generation;
  CHECK(first >= 1);
  Member b(log, "b");
  REQUIRE(testing::WaitUntil([&] { return Has(a, 8) && Has(b, 8); }));
  std::set<ShardId> all = a.Shards();
  all.merge(b.Shards());
  CHECK(all.size() == kShards);
  CHECK(a.Newest()->generation == b.Newest()->generation);
  CHECK(a.Newest()->generation > first);
  CHECK(a.Newest()->group == log.topic() + ".group");
}

TEST_CASE("who leaves is told so, and the others have its shards at once", "[journal]") {
  const std::string kind = GENERATE("static", "dynamic");
  CAPTURE(kind);
  KafkaLog log(SharedKafka(), kShards);
  Member a(log, kind == "static" ? "a" : "");
  REQUIRE(testing::WaitUntil([&] { return Has(a, kShards); }));
  Member b(log, kind == "static" ? "b" : "");
  REQUIRE(testing::WaitUntil([&] { return Has(a, 8) && Has(b, 8); }));
  const std::int32_t together = b.Newest()->generation;
  (*a).Leave();
  CHECK(testing::WaitUntil([&] { return a.Shards().empty(); }, kSoon));
  CHECK(testing::WaitUntil([&] { return Has(b, kShards); }, kSoon));
  CHECK(b.Newest()->generation > together);
}

TEST_CASE("a static member that comes back in time gets its shards back and nobody notices",
          "[journal]") {
  KafkaLog log(SharedKafka(), kShards);
  auto a = std::make_unique<Member>(log, "a");
  REQUIRE(testing::WaitUntil([&] { return Has(*a, kShards); }));
  Member b(log, "b");
  REQUIRE(testing::WaitUntil([&] { return Has(*a, 8) && Has(b, 8); }));
  const std::set<ShardId> had = a->Shards();
  const std::size_t told = b.Told();
  a.reset();  // As if killed: it does not leave.
  a = std::make_unique<Member>(log, "a");
  REQUIRE(testing::WaitUntil([&] { return Has(*a, 8); }));
  CHECK(a->Shards() == had);
  CHECK(b.Told() == told);
}

TEST_CASE("a member that is gone without leaving is missed after its session", "[journal]") {
  KafkaLog log(SharedKafka(), kShards);
  auto a = std::make_unique<Member>(log, "a", Duration{2'000});
  REQUIRE(testing::WaitUntil([&] { return Has(*a, kShards); }));
  Member b(log, "b", Duration{2'000});
  REQUIRE(testing::WaitUntil([&] { return Has(*a, 8) && Has(b, 8); }));
  const std::set<ShardId> kept = b.Shards();
  a.reset();
  REQUIRE(testing::WaitUntil([&] { return Has(b, kShards); }));
  const std::set<ShardId> now = b.Shards();
  CHECK(std::includes(now.begin(), now.end(), kept.begin(), kept.end()));
}

TEST_CASE("F15 a second instance under the same static id puts the first one out", "[journal]") {
  KafkaLog log(SharedKafka(), kShards);
  Member first(log, "same");
  REQUIRE(testing::WaitUntil([&] { return Has(first, kShards); }));
  Member second(log, "same");
  REQUIRE(testing::WaitUntil([&] { return Has(second, kShards); }));
  REQUIRE(testing::WaitUntil([&] { return (*first).fenced(); }));
  CHECK(testing::WaitUntil([&] { return first.Shards().empty(); }));
  CHECK_FALSE((*second).fenced());
}

TEST_CASE("a generation is read only from the form that is known", "[journal]") {
  const auto known =
      DecodeGeneration(std::string_view("CGMDv2:\x05\x00\x00\x00group\0m\0\x01", 20));
  REQUIRE(known.ok());
  CHECK(*known == 5);
  CHECK(absl::IsFailedPrecondition(DecodeGeneration("CGMDv3:1234").status()));
  CHECK(absl::IsFailedPrecondition(DecodeGeneration("CGMDv2:12").status()));
}

}  // namespace
}  // namespace omo::journal
