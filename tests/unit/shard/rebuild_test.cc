// A shard whose rows cannot be right is made anew from its log, beside the others, not in their
// way.
#include <fstream>
#include <utility>

#include "tests/support/shard/forwarding_model.h"
#include "tests/support/toy_shop.h"

namespace omo::shard {
namespace {

using testing::kToyShards;
using testing::ToyInstance;
using testing::ToyLog;
using testing::WaitUntil;
using testing::WriteHistory;

// The toy's rules with a row too many: what a bug in evolve or a flipped bit would do.
class FlawedModel final : public testing::ForwardingModel {
 public:
  explicit FlawedModel(store::Store& store)
      : ForwardingModel(store), surplus_(store, {.prefix = 9, .name = "surplus"}) {}

  void Project(const Fact& fact, const EventPlace& place) override {
    ForwardingModel::Project(fact, place);
    surplus_.Put(place.position.offset, {.on_hand = 1});
  }

 private:
  store::ConfirmedTable<std::int64_t, simulation::Pile> surplus_;
};

// The first `flawed` models that are made are flawed.
testing::MakeModel FlawedAtFirst(int flawed) {
  auto made = std::make_shared<std::atomic<int>>(0);
  return [made, flawed](store::Store& store) -> std::unique_ptr<Model> {
    if ((*made)++ < flawed) return std::make_unique<FlawedModel>(store);
    return std::make_unique<simulation::ToyModel>(store);
  };
}

}  // namespace

TEST_CASE("a shard whose state hash differs is made anew from the log", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  const auto hashes = WriteHistory(log, folder.path() / "owner");

  ToyInstance reader(log, "reader", folder.path() / "reader",
                     {.make_model = FlawedAtFirst(kToyShards)});
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    CHECK(WaitUntil([&] { return reader.Status(shard).state_hash == hashes[shard]; }));
  }
  CHECK(WaitUntil([&] { return reader.CaughtUp(); }));
  reader.Own();
  CHECK(reader.Ask(0, "sku-1") == Verdict::kAccepted);
}

TEST_CASE("a shard whose state hash differs again stops, and the others go on", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  WriteHistory(log, folder.path() / "owner");

  ToyInstance reader(log, "reader", folder.path() / "reader", {.make_model = FlawedAtFirst(1'000)});
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    CHECK(WaitUntil([&] {
      return reader.Status(shard).stop_reason == "wrong again after a rebuild: a person must look";
    }));
  }
  CHECK(reader.Ask(0, "sku-1") == Verdict::kStopped);

  // Only the first shard's rows are flawed, twice.
  int made = 0;
  const auto flawed_shard_0 = [&made](store::Store& store) -> std::unique_ptr<Model> {
    ++made;  // Shard 0, shard 1; then the stand-in of shard 0, and its second copy.
    if (made == 1 || made == 4) return std::make_unique<FlawedModel>(store);
    return std::make_unique<simulation::ToyModel>(store);
  };
  ToyInstance other(log, "other", folder.path() / "other", {.make_model = flawed_shard_0});
  CHECK(WaitUntil([&] {
    return other.Status(0).stop_reason == "wrong again after a rebuild: a person must look";
  }));
  other.runtime().Assign({.group = "toy", .generation = ++log.generation, .shards = {0, 1}});
  CHECK(WaitUntil([&] { return other.Status(1).state == "owning"; }));
  CHECK(other.Ask(1, "sku-1") == Verdict::kAccepted);
}

TEST_CASE("damaged files are made anew and tell the same", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  const auto data = folder.path() / "owner";
  const auto hashes = WriteHistory(log, data, 300);
  int damaged = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(20);
    file << "these are not the bytes that were written";
    ++damaged;
  }
  REQUIRE(damaged >= kToyShards);

  ToyInstance again(log, "again", data);
  again.Own();
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    // Reading what is not in memory finds the damage, if opening did not.
    again.Ask(shard, "sku-1");
    CHECK(WaitUntil([&] { return again.CaughtUp(); }));
  }
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    REQUIRE(WaitUntil([&] { return again.Ask(shard, "sku-2") == Verdict::kAccepted; }));
  }
  again.Stop();
  ToyInstance witness(log, "witness", folder.path() / "witness");
  ToyInstance copy(log, "copy", data);
  CHECK(WaitUntil([&] { return witness.CaughtUp() && copy.CaughtUp(); }));
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    CHECK(copy.Status(shard).next_offset == witness.Status(shard).next_offset);
    CHECK(copy.Status(shard).state_hash == witness.Status(shard).state_hash);
    CHECK(copy.Status(shard).state_hash != hashes[shard]);
  }
}

TEST_CASE("a rebuild waits for its readers, and no other shard waits for it", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  ToyInstance reader(log, "reader", folder.path() / "reader",
                     {.make_model = FlawedAtFirst(kToyShards)});
  CHECK(WaitUntil([&] { return reader.CaughtUp(); }));
  auto held = reader.runtime().Instance(0);
  REQUIRE(held != nullptr);

  const auto hashes = WriteHistory(log, folder.path() / "owner");
  CHECK(WaitUntil([&] { return reader.runtime().Instance(0) == nullptr; }));
  CHECK(WaitUntil([&] { return reader.Status(1).state_hash == hashes[1]; }));
  CHECK(reader.Ask(0, "sku-1") == Verdict::kNotOwner);
  CHECK(reader.runtime().Instance(0) == nullptr);
  CHECK(held->store().healthy());

  held.reset();
  CHECK(WaitUntil([&] { return reader.Status(0).state_hash == hashes[0]; }));
  CHECK(reader.runtime().Instance(0) != nullptr);
}

}  // namespace omo::shard
