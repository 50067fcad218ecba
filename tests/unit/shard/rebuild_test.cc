// A shard whose rows cannot be right is made anew from its log, beside the others, not in their
// way.
#include <fstream>
#include <optional>
#include <set>
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

// A shard's rows as they lie in its directory, while nobody runs over them.
class RowsOnDisk {
 public:
  explicit RowsOnDisk(const std::filesystem::path& shard) {
    auto opened = store::Store::Open({.directory = shard, .schema = "toy"}, resources_);
    status_ = opened.status();
    if (opened.ok()) store_ = *std::move(opened);
    if (store_ == nullptr) return;
    ids_.emplace(*store_, store::TableOptions{.prefix = 'I', .name = "command_ids"});
    model_.emplace(*store_);
  }
  // DATA_LOSS when opening found damage.
  const absl::Status& opened() const { return status_; }
  // What an older release, or a newer, may have written as the position.
  void WritePosition(std::string position) {
    {
      store::Store::WriteSection section(*store_);
      section.SetPosition(std::move(position));
    }
    REQUIRE(store_->FlushAll().ok());
  }
  // Reads every row. DATA_LOSS when that found damage.
  absl::StatusOr<std::uint64_t> Recount() {
    const std::uint64_t sum = store_->RecomputeStateHash();
    if (!store_->healthy()) return store_->health();
    return sum;
  }

 private:
  store::Resources resources_;
  absl::Status status_;
  std::unique_ptr<store::Store> store_;
  std::optional<store::ConfirmedTable<IdKey, IdRow, store::BucketOrder>> ids_;
  std::optional<simulation::ToyModel> model_;
};

std::filesystem::path OfShard(const std::filesystem::path& data, ShardId shard) {
  return data / ("shard-" + std::to_string(shard));
}

enum class Found { kByOpening, kByReading, kNever };

Found FoundIn(const std::filesystem::path& shard) {
  RowsOnDisk rows(shard);
  if (absl::IsDataLoss(rows.opened())) return Found::kByOpening;
  REQUIRE(rows.opened().ok());
  return absl::IsDataLoss(rows.Recount().status()) ? Found::kByReading : Found::kNever;
}

// Writes over some bytes of one of the shard's files of rows, such that the damage is found so.
void Damage(const std::filesystem::path& shard, Found wanted) {
  std::set<std::filesystem::path> files;  // In their order, which a folder's is not.
  for (const auto& entry : std::filesystem::directory_iterator(shard / "rows")) {
    if (entry.path().extension() == ".sst") files.insert(entry.path());
  }
  for (const auto& path : files) {
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
    const auto whole = shard.string() + ".whole";
    std::filesystem::copy_file(path, whole, std::filesystem::copy_options::overwrite_existing);
    for (std::streamoff at = 0; at < size; at += 16) {
      {
        std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(at);
        file << "wrong row";
      }
      if (FoundIn(shard) == wanted) return;
      std::filesystem::copy_file(whole, path, std::filesystem::copy_options::overwrite_existing);
    }
  }
  FAIL("there is no such damage");
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
  const Found found = GENERATE(Found::kByOpening, Found::kByReading);
  for (ShardId shard = 0; shard < kToyShards; ++shard) Damage(OfShard(data, shard), found);

  auto made = std::make_shared<std::atomic<int>>(0);
  ToyInstance again(log, "again", data, {.make_model = [made](store::Store& store) {
                      ++*made;
                      return std::make_unique<simulation::ToyModel>(store);
                    }});
  again.Own();
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    // Reading what is not in memory finds the damage, if opening did not.
    for (int sku = 0; sku < 10; ++sku) again.Ask(shard, "sku-" + std::to_string(sku));
  }
  // Made anew beside the others: a stand-in for the time, and another copy.
  const int expected = found == Found::kByOpening ? kToyShards : 3 * kToyShards;
  CHECK(WaitUntil([&] { return *made == expected && again.CaughtUp(); }));
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    REQUIRE(WaitUntil([&] { return again.Ask(shard, "sku-2") == Verdict::kAccepted; }));
  }
  again.Stop();
  {
    ToyInstance witness(log, "witness", folder.path() / "witness");
    CHECK(WaitUntil([&] { return witness.CaughtUp(); }));
  }
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    const auto mended = RowsOnDisk(OfShard(data, shard)).Recount();
    const auto witnessed = RowsOnDisk(OfShard(folder.path() / "witness", shard)).Recount();
    REQUIRE(mended.ok());
    REQUIRE(witnessed.ok());
    CHECK(*mended == *witnessed);
    CHECK(*mended != hashes[shard]);
  }
}

TEST_CASE("rows whose position cannot be read are made anew at the start", "[shard]") {
  testing::TempDirectory folder;
  ToyLog log;
  const auto data = folder.path() / "owner";
  const auto hashes = WriteHistory(log, data);
  RowsOnDisk(OfShard(data, 0)).WritePosition("of another form");
  ToyInstance again(log, "toy-0", data);
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    CHECK(WaitUntil([&] { return again.Status(shard).state_hash == hashes[shard]; }));
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
