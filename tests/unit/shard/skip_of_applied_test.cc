// An operator skips a record that stops one instance, of an older release, and that another has
// applied long since: whoever had it in its rows makes them anew without it (protocol.md 3.7).
#include <utility>

#include "tests/support/shard/forwarding_model.h"
#include "tests/support/toy_shop.h"

namespace omo::shard {
namespace {

using testing::kLater;
using testing::OlderModel;
using testing::ToyInstance;
using testing::ToyLog;
using testing::WaitUntil;

// Makes models of one release and counts them: a shard that is made anew takes another two, for
// itself and for what stands in its place meanwhile.
template <class Release>
testing::MakeModel Counted(std::atomic<int>& made) {
  return [&made](store::Store& store) -> std::unique_ptr<Model> {
    ++made;
    return std::make_unique<Release>(store);
  };
}

bool Stopped(ToyInstance& instance) { return instance.Status(0).poison.has_value(); }

// An operator skips what stops the instance, which must be something.
Verdict Skip(ToyInstance& instance) {
  REQUIRE(WaitUntil([&] { return Stopped(instance); }));
  return instance.Skip(0, *instance.Status(0).poison);
}

bool SameRows(ToyInstance& one, ToyInstance& other) {
  const ShardStatus left = one.Status(0);
  const ShardStatus right = other.Status(0);
  return left.next_offset == right.next_offset && left.state_hash == right.state_hash;
}

}  // namespace

TEST_CASE("F18 a record that was applied and is then skipped is in nobody's rows", "[shard]") {
  // Where the rows were announced by their hash between the record and its skip, with the record
  // in them, who has them without it must not take that for damage.
  const bool announced = GENERATE(false, true);
  CAPTURE(announced);
  testing::TempDirectory folder;
  ToyLog log;
  std::atomic<int> made_newer = 0;
  std::atomic<int> made_older = 0;
  std::atomic<int> made_third = 0;
  const auto data = folder.path() / "newer";
  auto newer = std::make_unique<ToyInstance>(log, "newer", data);
  newer->Own();
  newer->Receive(20);
  REQUIRE(newer->Ask(0, kLater) == Verdict::kAccepted);
  newer->Receive(5);
  if (announced) {
    newer->Stop();
    newer = std::make_unique<ToyInstance>(
        log, "newer", data,
        ToyInstance::With{.make_model = Counted<simulation::ToyModel>(made_newer)});
    newer->Own();  // Announces the hash of its rows behind its claim.
    newer->Receive(5);
  }
  const std::uint64_t with_it = newer->Status(0).state_hash;

  ToyInstance older(log, "older", folder.path() / "older",
                    {.make_model = Counted<OlderModel>(made_older)});
  REQUIRE(Skip(older) == Verdict::kAccepted);
  REQUIRE(WaitUntil([&] { return !Stopped(older) && older.CaughtUp(); }));
  CHECK(older.Status(0).state_hash != with_it);

  // The owner learns of it at its next record, which is void, and has the record in its rows.
  CHECK(newer->Ask(0, "sku-1") != Verdict::kAccepted);
  REQUIRE(WaitUntil([&] { return newer->CaughtUp() && SameRows(*newer, older); }));
  newer->Own();
  CHECK(newer->Ask(0, "sku-1") == Verdict::kAccepted);
  newer->Receive(5);
  REQUIRE(WaitUntil([&] { return SameRows(*newer, older); }));

  // Who reads the log from its beginning and knows the record meets it first, its skip later.
  ToyInstance third(log, "third", folder.path() / "third",
                    {.make_model = Counted<simulation::ToyModel>(made_third)});
  REQUIRE(WaitUntil([&] { return third.CaughtUp() && SameRows(third, older); }));
  CHECK(older.Status(0).stop_reason == "");
  CHECK(made_older == testing::kToyShards);
  CHECK(made_third == testing::kToyShards + 2);
  if (announced) CHECK(made_newer == testing::kToyShards + 2);
}

TEST_CASE("only the record that stops a shard can be skipped", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  ToyInstance owner(log, "owner", folder.path() / "owner");
  owner.Own();
  owner.Receive(3);
  const Offset end = owner.Status(0).next_offset;
  const journal::Record applied = log.broker.log(0)[static_cast<std::size_t>(end - 1)];
  CHECK(owner.Skip(0, {.offset = end - 1, .checksum = journal::Checksum(applied)}) ==
        Verdict::kInvalid);
  REQUIRE(owner.Ask(0, "sku-1") == Verdict::kAccepted);
  CHECK(log.broker.log(0).back().type != journal::TypeOf(journal::Kind::kSkip));
}

}  // namespace omo::shard
