// Rows from a peer instead of from the log's beginning: used only when they are found right.
#include <utility>

#include "libs/shard/stored_position.h"
#include "tests/support/toy_shop.h"

namespace omo::shard {
namespace {

using testing::kToyShards;
using testing::ToyInstance;
using testing::ToyLog;
using testing::WaitUntil;
using testing::WriteHistory;

// A peer that stopped: its directory is what it would send. `change` may lie about it.
Runtime::Parts::CopyFromPeer CopyOf(std::filesystem::path data,
                                    std::function<void(CopyMade&)> change = nullptr) {
  return [data = std::move(data), change = std::move(change)](
             const CopyWanted& wanted, const std::atomic<bool>&) -> absl::StatusOr<CopyMade> {
    std::filesystem::copy(data / ("shard-" + std::to_string(wanted.shard)), wanted.directory,
                          std::filesystem::copy_options::recursive);
    store::Resources resources;
    auto store = store::Store::Open({.directory = wanted.directory, .schema = "toy"}, resources);
    if (!store.ok()) return store.status();
    CopyMade made{.position = (*store)->stored_position(), .state_hash = (*store)->StateHash()};
    const auto stored = ReadStoredPosition(made.position);
    if (stored->reader.next_offset < wanted.at_least) return absl::NotFoundError("too old");
    if (change) change(made);
    return made;
  };
}

void CheckSame(ToyInstance& copy, const std::vector<std::uint64_t>& hashes, bool from_peer) {
  REQUIRE(WaitUntil([&] { return copy.CaughtUp(); }));
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    CHECK(copy.Status(shard).state_hash == hashes[shard]);
    // Who copied the rows had no event to read.
    CHECK((copy.Status(shard).events == 0) == from_peer);
  }
  copy.Own();
  CHECK(copy.Ask(0, "sku-1") == Verdict::kAccepted);
}

}  // namespace

TEST_CASE("an instance without rows takes a peer's and goes on from there", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  const auto hashes = WriteHistory(log, folder.path() / "peer");
  ToyInstance copy(log, "copy", folder.path() / "copy",
                   {.copy_from_peer = CopyOf(folder.path() / "peer")});
  CheckSame(copy, hashes, true);
}

TEST_CASE("an instance with old rows takes a peer's, one with young rows its own", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  WriteHistory(log, folder.path() / "peer");
  for (const std::string name : {"old", "young"}) {
    std::filesystem::copy(folder.path() / "peer", folder.path() / name,
                          std::filesystem::copy_options::recursive);
  }
  const auto hashes = WriteHistory(log, folder.path() / "peer");
  ToyInstance young(log, "young", folder.path() / "young",
                    {.copy_from_peer = CopyOf(folder.path() / "peer")});
  REQUIRE(WaitUntil([&] { return young.CaughtUp(); }));
  CHECK(young.Status(0).events == 30);
  CHECK(young.Status(0).state_hash == hashes[0]);
  ToyInstance old(log, "old", folder.path() / "old",
                  {.copy_from_peer = CopyOf(folder.path() / "peer"),
                   .copy_records_min = 10,
                   .copy_when_older = Duration{-1'000}});
  CheckSame(old, hashes, true);
}

TEST_CASE("rows that do not add up are not taken", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  const auto hashes = WriteHistory(log, folder.path() / "peer");
  const auto lies = GENERATE(0, 1, 2);
  const auto lie = [lies](CopyMade& made) {
    if (lies == 0) made.state_hash ^= 1;
    if (lies == 1) made.position += "x";
    if (lies == 2) made.position.clear();
  };
  ToyInstance copy(log, "copy", folder.path() / "copy",
                   {.copy_from_peer = CopyOf(folder.path() / "peer", lie)});
  CheckSame(copy, hashes, false);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "copy" / "incoming-0"));
}

TEST_CASE("rows of another log are found out by the log itself", "[shard]") {
  testing::TempDirectory folder;
  ToyLog other;
  WriteHistory(other, folder.path() / "peer");
  ToyLog log;
  const auto hashes = WriteHistory(log, folder.path() / "owner", 40);
  ToyInstance copy(log, "copy", folder.path() / "copy",
                   {.copy_from_peer = CopyOf(folder.path() / "peer")});
  REQUIRE(WaitUntil([&] { return copy.Status(0).state_hash == hashes[0]; }));
  REQUIRE(WaitUntil([&] { return copy.Status(1).state_hash == hashes[1]; }));
  CheckSame(copy, hashes, false);
}

TEST_CASE("a peer that is not far enough ahead is not worth its way", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  const auto hashes = WriteHistory(log, folder.path() / "peer");
  ToyInstance copy(
      log, "copy", folder.path() / "copy",
      {.copy_from_peer = CopyOf(folder.path() / "peer"), .copy_records_min = 1'000'000});
  CheckSame(copy, hashes, false);
}

TEST_CASE("a stop does not wait for a copy", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  std::atomic<int> asked = 0;
  std::atomic<int> cancellations = 0;
  ToyInstance copy(
      log, "copy", folder.path() / "copy",
      {.copy_from_peer = [&](const CopyWanted&,
                             const std::atomic<bool>& cancelled) -> absl::StatusOr<CopyMade> {
        ++asked;
        if (WaitUntil([&] { return cancelled.load(); })) ++cancellations;
        return absl::CancelledError("stopping");
      }});
  CHECK(WaitUntil([&] { return asked == kToyShards; }));
  CHECK(copy.Ask(0, "sku-1") == Verdict::kNotOwner);
  copy.Stop();
  CHECK(cancellations == kToyShards);
}

}  // namespace omo::shard
