// What callers are told, and when: one shard, moved step by step over a journal whose network the
// test moves.
#include "libs/shard/control.h"
#include "tests/support/shard/one_shard.h"
#include "tests/support/shard/scripted_journal.h"

namespace omo::shard {
namespace {

using simulation::Keep;
using simulation::Receive;
using testing::OneShard;
using testing::ScriptedJournal;

struct Rig {
  explicit Rig(ShardOptions options = {}) : shard(way, resources, "one", clock, options) {}

  store::Resources resources;
  journal::MemoryBroker broker{1};
  Time clock{std::chrono::hours{500'000}};
  ScriptedJournal way{broker};
  OneShard shard;
};

}  // namespace

TEST_CASE("an owner whose log is silent tells its callers at their deadline", "[shard]") {
  Rig rig({.in_flight_max = 1});
  rig.shard.Own(1);
  rig.shard.Run(5);  // The term's first records are through.
  rig.way.hold = true;
  const Time deadline = rig.clock + Duration{500};
  const auto on_its_way = rig.shard.Send(Receive{"apple", 1}, rig.shard.NewId(), deadline);
  const auto queued = rig.shard.Send(Receive{"apple", 1}, rig.shard.NewId(), deadline);
  const auto patient = rig.shard.Send(Receive{"apple", 1}, rig.shard.NewId());
  rig.shard.Run(40);
  CHECK_FALSE(on_its_way->verdict);
  rig.shard.Run(40);
  CHECK(rig.shard.shard().log().owning());
  CHECK(on_its_way->verdict == Verdict::kUnknown);
  CHECK(queued->verdict == Verdict::kUnknown);
  CHECK_FALSE(patient->verdict);
  rig.way.hold = false;
  rig.shard.Run(5);
  CHECK(patient->verdict == Verdict::kAccepted);
  // What was queued behind is not decided any more, what was on its way is in the log.
  CHECK(rig.shard.Ask(Keep{"hold", "apple", 3, Duration{1'000}}).verdict == Verdict::kRefused);
  CHECK(rig.shard.Ask(Keep{"hold", "apple", 2, Duration{1'000}}).verdict == Verdict::kAccepted);
}

TEST_CASE("a repeat whose event cannot be read just now waits for it, up to its deadline",
          "[shard]") {
  Rig rig({.recent_facts_max = 0});
  rig.shard.Own(1);
  const std::string id = rig.shard.NewId();
  const auto first = rig.shard.Ask(Receive{"apple", 1}, id);
  REQUIRE(first.verdict == Verdict::kAccepted);

  rig.way.fetches_failing = 40;  // Both ask, again and again.
  const auto patient = rig.shard.Send(Receive{"apple", 1}, id);
  const auto hurried = rig.shard.Send(Receive{"apple", 1}, id, rig.clock + Duration{60});
  rig.shard.Run(8);
  CHECK_FALSE(patient->verdict);
  rig.shard.Run(6);
  CHECK(hurried->verdict == Verdict::kUnknown);
  rig.shard.Run(20);
  CHECK(patient->verdict == Verdict::kAccepted);
  CHECK(patient->duplicate);
  CHECK(patient->position.offset == first.position.offset);
}

TEST_CASE("nobody else may call itself the shard's timer", "[shard]") {
  Rig rig;
  rig.shard.Own(1);
  const auto told =
      rig.shard.Send(Receive{"apple", 1}, rig.shard.NewId(), std::nullopt, kTimerCaller);
  rig.shard.Run(5);
  CHECK(told->verdict == Verdict::kInvalid);
  CHECK(told->reason == "CALLER_RESERVED");
}

TEST_CASE("a read that waits for a position of another log is told so once the log is known",
          "[shard]") {
  Rig rig;
  std::optional<Outcome> told;
  Read read;
  read.min_position = Position{.log_id = 7, .shard = 0, .offset = 3};
  read.reply = [&](Verdict verdict, const Outcome& outcome) {
    told = outcome;
    told->verdict = verdict;
  };
  rig.shard.shard().SubmitRead(std::move(read));
  rig.shard.Run(3);
  REQUIRE_FALSE(told);
  rig.shard.Own(1);
  for (int i = 0; i < 5; ++i) REQUIRE(rig.shard.Ask(Receive{"apple", 1}).verdict.has_value());
  REQUIRE(told);
  CHECK(told->verdict == Verdict::kInvalid);
  CHECK(told->reason == "POSITION_OF_ANOTHER_LOG");
}

TEST_CASE("a read that waits for what never comes is given up, though its caller sets no deadline",
          "[shard]") {
  Rig rig({.position_wait_max = Duration{300}});
  rig.shard.Own(1);
  REQUIRE(rig.shard.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
  std::optional<Verdict> told;
  Read read;
  read.min_position =
      Position{.log_id = rig.shard.shard().confirmed().log_id, .shard = 0, .offset = 1'000'000'000};
  read.reply = [&](Verdict verdict, const Outcome&) { told = verdict; };
  rig.shard.shard().SubmitRead(std::move(read));
  const Time asked = rig.clock;
  while (!told && rig.clock < asked + Duration{1'000}) rig.shard.Run(1);
  CHECK(told == Verdict::kUnknown);
  CHECK(rig.clock >= asked + Duration{300});
  CHECK(rig.clock < asked + Duration{400});
}

TEST_CASE("of the refusals the newest are remembered, and no more than so many", "[shard]") {
  Rig rig({.refusals_max = 2});
  rig.shard.Own(1);
  const Keep too_much{"hold", "apple", 5, Duration{1'000}};
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(rig.shard.NewId());
    CHECK(rig.shard.Ask(too_much, ids.back()).verdict == Verdict::kRefused);
  }
  rig.shard.Run(1);
  CHECK(rig.shard.Ask(too_much, ids[2]).duplicate);
  CHECK(rig.shard.Ask(too_much, ids[1]).duplicate);
  CHECK_FALSE(rig.shard.Ask(too_much, ids[0]).duplicate);  // Decided anew.
}

TEST_CASE("an owner of another group on the same journal stops the shard", "[shard]") {
  Rig rig;
  rig.shard.Own(1);
  journal::Record claim;
  claim.type = journal::TypeOf(journal::Kind::kClaim);
  claim.fence = {.term = rig.shard.shard().log().term() + 1, .nonce = 9};
  claim.value = ClaimValue({.instance = "one", .group = "another", .generation = 1});
  rig.broker.Append(0, claim);
  rig.shard.shard().log().HigherTermSeen(claim.fence.term);
  rig.shard.Run(5);
  CHECK(rig.shard.shard().log().state() == ShardLog::State::kStopped);
  CHECK(rig.shard.shard().log().stop_reason().message().find("another") != std::string::npos);
}

TEST_CASE("a feature's level never sinks", "[shard]") {
  Rig rig({.claimer = {.feature_level = 3}});
  rig.shard.Own(1);
  const auto enable = [&](std::int32_t level) {
    Verdict verdict = Verdict::kUnknown;
    rig.shard.shard().EnableFeature({.name = "kits", .level = level},
                                    [&](const Outcome& outcome) { verdict = outcome.verdict; });
    rig.shard.Run(3);
    return verdict;
  };
  CHECK(enable(2) == Verdict::kAccepted);
  CHECK(enable(3) == Verdict::kAccepted);
  const Offset end = rig.broker.log_end(0);
  CHECK(enable(1) == Verdict::kNothingToDo);
  CHECK(rig.broker.log_end(0) == end);
  CHECK(rig.shard.shard().Status(false).features.front().level == 3);
}

TEST_CASE("a poison's skip is answered when it is in force, and tried again when it was void",
          "[shard]") {
  Rig rig;
  rig.shard.Own(1);
  REQUIRE(rig.shard.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
  journal::Record poison = rig.broker.log(0).back();
  poison.fence.previous_checksum = journal::Checksum(poison);
  ++poison.fence.seq;
  poison.value = "an event of a later release";

  ScriptedJournal way(rig.broker);
  OneShard other(way, rig.resources, "other", rig.clock);
  rig.broker.Append(0, poison);
  other.Run(3);
  REQUIRE(other.shard().log().poison());
  std::optional<Outcome> told;
  way.hold = true;
  other.shard().AppendSkip(*other.shard().log().poison(), "operator", "unknown event",
                           [&](const Outcome& outcome) { told = outcome; });
  other.Run(3);
  REQUIRE(way.on_way() == 1);  // A claim.
  CHECK_FALSE(told);
  // Somebody else's comes first: ours is void, and another must follow.
  journal::Record claim;
  claim.type = journal::TypeOf(journal::Kind::kClaim);
  claim.fence = {.term = 2, .nonce = 9};
  claim.value = ClaimValue({.instance = "third", .group = "toy", .generation = 5});
  rig.broker.Append(0, claim);
  way.hold = false;
  other.Run(10);
  REQUIRE(told);
  CHECK(told->verdict == Verdict::kAccepted);
  CHECK(other.shard().log().state() == ShardLog::State::kFollowing);
  CHECK(other.shard().log().reader().next_offset == rig.broker.log_end(0));
}

}  // namespace omo::shard
