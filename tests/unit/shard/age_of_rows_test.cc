// How old rows may be is known by asking the log, not by having heard nothing from it.
#include "tests/support/toy_shop.h"

namespace omo::shard {
namespace {

using testing::kToyShards;
using testing::ToyInstance;
using testing::ToyLog;
using testing::WaitUntil;

constexpr Duration kYoung{200};
constexpr Duration kOld{600};

void SetDown(ToyLog& log, bool down) {
  const std::lock_guard lock(log.mutex);
  log.broker.SetDown(down);
}

bool AllAre(ToyInstance& instance, const std::function<bool(Duration)>& condition) {
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    if (!condition(instance.Status(shard).lag)) return false;
  }
  return true;
}
bool AllAreYoung(ToyInstance& instance) {
  return AllAre(instance, [](Duration age) { return age < kYoung; });
}
bool AllAreOld(ToyInstance& instance) {
  return AllAre(instance, [](Duration age) { return age > kOld; });
}

}  // namespace

TEST_CASE("rows grow old while the log cannot be reached, those of an owner, too", "[shard]") {
  const testing::TempDirectory folder;
  ToyLog log;
  ToyInstance owner(log, "owner", folder.path() / "owner");
  ToyInstance follower(log, "follower", folder.path() / "follower");
  owner.Own();
  owner.Receive(3);
  REQUIRE(WaitUntil([&] { return AllAreYoung(owner) && AllAreYoung(follower); }));
  SetDown(log, true);
  CHECK(WaitUntil([&] { return AllAreOld(owner) && AllAreOld(follower); }));
  SetDown(log, false);
  CHECK(WaitUntil([&] { return AllAreYoung(owner) && AllAreYoung(follower); }));
}

TEST_CASE("an owner without work looks who wrote behind it", "[shard]") {
  const testing::TempDirectory folder;
  ToyLog log;
  ToyInstance owner(log, "owner", folder.path());
  owner.Own();
  owner.Receive(3);
  REQUIRE(WaitUntil([&] { return owner.Status(1).in_flight == 0; }));
  Offset behind = 0;
  {
    const std::lock_guard lock(log.mutex);
    journal::Record stray;
    stray.value = "of nobody";
    log.broker.Append(1, stray);
    behind = log.broker.log_end(1);
  }
  CHECK(WaitUntil([&] { return owner.Status(1).next_offset > behind && AllAreYoung(owner); }));
  CHECK(owner.Status(1).owned);
  CHECK(owner.Ask(1, "apple") == Verdict::kAccepted);
}

}  // namespace omo::shard
