// Copies of a store: made, sent in chunks, checked, put in place.
#include "libs/store/checkpoint.h"

#include <fstream>

#include "tests/support/store_fixture.h"

namespace omo::testing {
namespace {

struct Fixture {
  TempDirectory directory;
  store::Resources resources;
  std::unique_ptr<Shop> shop = OpenShop(resources, path("shard"));
  std::uint64_t hash = 0;

  Fixture() {
    shop->Apply("at 1", [](Shop& to) {
      for (std::int64_t i = 0; i < 1'000; ++i) to.stock.Put({"sku", i}, {.on_hand = i});
    });
    hash = shop->store->StateHash();
    REQUIRE(shop->store->FlushAll().ok());
    shop->Apply("at 2", [](Shop& to) { to.stock.Put({"sku", 1}, {.on_hand = -1}); });
    REQUIRE(shop->store->Checkpoint(path("copy")).ok());
  }
  std::filesystem::path path(const std::string& name) const { return directory.path() / name; }

  void CheckCopy(const std::filesystem::path& at) {
    const auto copy = OpenShop(resources, at);
    CHECK(copy->store->stored_position() == "at 1");
    CHECK(copy->store->StateHash() == hash);
    CHECK(copy->store->RecomputeStateHash() == hash);
    CHECK(copy->stock.Find({"sku", 1})->on_hand == 1);
  }
};

TEST_CASE("A checkpoint holds the last flushed state with its position", "[store]") {
  Fixture f;
  f.CheckCopy(f.path("copy"));
  CHECK(absl::IsAlreadyExists(f.shop->store->Checkpoint(f.path("copy")).status()));
  const auto head = f.shop->store->Checkpoint(f.path("another"));
  REQUIRE(head.ok());
  CHECK(head->schema == "v1");
  CHECK(head->position == "at 1");
  CHECK(head->state_hash == f.hash);
}

TEST_CASE("A store that never flushed has no checkpoint to give", "[store]") {
  Fixture f;
  const auto fresh = OpenShop(f.resources, f.path("fresh"));
  fresh->Apply("at 1", [](Shop& to) { to.stock.Put({"sku", 1}, {.on_hand = 1}); });
  CHECK(absl::IsNotFound(fresh->store->Checkpoint(f.path("nothing")).status()));
  // Links that were left behind would keep files for ever.
  CHECK_FALSE(std::filesystem::exists(f.path("nothing.making")));
}

TEST_CASE("An installed checkpoint takes the place of what was there", "[store]") {
  Fixture f;
  OpenShop(f.resources, f.path("other"))->Apply("x", [](Shop&) {});
  REQUIRE(store::Store::InstallCheckpoint(f.path("copy"), f.path("other")).ok());
  f.CheckCopy(f.path("other"));
  CHECK_FALSE(std::filesystem::exists(f.path("copy")));
  REQUIRE(f.shop->store->Checkpoint(f.path("copy")).ok());
  REQUIRE(store::Store::InstallCheckpoint(f.path("copy"), f.path("new/place")).ok());
  f.CheckCopy(f.path("new/place"));
}

// Sends all files of "copy" to `receiver`, in chunks of an odd size.
absl::Status Send(const Fixture& f, store::CheckpointReceiver& receiver,
                  const std::vector<store::CheckpointFile>& files) {
  for (const store::CheckpointFile& file : files) {
    for (std::int64_t at = 0; at < file.bytes;) {
      const auto chunk = store::ReadCheckpoint(f.path("copy"), file.name, at, 777);
      if (!chunk.ok()) return chunk.status();
      if (absl::Status status = receiver.Write(file.name, *chunk); !status.ok()) return status;
      at += static_cast<std::int64_t>(chunk->size());
    }
  }
  return receiver.Finish();
}

TEST_CASE("A checkpoint copied in chunks opens as the original does", "[store]") {
  Fixture f;
  const auto files = store::ListCheckpoint(f.path("copy"));
  REQUIRE(files.ok());
  store::CheckpointReceiver receiver(f.path("received"), *files);
  REQUIRE(receiver.Begin().ok());
  REQUIRE(Send(f, receiver, *files).ok());
  REQUIRE(store::Store::InstallCheckpoint(f.path("received"), f.path("peer")).ok());
  f.CheckCopy(f.path("peer"));
}

TEST_CASE("A receiver refuses what was not listed and finds what differs", "[store]") {
  Fixture f;
  auto files = *store::ListCheckpoint(f.path("copy"));
  store::CheckpointReceiver receiver(f.path("received"), files);
  REQUIRE(receiver.Begin().ok());
  CHECK(absl::IsInvalidArgument(receiver.Write("rows/unknown", "x")));
  CHECK(absl::IsInvalidArgument(receiver.Write("../escape", "x")));
  const std::string too_long(static_cast<std::size_t>(files[0].bytes) + 1, 'x');
  CHECK(absl::IsOutOfRange(receiver.Write(files[0].name, too_long)));
  CHECK(absl::IsDataLoss(receiver.Finish()));

  files[0].checksum ^= 1;
  store::CheckpointReceiver other(f.path("received"), files);
  REQUIRE(other.Begin().ok());
  CHECK(absl::IsDataLoss(Send(f, other, files)));

  store::CheckpointReceiver escape(f.path("received"), {{.name = "../../escape"}});
  CHECK(absl::IsInvalidArgument(escape.Begin()));
  CHECK(absl::IsInvalidArgument(
      store::ReadCheckpoint(f.path("copy"), "../shard/rows/CURRENT", 0, 10).status()));
  CHECK(absl::IsInvalidArgument(
      store::ReadCheckpoint(f.path("copy"), "/etc/hostname", 0, 10).status()));
}

}  // namespace
}  // namespace omo::testing
