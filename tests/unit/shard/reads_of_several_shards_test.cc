// An answer may read the rows of several shards on the loop's thread: none of them may still be
// open for writing there.
#include <atomic>

#include "tests/support/toy_shop.h"

namespace omo::shard {
namespace {

using testing::ToyInstance;
using testing::WaitUntil;

// Reads shard 1 as soon as shard 0 has been read up to `position`; answered when that went well.
void ReadBoth(Runtime& runtime, const Position& position, std::atomic<int>& answered) {
  runtime.SubmitRead(0, {.min_position = position, .reply = [&](Verdict verdict, const Outcome&) {
                           if (verdict != Verdict::kNothingToDo) return;
                           const auto other = runtime.Instance(1);
                           const store::Store::ReadLock lock(other->store());
                           ++answered;
                         }});
}

}  // namespace

TEST_CASE("an answer reads another shard of the same loop", "[shard]") {
  constexpr int kRounds = 100;
  testing::ToyLog log;
  testing::TempDirectory folder;
  ToyInstance owner(log, "toy-0", folder.path() / "owner");
  owner.Own();
  ToyInstance follower(log, "toy-1", folder.path() / "follower");
  REQUIRE(WaitUntil([&] { return follower.CaughtUp(); }));

  std::atomic<int> answered = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Offset end = owner.Status(0).next_offset;
    REQUIRE(WaitUntil([&] { return follower.Status(0).next_offset == end; }));
    ReadBoth(follower.runtime(), {follower.Status(0).log_id, 0, end + 4}, answered);
    REQUIRE(follower.Status(0).waiting_reads == 1);
    REQUIRE(answered == round);
    owner.Receive(8);
    REQUIRE(WaitUntil([&] { return answered == round + 1; }));
  }
}

}  // namespace omo::shard
