// What a stopped shard does and does not do: it stops at the same record after a restart, takes
// nothing from an owner that is well, is never called fresh.
#include <thread>

#include "libs/shard/control.h"
#include "tests/support/shard/forwarding_model.h"
#include "tests/support/toy_shop.h"

namespace omo::shard {
namespace {

using testing::kLater;
using testing::OlderModel;
using testing::ToyInstance;
using testing::ToyLog;
using testing::WaitUntil;

ToyInstance::With Older() {
  return {.make_model = [](store::Store& store) { return std::make_unique<OlderModel>(store); }};
}

// The offset of the one record that an older release cannot read.
Offset LaterAt(ToyLog& log, ShardId shard) {
  const std::lock_guard lock(log.mutex);
  const auto& records = log.broker.log(shard);
  for (std::size_t at = 0; at < records.size(); ++at) {
    if (records[at].value.find(kLater) != std::string::npos) return static_cast<Offset>(at);
  }
  FAIL("no such record");
  return kNoOffset;
}

std::uint32_t ChecksumAt(ToyLog& log, ShardId shard, Offset offset) {
  const std::lock_guard lock(log.mutex);
  return journal::Checksum(log.broker.log(shard)[static_cast<std::size_t>(offset)]);
}

bool IsStopped(ToyInstance& instance, ShardId shard) {
  return WaitUntil([&] { return instance.Status(shard).state == "stopped"; });
}

}  // namespace

TEST_CASE("an instance that a record stopped stops there again after a restart", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  ToyInstance owner(log, "owner", folder.path() / "owner");
  owner.Own();
  owner.Receive(5);
  REQUIRE(owner.Ask(0, kLater) == Verdict::kAccepted);
  const Offset poison = LaterAt(log, 0);
  const bool followed = GENERATE(false, true);
  if (followed) owner.Receive(5);

  const auto data = folder.path() / "reader";
  {
    ToyInstance reader(log, "reader", data, Older());
    REQUIRE(IsStopped(reader, 0));
  }
  {
    ToyInstance reader(log, "reader", data, Older());
    REQUIRE(IsStopped(reader, 0));
    CHECK(reader.Status(0).poison == SkipNote{poison, ChecksumAt(log, 0, poison)});
  }
  // The natural remedy, a newer release, goes on from there.
  ToyInstance upgraded(log, "reader", data);
  CHECK(WaitUntil([&] { return upgraded.CaughtUp(); }));
  CHECK(upgraded.Status(0).state_hash == owner.Status(0).state_hash);
}

TEST_CASE("damage in the log stops a reader again after a restart", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  {
    ToyInstance owner(log, "owner", folder.path() / "owner");
    owner.Own();
    owner.Receive(5);
  }
  journal::Record damage = log.broker.log(0).back();
  const std::uint64_t term = damage.fence.term;
  ++damage.fence.seq;
  damage.fence.previous_checksum = journal::Checksum(log.broker.log(0).back());
  const bool impossible = GENERATE(false, true);
  if (impossible) {
    ++damage.fence.term;  // Without a claim.
  } else {
    ++damage.fence.previous_checksum;
  }
  log.broker.Append(0, damage);
  // Its owner's successor knows nothing of it, as little as the rule does behind a claim.
  journal::Record claim;
  claim.type = journal::TypeOf(journal::Kind::kClaim);
  claim.fence = {.term = term + 1, .nonce = 77};
  claim.value = ClaimValue({.instance = "other", .group = "toy", .generation = 99});
  log.broker.Append(0, claim);

  const auto data = folder.path() / "reader";
  for (int start = 0; start < 3; ++start) {
    INFO("start " << start);
    ToyInstance reader(log, "reader", data);
    REQUIRE(IsStopped(reader, 0));
    CHECK_FALSE(reader.CaughtUp());
  }
}

TEST_CASE("a stopped shard takes nothing from its owner, and is never fresh or ready", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  ToyInstance owner(log, "owner", folder.path() / "owner");
  owner.Own();
  REQUIRE(owner.Ask(0, kLater) == Verdict::kAccepted);

  std::atomic<int> asked = 0;
  ToyInstance::With with = Older();
  with.ask_hand_over = [&](const std::string&, ShardId shard, const std::string&) {
    if (shard == 0) ++asked;
  };
  ToyInstance reader(log, "reader", folder.path() / "reader", std::move(with));
  REQUIRE(IsStopped(reader, 0));
  CHECK_FALSE(reader.CaughtUp());
  const Duration lag = reader.Status(0).lag;
  CHECK(WaitUntil([&] { return reader.Status(0).lag > lag + Duration{20}; }));

  // Assigned both; it gets the one that it can read.
  reader.runtime().Assign({.group = "toy", .generation = ++log.generation, .shards = {0, 1}});
  owner.runtime().Assign({.group = "toy", .generation = log.generation, .shards = {}});
  CHECK(WaitUntil([&] { return reader.Status(1).owned; }));
  CHECK(asked == 0);
  CHECK(owner.Ask(0, "sku-1") == Verdict::kAccepted);
}

TEST_CASE("an instance that is unfit owns nothing before it is fit, whatever is assigned",
          "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  ToyInstance owner(log, "owner", folder.path() / "owner");
  owner.Own();
  owner.runtime().GiveUpAll();
  // A rebalance that had begun before the group heard of it.
  owner.runtime().Assign({.group = "toy", .generation = ++log.generation, .shards = {0, 1}});
  CHECK(WaitUntil([&] { return !owner.Status(0).owned && !owner.Status(1).owned; }));
  const std::uint64_t term = owner.Status(0).term;
  owner.runtime().MayOwnAgain();
  owner.Own();
  CHECK(owner.Status(0).term == term + 1);  // And not more: nothing was claimed in between.
}

TEST_CASE("who asks while a stopping instance writes its rows is sent on at once", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  ToyInstance owner(log, "owner", folder.path(), {.write_bytes_per_second = 4'096});
  owner.Own();
  owner.Receive(5);
  const auto rows = owner.runtime().Instance(0);
  const std::string before = rows->store().stored_position();
  std::thread stop([&] { owner.runtime().Stop(Duration{5'000}); });
  CHECK(WaitUntil([&] { return owner.runtime().Status(false)[0].state == "stopped"; }));
  CHECK(owner.Ask(0, "apple") == Verdict::kNotOwner);
  CHECK(rows->store().stored_position() == before);  // Not written yet.
  stop.join();
  CHECK(rows->store().stored_position() != before);
}

}  // namespace omo::shard
