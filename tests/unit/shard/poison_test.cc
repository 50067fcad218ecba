// A record that cannot be applied stops its shard for every reader; an operator's skip lets all go
// on (protocol.md 3.7, XC-06). Over the in-memory journal, with the simulation's toy domain.
#include "tests/support/shard/one_shard.h"
#include "tests/support/shard/scripted_journal.h"

namespace omo::shard {
namespace {

using simulation::Receive;
using testing::OneShard;
using testing::ScriptedJournal;

// Behind the last record, as its owner would have written it, but of a kind that nobody knows.
void AppendUnknownEvent(journal::MemoryBroker& broker) {
  const journal::Record& last = broker.log(0).back();
  journal::Record poison = last;
  poison.fence.seq = last.fence.seq + 1;
  poison.fence.previous_checksum = journal::Checksum(last);
  poison.id = "";
  poison.value = "an event of a later release";
  broker.Append(0, poison);
}

}  // namespace

TEST_CASE("F18 a poison record stops its shard until an operator skips it", "[shard]") {
  store::Resources resources;
  journal::MemoryBroker broker(1);
  Time clock{std::chrono::hours{500'000}};
  {
    ScriptedJournal way(broker);
    OneShard owner(way, resources, "first", clock);
    owner.Own(1);
    REQUIRE(owner.Ask(Receive{"apple", 1}).verdict == Verdict::kAccepted);
  }
  AppendUnknownEvent(broker);
  const Offset poison = broker.log_end(0) - 1;

  ScriptedJournal next_way(broker);
  OneShard next(next_way, resources, "second", clock);
  next.shard().policy().Assign(2, clock);
  next.Run();
  REQUIRE(next.shard().log().state() == ShardLog::State::kStopped);
  REQUIRE(next.shard().log().poison()->offset == poison);
  CHECK(next.Ask(Receive{"pear", 1}).verdict == Verdict::kStopped);

  const auto skip = [&](std::uint32_t checksum) {
    Verdict verdict = Verdict::kUnknown;
    next.shard().AppendSkip({.offset = poison, .checksum = checksum}, "operator", "unknown event",
                            [&](const Outcome& outcome) { verdict = outcome.verdict; });
    next.Run(40);
    return verdict;
  };
  CHECK(skip(1) == Verdict::kInvalid);  // Names another record.
  CHECK(next.shard().log().state() == ShardLog::State::kStopped);
  CHECK(skip(next.shard().log().poison()->checksum) == Verdict::kAccepted);
  next.Own(3);
  CHECK(next.Ask(Receive{"pear", 1}).verdict == Verdict::kAccepted);

  // Every other reader stops there, too, and goes on by itself when it meets the skip.
  ScriptedJournal reader_way(broker);
  OneShard reader(reader_way, resources, "third", clock);
  reader.Run(40);
  CHECK(reader.shard().log().reader().next_offset == broker.log_end(0));
  CHECK(reader.Hash() == next.Hash());
  CHECK(reader.rebuilds_needed() + next.rebuilds_needed() == 0);
}

}  // namespace omo::shard
