// Operators' orders to a shard: its time moved back, the end of its log.
#include <optional>
#include <string>

#include "tests/support/shard/shard_rig.h"

namespace omo::shard {
namespace {

using simulation::Receive;
using testing::OneShard;
using testing::ScriptedJournal;

constexpr Duration kYear = std::chrono::hours{24 * 365};

struct Rig : testing::ShardRig {
  // All clocks are a year ahead for one decision of the first's; from then on the log takes no
  // stamp that is far from the right time.
  void LiveAhead() {
    first.skew = kYear;
    REQUIRE(first.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
    first.Run();
    first.skew = Duration{0};
    first_way.newest_stamp = second_way.newest_stamp = clock + std::chrono::minutes{30};
  }
  // The log has refused what the first decided with that time.
  void LearnThatItIsAhead() {
    const auto refused = first.Send(Receive{"apple", 1});
    first.Run();
    REQUIRE(refused->verdict == Verdict::kNotRecorded);
    REQUIRE(first.shard().log().owning());
  }
  // What the order is answered; the shard runs meanwhile.
  Outcome TakeClockTime(OneShard& at) {
    std::optional<Outcome> told;
    at.shard().TakeClockTime("ann", "the clock was wrong",
                             [&](const Outcome& outcome) { told = outcome; });
    at.Run();
    REQUIRE(told);
    return *told;
  }
  std::optional<Outcome> sealed;
  void Seal() {
    first.shard().Seal("omo.toy.journal.v2", [this](const Outcome& outcome) { sealed = outcome; });
  }
};

TEST_CASE("an owner whose time is far ahead of its clock decides nothing until it is moved back",
          "[shard]") {
  Rig rig;
  rig.first.Own(1);
  rig.LiveAhead();
  rig.LearnThatItIsAhead();
  const Offset end = rig.broker.log_end(0);
  const auto read = rig.first.Read();
  rig.first.Run();
  CHECK_FALSE(*read);
  CHECK(rig.broker.log_end(0) == end);
  CHECK(rig.first.shard().Status().state == "owning, its time is ahead of the clock");

  REQUIRE(rig.TakeClockTime(rig.first).verdict == Verdict::kAccepted);
  CHECK(*read == Verdict::kNothingToDo);
  CHECK(rig.first.shard().now() <= rig.clock);
  CHECK(rig.first.shard().Status().state == "owning");
  // The order is stamped with the time it brings: the log would take no other.
  CHECK(journal::KindOf(rig.broker.log(0)[static_cast<std::size_t>(end)].type) ==
        journal::Kind::kSetTime);
  for (auto offset = static_cast<std::size_t>(end); offset < rig.broker.log(0).size(); ++offset) {
    CHECK(rig.broker.log(0)[offset].stamp <= rig.clock);
  }
  const Offset moved = rig.broker.log_end(0);
  CHECK(rig.TakeClockTime(rig.first).reason == "TIME_NOT_AHEAD");
  CHECK(rig.broker.log_end(0) == moved);
}

TEST_CASE("a clock that stands back stops no owner whose stamps the log takes", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  REQUIRE(rig.first.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
  rig.first.skew = -kYear;
  CHECK(rig.first.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
  CHECK(rig.first.shard().Status().state == "owning");
}

TEST_CASE("an owner goes on when the clock has come to its time", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  rig.LiveAhead();
  rig.LearnThatItIsAhead();
  const auto read = rig.first.Read();
  rig.first.Run();
  CHECK_FALSE(*read);
  rig.clock += kYear;
  rig.first_way.newest_stamp.reset();
  rig.first.Run();
  CHECK(*read == Verdict::kNothingToDo);
  CHECK(rig.first.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
}

TEST_CASE("F17 no command that was done and forgotten under a time ahead is done again",
          "[shard]") {
  Rig rig;
  rig.first.Own(1);
  const std::string before = rig.first.NewId();
  REQUIRE(rig.first.Ask(Receive{"apple", 1}, before).verdict == Verdict::kAccepted);
  rig.LiveAhead();  // Seven days of ids are forgotten at once.
  rig.LearnThatItIsAhead();
  REQUIRE(rig.TakeClockTime(rig.first).verdict == Verdict::kAccepted);
  CHECK(rig.first.Ask(Receive{"apple", 1}, before).reason == "COMMAND_TOO_OLD");
  CHECK(rig.first.Ask(Receive{"apple", 1}).reason == "COMMAND_TOO_OLD");
  // Ids may be made ahead by so much: from then on every id is a new one.
  rig.clock += ShardOptions{}.id_future_max;
  const std::string after = rig.first.NewId();
  CHECK(rig.first.Ask(Receive{"apple", 1}, after).verdict == Verdict::kAccepted);
  CHECK(rig.first.Ask(Receive{"apple", 1}, after).duplicate);
  CHECK(rig.first.Ask(Receive{"apple", 1}, before).reason == "COMMAND_TOO_OLD");
}

TEST_CASE("time moved back is so for every reader and every later owner", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  rig.LiveAhead();
  // Another takes over while it is ahead: once refused, its claim has a stamp that the log takes.
  rig.second.Own(2);
  CHECK(rig.broker.log(0).back().stamp <= rig.clock);
  CHECK(rig.second.shard().now() > rig.clock + kYear / 2);
  REQUIRE(rig.TakeClockTime(rig.second).verdict == Verdict::kAccepted);
  const std::string too_early = rig.second.NewId();
  rig.clock += ShardOptions{}.id_future_max;
  REQUIRE(rig.second.Ask(Receive{"pear", 1}).verdict == Verdict::kAccepted);
  CHECK(rig.second.shard().now() <= rig.clock);

  ScriptedJournal way(rig.broker);
  OneShard reader(way, rig.resources, "reader", rig.clock);
  reader.Run();
  CHECK(reader.shard().now() <= rig.clock);
  CHECK(reader.shard().confirmed_stamp() == rig.second.shard().confirmed_stamp());
  CHECK(reader.Hash() == rig.second.Hash());
  reader.Own(3);
  CHECK(reader.Ask(Receive{"plum", 1}, too_early).reason == "COMMAND_TOO_OLD");
  CHECK(reader.Ask(Receive{"plum", 1}).verdict == Verdict::kAccepted);
}

TEST_CASE("nothing overtakes the order that moves the time", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  rig.LiveAhead();
  rig.LearnThatItIsAhead();
  rig.first_way.hold = true;
  std::optional<Verdict> told;
  rig.first.shard().TakeClockTime("ann", "the clock was wrong",
                                  [&](const Outcome& outcome) { told = outcome.verdict; });
  const auto waiting = rig.first.Send(Receive{"pear", 1});
  rig.first.skew = kYear * 2;  // Even with the clock ahead again.
  rig.first.Run();
  CHECK(rig.first_way.on_way() == 1);
  CHECK_FALSE(told);
  rig.first.skew = Duration{0};
  // Its fate unknown, another owner settles it: it never was.
  rig.first_way.LoseOldest();
  rig.first_way.hold = false;
  rig.second.Own(2);
  rig.first.Run();
  CHECK(told == Verdict::kNotRecorded);
  CHECK(waiting->verdict == Verdict::kNotOwner);
}

TEST_CASE("a feature enabled behind the order brings no later time back", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  rig.LiveAhead();
  rig.LearnThatItIsAhead();
  std::optional<Verdict> moved;
  std::optional<Verdict> enabled;
  rig.first.shard().TakeClockTime("ann", "the clock was wrong",
                                  [&](const Outcome& outcome) { moved = outcome.verdict; });
  rig.first.shard().EnableFeature({"seats", 0},
                                  [&](const Outcome& outcome) { enabled = outcome.verdict; });
  rig.first.Run();
  CHECK(moved == Verdict::kAccepted);
  CHECK(enabled == Verdict::kAccepted);
  CHECK(rig.first.shard().now() <= rig.clock);
}

TEST_CASE("an owner that waits for its time still hands over", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  rig.LiveAhead();
  rig.LearnThatItIsAhead();
  rig.first.shard().policy().Unassign();
  rig.first.shard().BeginRelease("second");
  rig.first.Run();
  CHECK_FALSE(rig.first.shard().log().owning());
  const journal::Record& last = rig.broker.log(0).back();
  CHECK(journal::KindOf(last.type) == journal::Kind::kRelease);
  CHECK(last.stamp <= rig.clock);
}

TEST_CASE("who does not own moves no time and seals nothing", "[shard]") {
  Rig rig;
  rig.first.Run();
  CHECK(rig.TakeClockTime(rig.first).verdict == Verdict::kNotOwner);
  rig.Seal();
  CHECK(rig.sealed->verdict == Verdict::kNotOwner);
  CHECK(rig.broker.log_end(0) == 0);
}

TEST_CASE("a sealed log ends there: for its owner, for claims and for readers", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  const auto before = rig.first.Send(Receive{"apple", 1});
  rig.first.Run(1);
  rig.Seal();
  const auto after = rig.first.Send(Receive{"pear", 1});
  CHECK(after->verdict == Verdict::kNotOwner);
  rig.first.Run();
  CHECK(before->verdict == Verdict::kAccepted);
  REQUIRE(rig.sealed);
  CHECK(rig.sealed->verdict == Verdict::kAccepted);
  const Offset end = rig.broker.log_end(0);
  CHECK(journal::KindOf(rig.broker.log(0).back().type) == journal::Kind::kSeal);
  CHECK(rig.sealed->position.offset == end - 1);

  // Nobody claims it any more, assigned anew or not.
  for (OneShard* each : {&rig.first, &rig.second}) {
    each->shard().policy().Assign(2, rig.clock);
    each->Run(200);
    CHECK_FALSE(each->shard().log().owning());
  }
  CHECK(rig.broker.log_end(0) == end);
  // And who claims it all the same changes nobody's rows.
  const std::uint64_t hash = rig.second.Hash();
  journal::Record claim;
  claim.type = journal::TypeOf(journal::Kind::kClaim);
  claim.fence = {.term = rig.second.shard().log().reader().cursor.term + 1, .nonce = 7};
  claim.value = ClaimValue({.instance = "third", .group = "toy", .generation = 3});
  rig.broker.Append(0, claim);
  rig.first.Run();
  rig.second.Run();
  for (OneShard* each : {&rig.first, &rig.second}) {
    CHECK(each->shard().log().counters().void_records == 1);
    CHECK(each->Hash() == hash);
  }
}

TEST_CASE("a seal whose owner loses the shard before it is in the log is answered so", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  rig.first_way.hold = true;
  rig.Seal();
  rig.first.Run(1);
  REQUIRE(rig.first_way.on_way() > 0);
  while (rig.first_way.on_way() > 0) rig.first_way.LoseOldest();
  rig.first_way.hold = false;
  rig.second.Own(2);
  rig.first.Run();
  REQUIRE(rig.sealed);
  CHECK(rig.sealed->verdict == Verdict::kNotRecorded);
  CHECK(rig.second.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
}

}  // namespace
}  // namespace omo::shard
