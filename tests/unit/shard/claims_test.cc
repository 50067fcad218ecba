// What becomes of a claim whose fate nobody heard of: the log alone says whether it was won.
#include <algorithm>
#include <string>

#include "tests/support/shard/shard_rig.h"

namespace omo::shard {
namespace {

using simulation::Receive;
using testing::OneShard;
using testing::ScriptedJournal;

struct Rig : testing::ShardRig {
  std::ptrdiff_t ClaimsInLog() const {
    return std::ranges::count_if(broker.log(0), [](const journal::Record& record) {
      return journal::KindOf(record.type) == journal::Kind::kClaim;
    });
  }
  // The first owns, and one record of its term is given up: it is in doubt, and its next claim is
  // on its way.
  void DoubtFirst() {
    first.Own(1);
    first_way.hold = true;
    given_up = first.Send(Receive{"apple", 1});
    first.Run(1);
    first_way.FailAll();
    AwaitClaim();
  }
  // Until the first's claim is on its way.
  void AwaitClaim() {
    for (int round = 0; round < 10 && first_way.on_way() == 0; ++round) first.Run(1);
    REQUIRE(first_way.on_way() == 1);
    REQUIRE(first.shard().log().state() == ShardLog::State::kClaiming);
  }
  // The first would own, and its first claim is given up.
  void GiveUpFirstClaim() {
    first_way.hold = true;
    first.shard().policy().Assign(1, clock);
    AwaitClaim();
    first_way.FailAll();
  }
  // It is in doubt no more, and nobody was sent away meanwhile.
  void CheckFirstWentOn(const OneShard::ToldPointer& asked) {
    first_way.hold = false;
    first.Run();
    CHECK(given_up->verdict == Verdict::kNotRecorded);
    CHECK(asked->verdict == Verdict::kAccepted);
    CHECK(first.shard().log().owning());
    CHECK(first.shard().log().counters().claims_won == 2);
    CHECK(first.shard().log().counters().claims_lost == 0);
  }

  OneShard::ToldPointer given_up;
};

TEST_CASE("an owner in doubt whose claim was given up but landed goes on by it", "[shard]") {
  Rig rig;
  rig.DoubtFirst();
  const auto asked = rig.first.Send(Receive{"pear", 1});
  rig.first_way.Store();
  rig.first_way.FailAll();
  rig.CheckFirstWentOn(asked);
  CHECK(rig.ClaimsInLog() == 2);
}

TEST_CASE("a claim that is read before its report is won, whatever the report says", "[shard]") {
  Rig rig;
  rig.DoubtFirst();
  const auto asked = rig.first.Send(Receive{"pear", 1});
  rig.first_way.Store();
  rig.first.Run(1);
  CHECK(rig.first.shard().log().owning());
  rig.first_way.LoseOldest();  // The claim's report: nobody knows.
  rig.CheckFirstWentOn(asked);
  CHECK(rig.ClaimsInLog() == 2);
}

TEST_CASE("of two claims of one owner in doubt the one that lands first is won", "[shard]") {
  Rig rig;
  rig.DoubtFirst();
  const auto asked = rig.first.Send(Receive{"pear", 1});
  rig.first_way.FailAll();
  rig.AwaitClaim();
  rig.first_way.StoreLost();  // Behind the record given up, which lands too: void.
  rig.first_way.Store();
  rig.first_way.hold = false;
  rig.first.Run();
  CHECK(rig.ClaimsInLog() == 3);
  // The record given up was valid after all: its claim came behind it.
  CHECK(rig.given_up->verdict == Verdict::kAccepted);
  CHECK(asked->verdict == Verdict::kAccepted);
  CHECK(rig.first.shard().log().counters().claims_won == 2);
  CHECK(rig.first.shard().log().counters().claims_lost == 0);
  CHECK(rig.first.Ask(Receive{"plum", 1}).verdict == Verdict::kAccepted);
}

TEST_CASE("a first claim that was given up and lands late is won then", "[shard]") {
  Rig rig;
  rig.GiveUpFirstClaim();
  rig.first.Run(1);
  CHECK_FALSE(rig.first.shard().log().owning());
  rig.first_way.StoreLost();
  rig.first.Run(1);
  CHECK(rig.first.shard().log().owning());
  rig.first_way.hold = false;
  CHECK(rig.first.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
}

TEST_CASE("a claim that lands after the shard was taken away is released", "[shard]") {
  Rig rig;
  rig.GiveUpFirstClaim();
  rig.first.shard().policy().Unassign();
  rig.first.Run(1);
  REQUIRE(rig.first.shard().log().state() == ShardLog::State::kFollowing);
  rig.first_way.StoreLost();
  rig.first_way.hold = false;
  rig.first.Run();
  CHECK_FALSE(rig.first.shard().log().owning());
  CHECK(rig.ClaimsInLog() == 1);
  CHECK(journal::KindOf(rig.broker.log(0).back().type) == journal::Kind::kRelease);
}

TEST_CASE("a claim that lands behind a feature the claimer lacks is released", "[shard]") {
  store::Resources resources;
  journal::MemoryBroker broker{1};
  Time clock{std::chrono::hours{500'000}};
  ScriptedJournal newer_way(broker);
  ScriptedJournal older_way(broker);
  OneShard newer(newer_way, resources, "newer", clock, {.claimer = {.feature_level = 1}});
  OneShard older(older_way, resources, "older", clock);
  newer.Own(1);
  older.Run();
  older_way.hold = true;
  older.shard().policy().Assign(2, clock);
  for (int round = 0; round < 100 && older_way.on_way() == 0; ++round) older.Run(1);
  REQUIRE(older_way.on_way() == 1);
  std::optional<Verdict> enabled;
  newer.shard().EnableFeature({"seats", 1},
                              [&](const Outcome& outcome) { enabled = outcome.verdict; });
  newer.Run();
  REQUIRE(enabled == Verdict::kAccepted);

  older_way.hold = false;
  const auto asked = older.Send(Receive{"apple", 1});
  older.Run();
  CHECK(asked->verdict == Verdict::kNotOwner);
  CHECK_FALSE(older.shard().log().owning());
  CHECK(journal::KindOf(broker.log(0).back().type) == journal::Kind::kRelease);
}

}  // namespace
}  // namespace omo::shard
