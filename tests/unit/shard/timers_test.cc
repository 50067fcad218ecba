// Timers where time itself goes wrong (failure case F17).
#include "tests/support/shard/shard_rig.h"

namespace omo::shard {
namespace {

using simulation::Expired;
using simulation::Keep;
using simulation::Receive;
using simulation::Take;
using simulation::Taken;
using simulation::ToyRefusal;
using testing::OneShard;
using testing::ScriptedJournal;
using testing::Told;

constexpr Duration kHold{1'000};
constexpr Duration kHour{3'600'000};

struct Rig : testing::ShardRig {
  // An apple held from now on for kHold; when the hold ends.
  Time HoldApple(OneShard& owner, const std::string& id) {
    REQUIRE(owner.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
    const auto told = owner.Send(Keep{id, "apple", 1, kHold});
    owner.Run(1, Duration{0});
    const Time ends = owner.shard().now() + kHold;
    owner.Run(2, Duration{0});
    REQUIRE(told->verdict == Verdict::kAccepted);
    return ends;
  }
  // How many events of a kind count.
  template <class Event>
  int Count() const {
    int count = 0;
    testing::ForEachEvent(broker.log(0), [&](Offset, const journal::Record& record) {
      count += std::holds_alternative<Event>(simulation::DecodeToy(record.value)->event) ? 1 : 0;
    });
    return count;
  }
};

TEST_CASE("F17 what is paid in the millisecond of its expiry has expired, one before has not",
          "[shard]") {
  const Duration before = GENERATE(Duration{0}, Duration{1});
  CAPTURE(before.count());
  Rig rig;
  rig.first.Own(1);
  rig.clock = rig.HoldApple(rig.first, "a") - before;
  const auto paid = rig.first.Send(Take{"a"});
  rig.first.Run(1, Duration{0});
  rig.first.Run();
  const bool in_time = before > Duration{0};
  CHECK(paid->verdict == (in_time ? Verdict::kAccepted : Verdict::kRefused));
  if (!in_time) CHECK(paid->refusal == static_cast<int>(ToyRefusal::kHoldEnded));
  CHECK(rig.Count<Taken>() == (in_time ? 1 : 0));
  CHECK(rig.Count<Expired>() == (in_time ? 0 : 1));
}

TEST_CASE("F17 a timer that fires at the old and at the new owner counts once", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  const Time ends = rig.HoldApple(rig.first, "a");
  rig.first_way.hold = true;
  rig.second.Own(2);
  rig.clock = std::max(rig.clock, ends);
  rig.first.Run(1);
  REQUIRE(rig.first_way.on_way() > 0);  // The old one's expiry is on its way.
  rig.second.Run();
  rig.first_way.hold = false;
  rig.first.Run();
  CHECK(rig.Count<Expired>() == 1);
  CHECK(rig.second.Ask(Take{"a"}).verdict == Verdict::kRefused);
  rig.first.Run();
  CHECK(rig.first.Hash() == rig.second.Hash());
}

TEST_CASE("F17 a clock that jumps by an hour moves the shard's time forward only", "[shard]") {
  Rig rig;
  rig.first.Own(1);
  const Time ends = rig.HoldApple(rig.first, "a");
  rig.first.skew = -kHour;  // Back: nothing ends early, and nothing is stamped in the past.
  const Time stood = rig.first.shard().now();
  rig.first.Run(3);
  CHECK(rig.first.shard().now() == stood);
  CHECK(rig.Count<Expired>() == 0);

  rig.second.Own(2);  // A successor with the right time goes on from the later of the two.
  rig.clock = std::max(rig.clock, ends);
  rig.second.Run();
  CHECK(rig.Count<Expired>() == 1);

  const Time next_ends = rig.HoldApple(rig.second, "b");
  rig.second.skew = kHour;  // Forward: it ends, once, and time does not come back.
  rig.second.Run();
  CHECK(rig.Count<Expired>() == 2);
  rig.second.skew = Duration{0};
  rig.second.Run();
  CHECK(rig.second.shard().now() >= next_ends + kHour - kHold);
  CHECK(rig.second.Ask(Take{"b"}).verdict == Verdict::kRefused);
  rig.first.skew = Duration{0};
  rig.first.Run();
  CHECK(rig.first.Hash() == rig.second.Hash());
}

}  // namespace
}  // namespace omo::shard
