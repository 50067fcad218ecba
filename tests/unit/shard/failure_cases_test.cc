// The failure cases of docs/failure_cases.md that one shard's log decides, each by its number and
// moved by hand: what is stored, what is answered, what is lost, what comes late.
#include <algorithm>
#include <map>
#include <string>

#include "tests/support/shard/shard_rig.h"

namespace omo::shard {
namespace {

using simulation::Keep;
using simulation::Receive;
using simulation::Take;
using simulation::ToyRefusal;
using testing::OneShard;
using testing::ScriptedJournal;
using testing::Told;

struct Rig : testing::ShardRig {
  // Offsets of the valid events by command id, as any reader of the log counts them.
  std::multimap<std::string, Offset> ValidEvents() const {
    std::multimap<std::string, Offset> events;
    testing::ForEachEvent(broker.log(0), [&](Offset offset, const journal::Record& record) {
      events.emplace(record.id, offset);
    });
    return events;
  }
  bool OnceAt(const std::string& id, const Position& position) const {
    const auto events = ValidEvents();
    return events.count(id) == 1 && events.find(id)->second == position.offset;
  }
  void RunBoth(int rounds = 40) {
    for (int round = 0; round < rounds; ++round) first.Run(1), second.Run(1);
  }
  // A process that did nothing but read the log has the same rows as both.
  void CheckReadersEqual() {
    const std::uint64_t newest = std::max(first.shard().log().reader().cursor.term,
                                          second.shard().log().reader().cursor.term);
    first.shard().log().HigherTermSeen(newest);  // As the owners' topic tells a deposed one.
    second.shard().log().HigherTermSeen(newest);
    RunBoth();
    ScriptedJournal way(broker);
    OneShard reader(way, resources, "reader", clock);
    reader.Run();
    CHECK(reader.shard().log().reader().next_offset == broker.log_end(0));
    CHECK(first.Hash() == reader.Hash());
    CHECK(second.Hash() == reader.Hash());
  }
};

TEST_CASE("F1 an owner that sleeps through its succession answers nothing as done", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  REQUIRE(rig.first.Ask(Receive{"apple", 5}).verdict == Verdict::kAccepted);
  rig.first_way.hold = true;
  const auto id = rig.first.NewId();
  const auto in_batch = rig.first.Send(Receive{"apple", 1}, id);
  const auto later = rig.first.Send(Receive{"pear", 1});
  rig.first.Run(1);
  REQUIRE(rig.first_way.on_way() == 2);

  // It sleeps; the other takes over and serves. Then its batch lands, and it wakes.
  rig.second.Own(2);
  REQUIRE(rig.second.Ask(Receive{"apple", 1}, id).verdict == Verdict::kAccepted);
  CHECK_FALSE(in_batch->verdict);
  rig.first_way.hold = false;
  const auto woken = rig.first.Send(Receive{"plum", 1});
  rig.RunBoth();
  CHECK(in_batch->verdict == Verdict::kNotRecorded);
  CHECK(later->verdict == Verdict::kNotRecorded);
  CHECK(woken->verdict != Verdict::kAccepted);
  CHECK(rig.ValidEvents().count(id) == 1);
  CHECK(rig.ValidEvents().size() == 2);
  rig.CheckReadersEqual();
}

TEST_CASE("F2 a record of unknown fate that is in the log is answered as done, once", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  rig.first_way.hold = true;
  const auto id = rig.first.NewId();
  const auto told = rig.first.Send(Receive{"apple", 5}, id);
  rig.first.Run(1);
  rig.first_way.Store();
  rig.first_way.FailAll();
  CHECK_FALSE(told->verdict);
  rig.first_way.hold = false;
  rig.first.Run();
  CHECK(told->verdict == Verdict::kAccepted);
  CHECK(rig.OnceAt(id, told->position));
  CHECK(rig.first.shard().log().counters().claims_won == 2);
  rig.CheckReadersEqual();
}

// Three receipts on their way, by their ids.
std::map<std::string, OneShard::ToldPointer> SendThree(Rig& rig) {
  rig.first.Own(1);
  rig.first_way.hold = true;
  std::map<std::string, OneShard::ToldPointer> told;
  for (int i = 0; i < 3; ++i) {
    const auto id = rig.first.NewId();
    told[id] = rig.first.Send(Receive{"apple", 1}, id);
  }
  rig.first.Run(1);
  return told;
}
// None of them was done; sent again, each is done once.
void CheckDoneByRepeating(Rig& rig, const std::map<std::string, OneShard::ToldPointer>& told) {
  for (const auto& [id, answer] : told) {
    CHECK(answer->verdict == Verdict::kNotRecorded);
    const Told again = rig.first.Ask(Receive{"apple", 1}, id);
    CHECK(again.verdict == Verdict::kAccepted);
    CHECK(rig.OnceAt(id, again.position));
  }
  CHECK(rig.ValidEvents().size() == told.size());
  rig.CheckReadersEqual();
}

TEST_CASE("F3 a lost record makes those behind it void, and repeats are done once", "[shard]") {
  Rig rig;
  const auto told = SendThree(rig);
  rig.first_way.LoseOldest();
  rig.first_way.Store();  // The two behind it land.
  rig.first_way.FailAll();
  rig.first_way.hold = false;
  rig.first.Run();
  CHECK(rig.ValidEvents().empty());
  CheckDoneByRepeating(rig, told);
}

TEST_CASE("F4 a record that lands after its owner claimed again counts for no reader", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  rig.first_way.hold = true;
  const auto id = rig.first.NewId();
  const auto told = rig.first.Send(Receive{"apple", 5}, id);
  rig.first.Run(1);
  rig.first_way.FailAll();
  rig.first_way.hold = false;
  rig.first.Run();
  REQUIRE(told->verdict == Verdict::kNotRecorded);
  rig.first_way.StoreLost();
  CHECK(rig.ValidEvents().empty());
  // It lies between two of the new term: that is read through, and nothing is claimed for it.
  CHECK(rig.first.Ask(Receive{"pear", 1}).verdict == Verdict::kAccepted);
  CHECK(rig.first.shard().log().counters().jumps == 1);
  CHECK(rig.first.shard().log().counters().claims_won == 2);
  const Told again = rig.first.Ask(Receive{"apple", 5}, id);
  CHECK(again.verdict == Verdict::kAccepted);
  CHECK(rig.OnceAt(id, again.position));
  rig.CheckReadersEqual();
}

TEST_CASE("F5 of two claims of one term exactly one is valid, the other stands down", "[shard]") {
  Rig rig;
  rig.first.Run();
  rig.second.Run();
  rig.first_way.hold = rig.second_way.hold = true;
  rig.first.shard().policy().Assign(1, rig.clock);
  rig.second.shard().policy().Assign(1, rig.clock);
  rig.first.Run(1);
  rig.second.Run(1);
  REQUIRE((rig.first_way.on_way() == 1 && rig.second_way.on_way() == 1));
  rig.second_way.Store();
  rig.first_way.Store();
  REQUIRE(rig.broker.log(0)[0].fence.term == rig.broker.log(0)[1].fence.term);
  rig.first_way.hold = rig.second_way.hold = false;
  rig.RunBoth(5);
  CHECK(rig.second.shard().log().owning());
  CHECK_FALSE(rig.first.shard().log().owning());
  CHECK(rig.first.shard().log().counters().claims_lost == 1);
  rig.RunBoth(400);  // Of the same generation: it waits for its next assignment.
  CHECK(rig.second.shard().log().owning());
  CHECK(rig.broker.log_end(0) < 5);
  rig.first.Own(2);
  CHECK(rig.first.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
  rig.CheckReadersEqual();
}

TEST_CASE("F8 a success without an offset is resolved by reading", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  rig.first_way.hold = true;
  const auto id = rig.first.NewId();
  const auto told = rig.first.Send(Receive{"apple", 5}, id);
  rig.first.Run(1);
  rig.first_way.Store();
  rig.first_way.Acknowledge(false);
  CHECK_FALSE(told->verdict);
  rig.first_way.hold = false;
  rig.first.Run();
  CHECK(rig.first.shard().log().counters().suspects == 1);
  CHECK(told->verdict == Verdict::kAccepted);
  CHECK(rig.OnceAt(id, told->position));
  rig.CheckReadersEqual();
}

TEST_CASE("F8 a record that is said to be written and is in no log is not said to be done",
          "[shard]") {
  Rig rig;
  const auto told = SendThree(rig);
  rig.first_way.LoseOldestAsWritten();
  rig.first_way.Store();
  rig.first_way.Acknowledge();
  rig.first_way.hold = false;
  rig.first.Run();
  CHECK(rig.first.shard().log().counters().suspects == 1);
  CheckDoneByRepeating(rig, told);
}

TEST_CASE("F9 a crash before or after the rows change gives a repeat the same answer", "[shard]") {
  const bool applied = GENERATE(false, true);
  CAPTURE(applied);
  Rig rig;
  std::string id;
  Position stood;
  {
    ScriptedJournal way(rig.broker);
    OneShard dying(way, rig.resources, "dying", rig.clock);
    dying.Own(1);
    way.hold = true;
    id = dying.NewId();
    const auto told = dying.Send(Receive{"apple", 5}, id);
    dying.Run(1);
    way.Store();
    stood = {.shard = 0, .offset = rig.broker.log_end(0) - 1};
    way.Acknowledge();
    if (applied) way.Poll(dying), dying.shard().EndNews();  // Applied; the answer is lost with it.
    CHECK(told->verdict.has_value() == applied);
  }
  rig.first.Own(2);
  const Told again = rig.first.Ask(Receive{"apple", 5}, id);
  CHECK(again.verdict == Verdict::kAccepted);
  CHECK(again.duplicate);
  CHECK(again.position.offset == stood.offset);
  CHECK(rig.OnceAt(id, stood));
  rig.CheckReadersEqual();
}

TEST_CASE("F10 a refusal that rests on a record which becomes void is never given", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  REQUIRE(rig.first.Ask(Receive{"apple", 5}).verdict == Verdict::kAccepted);
  rig.first_way.hold = true;
  const auto taken = rig.first.Send(Keep{"a", "apple", 5, Duration{60'000}});
  const auto id = rig.first.NewId();
  const Keep one_more{"b", "apple", 1, Duration{60'000}};
  const auto refused = rig.first.Send(one_more, id);
  rig.first.Run(3);
  CHECK_FALSE(refused->verdict);  // Decided, and kept back: nothing behind it is confirmed.
  rig.first_way.FailAll();
  rig.first_way.hold = false;
  rig.first.Run();
  CHECK(taken->verdict == Verdict::kNotRecorded);
  CHECK(refused->verdict == Verdict::kNotRecorded);
  CHECK(rig.first.Ask(one_more, id).verdict == Verdict::kAccepted);
  const Told honest = rig.first.Ask(Keep{"c", "apple", 5, Duration{60'000}});
  CHECK(honest.verdict == Verdict::kRefused);
  CHECK(honest.refusal == static_cast<int>(ToyRefusal::kNotEnough));
  rig.CheckReadersEqual();
}

TEST_CASE("F11 a command id has one effect: repeated, raced, reused, and when it is too old",
          "[shard]") {
  Rig rig;
  rig.first.Own(1);
  const auto id = rig.first.NewId();
  const auto one = rig.first.Send(Receive{"apple", 5}, id);
  const auto two = rig.first.Send(Receive{"apple", 5}, id);  // In the same turn.
  rig.first.Run();
  REQUIRE(one->verdict == Verdict::kAccepted);
  CHECK(two->verdict == Verdict::kAccepted);
  CHECK(two->duplicate);
  CHECK(two->position == one->position);

  rig.second.Own(2);
  const Told there = rig.second.Ask(Receive{"apple", 5}, id);
  CHECK(there.verdict == Verdict::kAccepted);
  CHECK(there.duplicate);
  CHECK(there.position == one->position);
  const Told other = rig.second.Ask(Receive{"apple", 6}, id);
  CHECK(other.verdict == Verdict::kInvalid);
  CHECK(other.reason == "COMMAND_ID_REUSED");
  CHECK(rig.OnceAt(id, one->position));

  // An id that was never used and is older than ids are kept is refused: nobody could know.
  const auto old_id = rig.first.NewId();
  rig.clock += std::chrono::hours{24 * 9};
  for (int i = 0; i < 3; ++i) {
    REQUIRE(rig.second.Ask(Receive{"pear", 1}).verdict == Verdict::kAccepted);
  }
  const Told late = rig.second.Ask(Receive{"apple", 1}, old_id);
  CHECK(late.verdict == Verdict::kInvalid);
  CHECK(late.reason == "COMMAND_TOO_OLD");
  CHECK(rig.ValidEvents().count(old_id) == 0);
  rig.CheckReadersEqual();
}

TEST_CASE("F12 a deposed owner that writes nothing gives no linearizable read", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  REQUIRE(rig.first.Ask(Receive{"apple", 5}).verdict == Verdict::kAccepted);
  const auto fresh = rig.first.Read();
  rig.first.Run();
  REQUIRE(*fresh == Verdict::kNothingToDo);
  rig.second.Own(2);  // The first has heard nothing of it.
  REQUIRE(rig.second.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
  REQUIRE(rig.first.shard().log().owning());
  const auto stale = rig.first.Read();
  const auto command = rig.first.Send(Take{"no such hold"});  // A refusal would be stale, too.
  rig.first.Run();
  REQUIRE(stale->has_value());
  CHECK(**stale != Verdict::kNothingToDo);
  CHECK(command->verdict == Verdict::kNotRecorded);
  CHECK_FALSE(rig.first.shard().log().owning());
  rig.CheckReadersEqual();
}

TEST_CASE("F14 a log that is another, cut short or without its beginning is never followed",
          "[shard]") {
  Rig rig;
  rig.first.Own(1);
  REQUIRE(rig.first.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
  const ReaderState stood = rig.first.shard().log().reader();
  const auto state_after = [&](journal::MemoryBroker& broker, const ReaderState& from) {
    ScriptedJournal way(broker);
    OneShard late(way, rig.resources, "late", rig.clock);
    late.shard().log().Start(from, {});
    late.shard().policy().Assign(9, rig.clock);
    late.Run();
    CHECK(late.Ask(Receive{"apple", 1}).verdict != Verdict::kAccepted);
    return late.shard().log().state();
  };

  journal::MemoryBroker anew(1);  // Deleted and made again; it has grown past the old position.
  {
    ScriptedJournal way(anew);
    OneShard other(way, rig.resources, "other", rig.clock);
    other.Own(1);
    for (int i = 0; i < 3; ++i) REQUIRE(other.Ask(Receive{"pear", 1}).position.offset > 0);
  }
  CHECK(state_after(anew, stood) == ShardLog::State::kStopped);

  rig.broker.CutFront(0, 1);  // Retention has deleted the beginning: no rebuild from here.
  CHECK(state_after(rig.broker, {}) == ShardLog::State::kStopped);
  rig.broker.CutFront(0, 0);
  rig.broker.Truncate(0, 1);  // An unclean election has lost the end.
  CHECK(state_after(rig.broker, stood) == ShardLog::State::kStopped);
}

}  // namespace
}  // namespace omo::shard
