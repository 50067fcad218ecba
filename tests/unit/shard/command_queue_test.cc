#include "libs/shard/command_queue.h"

#include <string>

#include "libs/shard/shard.h"
#include "tests/support/shard/one_shard.h"
#include "tests/support/shard/scripted_journal.h"

namespace omo::shard {
namespace {

using simulation::Receive;
using testing::OneShard;
using testing::ScriptedJournal;

void Push(CommandQueue& queue, const std::string& id, bool bulk) {
  auto command = std::make_unique<Command>();
  command->id = id;
  command->bulk = bulk;
  queue.Push(std::move(command));
}
// The ids in the order in which they go.
std::string Taken(CommandQueue& queue, bool with_bulk = true) {
  std::string ids;
  while (queue.CanTake(with_bulk)) ids += queue.Take(with_bulk)->id;
  CHECK(queue.Take(with_bulk) == nullptr);
  return ids;
}

struct Rig {
  explicit Rig(ShardOptions options = {}) : shard(way, resources, "one", clock, options) {
    shard.Own(1);
    shard.Run(5);
  }
  OneShard::ToldPointer Send(bool bulk) {
    return shard.Send(Receive{"apple", 1}, shard.NewId(), std::nullopt, "test", bulk);
  }

  store::Resources resources;
  journal::MemoryBroker broker{1};
  Time clock{std::chrono::hours{500'000}};
  ScriptedJournal way{broker};
  OneShard shard;
};

}  // namespace

TEST_CASE("who asks by itself goes before what came in bulk, each in its order", "[shard]") {
  CommandQueue queue;
  for (const char id : std::string("abc")) Push(queue, {id}, true);
  for (const char id : std::string("123")) Push(queue, {id}, false);
  CHECK(queue.size() == 6);
  CHECK(Taken(queue) == "123abc");
}

TEST_CASE("bulk has every ninth place, however many others there are", "[shard]") {
  for (const bool with_bulk : {true, false}) {
    CommandQueue queue;
    for (const char id : std::string("AB")) Push(queue, {id}, true);
    for (const char id : std::string("abcdefghijklmnopqr")) Push(queue, {id}, false);
    CHECK(Taken(queue, with_bulk) == "abcdefghAijklmnopBqr");
  }
}

TEST_CASE("bulk that comes after many others has no place of its own yet", "[shard]") {
  CommandQueue queue;
  for (const char id : std::string("abcdefghijkl")) Push(queue, {id}, false);
  Taken(queue);
  Push(queue, "A", true);
  Push(queue, "m", false);
  CHECK(Taken(queue) == "mA");
}

TEST_CASE("bulk that is held back waits where nobody else asks", "[shard]") {
  CommandQueue queue;
  Push(queue, "A", true);
  Push(queue, "a", false);
  CHECK(Taken(queue, false) == "a");
  CHECK(queue.bulk() == 1);
  CHECK(Taken(queue, true) == "A");
}

TEST_CASE("a buyer is answered before the load that came in bulk just before", "[shard]") {
  Rig rig({.turn_max = 10});
  std::vector<OneShard::ToldPointer> load;
  for (int i = 0; i < 100; ++i) load.push_back(rig.Send(true));
  const auto buyer = rig.Send(false);
  rig.shard.Run(2);
  REQUIRE(buyer->verdict == Verdict::kAccepted);
  CHECK(load[0]->verdict == Verdict::kAccepted);
  CHECK(buyer->position.offset < load[0]->position.offset);
  CHECK_FALSE(load[99]->verdict);
  rig.shard.Run(20);
  for (std::size_t i = 1; i < load.size(); ++i) {
    REQUIRE(load[i]->verdict == Verdict::kAccepted);
    CHECK(load[i]->position.offset > load[i - 1]->position.offset);
  }
}

TEST_CASE("bulk leaves room in flight while somebody asks by itself, and takes it all after",
          "[shard]") {
  Rig rig({.bulk_in_flight_max = 4});
  rig.way.hold = true;
  rig.shard.shard().HoldBulkBack(rig.clock + Duration{45});
  for (int i = 0; i < 20; ++i) rig.Send(true);
  CHECK(rig.shard.shard().decidable(rig.clock) == 4);
  rig.shard.Run(4);
  CHECK(rig.way.on_way() == 4);
  rig.Send(false);  // One who asks by itself is not held back.
  rig.shard.Run(1);
  CHECK(rig.way.on_way() == 21);  // The time is over with this round.
}

TEST_CASE("bulk that is held back waits for its shard's turn", "[shard]") {
  Rig rig;
  rig.way.hold = true;
  Shard& shard = rig.shard.shard();
  shard.HoldBulkBack(rig.clock + Duration{1'000});
  shard.SetBulkTurn(false);
  CHECK_FALSE(shard.BulkWaits());
  for (int i = 0; i < 5; ++i) rig.Send(true);
  CHECK(shard.decidable(rig.clock) == 0);
  rig.shard.Run(4);
  CHECK(rig.way.on_way() == 0);
  CHECK(shard.BulkWaits());
  shard.SetBulkTurn(true);
  CHECK(shard.decidable(rig.clock) == 1);
  rig.shard.Run(4);
  CHECK(rig.way.on_way() == 1);
  CHECK_FALSE(shard.BulkWaits());  // Its turn is used up until the log has what it took.
}

TEST_CASE("bulk that leaves nothing in flight is held back, too", "[shard]") {
  Rig rig;
  Shard& shard = rig.shard.shard();
  const Time over = rig.clock + Duration{1'000};
  shard.HoldBulkBack(over);
  std::vector<OneShard::ToldPointer> refused;
  for (int i = 0; i < 5; ++i) {
    refused.push_back(
        rig.shard.Send(simulation::Take{"nothing"}, rig.shard.NewId(), std::nullopt, "test", true));
  }
  rig.shard.Run(1);
  CHECK(shard.decidable(over) == 4);  // All that still wait.
  rig.shard.Run(50);
  for (const auto& told : refused) CHECK(told->verdict == Verdict::kRefused);
}

TEST_CASE("bulk that cannot be decided just now does not wait for its turn", "[shard]") {
  Rig rig;
  rig.shard.shard().HoldBulkBack(rig.clock + Duration{1'000});
  rig.way.full = true;
  for (int i = 0; i < 3; ++i) rig.Send(true);
  rig.shard.Run(1);
  CHECK_FALSE(rig.shard.shard().BulkWaits());  // A loop that gave it the next turn would spin.
  CHECK(rig.shard.shard().NextWake() > rig.clock);
}

TEST_CASE("a queue full of bulk still takes who asks by itself", "[shard]") {
  Rig rig({.queue_max = 3});
  std::vector<OneShard::ToldPointer> load;
  for (int i = 0; i < 4; ++i) load.push_back(rig.Send(true));
  CHECK(load[3]->verdict == Verdict::kOverloaded);
  const auto buyer = rig.Send(false);
  rig.shard.Run(5);
  CHECK(buyer->verdict == Verdict::kAccepted);
  CHECK(load[2]->verdict == Verdict::kAccepted);
}

}  // namespace omo::shard
