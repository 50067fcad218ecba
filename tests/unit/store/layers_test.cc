// Confirmed rows over memory and disk: what is found, hashed and kept over flushes and reopening.
#include <condition_variable>
#include <mutex>

#include "tests/support/store_fixture.h"

namespace omo::testing {
namespace {

struct Fixture {
  TempDirectory directory;
  store::Resources resources;
  std::unique_ptr<Shop> shop = OpenShop(resources, path());
  const StockKey milk{"milk", 1};
  const StockKey tea{"tea", 1};

  std::filesystem::path path() const { return directory.path() / "shard"; }
  void Flush() { REQUIRE(shop->store->FlushAll().ok()); }
  void Reopen(std::string schema = "v1") {
    shop.reset();
    shop = OpenShop(resources, path(), std::move(schema));
  }
};

TEST_CASE("Rows and their position come back from a flushed store", "[store]") {
  Fixture f;
  f.shop->Apply("at 1", [&](Shop& shop) {
    shop.stock.Put(f.milk, {.on_hand = 3, .note = "cold"});
    shop.view.Put(f.tea, {4});
  });
  const std::uint64_t hash = f.shop->store->StateHash();
  CHECK(hash != 0);
  f.Flush();
  CHECK(f.shop->store->stored_position() == "at 1");
  f.Reopen();
  CHECK(f.shop->store->stored_position() == "at 1");
  CHECK(f.shop->position() == "at 1");
  CHECK(*f.shop->stock.Find(f.milk) == Stock{3, "cold"});
  CHECK(f.shop->view.FindConfirmed(f.tea)->value == 4);
  CHECK(f.shop->store->StateHash() == hash);
  CHECK(f.shop->store->RecomputeStateHash() == hash);
}

TEST_CASE("The state hash can be counted ahead, some rows at a time", "[store]") {
  Fixture f;
  const auto change = [&](std::int64_t to) {
    f.shop->Apply("1", [&](Shop& shop) {
      for (std::int32_t i = 0; i < 10; ++i) shop.stock.Put({"milk", i}, {.on_hand = to});
      shop.shelf.Put(f.tea, {.on_hand = to});
    });
  };
  change(1);
  CHECK(f.shop->store->CountSome(4) == 4);
  CHECK(f.shop->store->CountSome(4) == 4);
  // What was counted changes again, comes to nothing or goes to disk, half counted.
  change(2);
  CHECK(f.shop->store->CountSome(3) == 3);
  f.shop->Apply("2", [&](Shop& shop) { shop.stock.Erase({"milk", 3}); });
  f.Flush();
  CHECK(f.shop->store->CountSome(100) == 0);
  CHECK(f.shop->store->StateHash() == f.shop->store->RecomputeStateHash());
  change(3);
  CHECK(f.shop->store->CountSome(100) == 11);
  CHECK(f.shop->store->CountSome(100) == 0);
  CHECK(f.shop->store->StateHash() == f.shop->store->RecomputeStateHash());
}

TEST_CASE("Rows that were not flushed are gone after reopening, with their position", "[store]") {
  Fixture f;
  f.shop->Apply("1", [&](Shop& shop) { shop.stock.Put(f.milk, {.on_hand = 1}); });
  f.Flush();
  f.shop->Apply("2", [&](Shop& shop) { shop.stock.Put(f.milk, {.on_hand = 2}); });
  f.Reopen();
  CHECK(f.shop->store->stored_position() == "1");
  CHECK(f.shop->stock.Find(f.milk)->on_hand == 1);
}

TEST_CASE("A row erased in memory stays erased over the layers below it", "[store]") {
  Fixture f;
  f.shop->Apply("1", [&](Shop& shop) {
    shop.stock.Put(f.milk, {.on_hand = 1});
    shop.stock.Put(f.tea, {.on_hand = 1});
  });
  f.Flush();
  const auto erased = [&] {
    return f.shop->stock.Find(f.milk) == nullptr && !f.shop->stock.FindConfirmed(f.milk);
  };
  f.shop->Apply("2", [&](Shop& shop) { shop.stock.Erase(f.milk); });
  CHECK(erased());
  f.Flush();
  CHECK(erased());
  f.shop->Apply("3", [&](Shop& shop) { shop.stock.Put(f.tea, {.on_hand = 2}); });
  f.Flush();  // The tombstone leaves memory.
  CHECK(erased());
  f.Reopen();
  CHECK(erased());
  CHECK(f.shop->store->StateHash() == f.shop->store->RecomputeStateHash());
}

TEST_CASE("A row that came and went between two flushes is not written", "[store]") {
  Fixture f;
  f.shop->Apply("1", [&](Shop& shop) { shop.stock.Put(f.tea, {.on_hand = 1}); });
  f.Flush();
  const std::int64_t written = f.shop->store->figures().flushed_rows;
  CHECK(f.shop->stock.Find(f.milk) == nullptr);
  f.shop->Apply("2", [&](Shop& shop) { shop.stock.Put(f.milk, {.on_hand = 1}); });
  f.shop->Apply("3", [&](Shop& shop) { shop.stock.Erase(f.milk); });
  const StockKey unasked{"milk", 2};  // What lies below it was never looked at.
  f.shop->Apply("4", [&](Shop& shop) { shop.stock.Put(unasked, {.on_hand = 1}); });
  f.shop->Apply("5", [&](Shop& shop) { shop.stock.Erase(unasked); });
  f.Flush();
  CHECK(f.shop->store->figures().flushed_rows == written + 1);  // The position alone.
}

TEST_CASE("The state hash knows neither order nor flushes, and returns with the rows", "[store]") {
  Fixture f;
  f.shop->Apply("1", [&](Shop& shop) {
    shop.stock.Put(f.milk, {.on_hand = 1});
    shop.shelf.Put(f.milk, {.on_hand = 1});
  });
  const std::uint64_t both = f.shop->store->StateHash();
  f.Flush();
  f.shop->Apply("2", [&](Shop& shop) { shop.stock.Erase(f.milk); });
  const std::uint64_t shelf_only = f.shop->store->StateHash();
  CHECK(shelf_only != both);
  f.Flush();
  f.shop->Apply("3", [&](Shop& shop) {
    shop.stock.Put(f.milk, {.on_hand = 2});
    shop.stock.Put(f.milk, {.on_hand = 1});
    shop.view.Put(f.tea, {1});
  });
  CHECK(f.shop->store->StateHash() == both);

  TempDirectory other;
  const auto again = OpenShop(f.resources, other.path() / "shard");
  again->Apply("x", [&](Shop& shop) {
    shop.shelf.Put(f.milk, {.on_hand = 1});
    shop.stock.Put(f.milk, {.on_hand = 1});
  });
  CHECK(again->store->StateHash() == both);
}

TEST_CASE("The state hash is the stated sum of XXH3 over prefix, key and row bytes", "[store]") {
  Fixture f;
  f.shop->Apply("1", [&](Shop& shop) { shop.stock.Put(f.milk, {.on_hand = 1, .note = "n"}); });
  const std::string key("milk\0\x01\x80\0\0\0\0\0\0\x01", 14);
  const std::string row("\x02\x01n", 3);
  CHECK(f.shop->store->StateHash() == store::HashBytes("\x01" + key + row));
}

TEST_CASE("Another schema starts empty", "[store]") {
  Fixture f;
  f.shop->Apply("1", [&](Shop& shop) { shop.stock.Put(f.milk, {.on_hand = 1}); });
  f.Flush();
  f.Reopen("v2");
  CHECK(f.shop->store->stored_position().empty());
  CHECK(f.shop->stock.Find(f.milk) == nullptr);
  CHECK(f.shop->store->StateHash() == 0);
}

TEST_CASE("A flush begins when it is due and not before", "[store]") {
  Fixture f;
  const Time noon{Duration{1'000'000}};
  f.shop->store->MaybeFlush(noon);
  f.shop->Apply("1", [&](Shop& shop) { shop.stock.Put(f.milk, {.on_hand = 1}); });
  f.shop->store->MaybeFlush(noon);
  f.shop->store->MaybeFlush(noon + Duration{9'999});
  CHECK(f.shop->store->figures().changed_bytes > 0);
  f.shop->store->MaybeFlush(noon + Duration{10'000});
  CHECK(f.shop->store->figures().changed_bytes == 0);
  REQUIRE(f.shop->store->FlushAll().ok());
  CHECK(f.shop->store->figures().flushes == 1);

  const std::string large(65 << 20, 'x');
  f.shop->Apply("2", [&](Shop& shop) { shop.stock.Put(f.tea, {.on_hand = 1, .note = large}); });
  f.shop->store->MaybeFlush(noon + Duration{10'001});
  CHECK(f.shop->store->figures().changed_bytes == 0);
}

// Holds flushes at a step until it is let go.
class Gate {
 public:
  store::Failpoint At(std::string step) {
    return [this, step = std::move(step)](std::string_view at) {
      std::unique_lock lock(mutex_);
      if (at == step) reached_ = true;
      changed_.notify_all();
      if (at == step) changed_.wait(lock, [this] { return open_; });
      return absl::OkStatus();
    };
  }
  void AwaitReached() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return reached_; });
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool reached_ = false;
  bool open_ = false;
};

TEST_CASE("Rows change and count as ever while a flush is under way", "[store]") {
  Fixture f;
  f.shop->Apply("1", [&](Shop& shop) {
    shop.stock.Put(f.milk, {.on_hand = 1});
    shop.shelf.Put(f.milk, {.on_hand = 1});
    for (std::int64_t hour = 0; hour < 4; ++hour) shop.commands.Put({hour, 1}, {hour});
  });
  f.Flush();
  f.shop.reset();
  Gate gate;
  const std::string step = GENERATE("begun", "written", "ingested");
  store::StoreOptions options{.directory = f.path(), .schema = "v1"};
  options.failpoint = gate.At(step);
  f.shop = *TryOpenShop(f.resources, options);
  f.shop->Apply("2", [&](Shop& shop) {
    shop.stock.Erase(f.milk);
    shop.shelf.Put(f.milk, {.on_hand = 2});
    shop.commands.EraseBefore({2, 0});
  });
  f.shop->store->MaybeFlush(Time{}, true);
  gate.AwaitReached();
  INFO("held at " << step);
  f.shop->Apply("3", [&](Shop& shop) {
    shop.stock.Put(f.milk, {.on_hand = 3});
    shop.shelf.Erase(f.milk);
    shop.commands.Put({1, 1}, {9});
    shop.commands.EraseBefore({3, 0});
    shop.commands.Put({2, 1}, {8});
  });
  const auto check = [&] {
    CHECK(f.shop->store->StateHash() == f.shop->store->RecomputeStateHash());
    CHECK(f.shop->stock.Find(f.milk)->on_hand == 3);
    CHECK(f.shop->shelf.Find(f.milk) == nullptr);
    CHECK(f.shop->commands.Find({1, 1}) == nullptr);
    CHECK(f.shop->commands.FindConfirmed({2, 1})->value == 8);
    CHECK(f.shop->commands.FindConfirmed({3, 1})->value == 3);
  };
  check();
  CHECK(f.shop->store->stored_position() == "1");
  f.shop->store->MaybeFlush(Time{}, true);  // One at a time.
  CHECK(f.shop->store->figures().changed_bytes > 0);
  gate.Open();
  f.Flush();
  check();
  f.Reopen();
  check();
  CHECK(f.shop->store->stored_position() == "3");
}

TEST_CASE("One flush of many small files comes back whole", "[store]") {
  Fixture f;
  f.shop.reset();
  store::StoreOptions options{.directory = f.path(), .schema = "v1"};
  options.file_bytes = 16 << 10;
  f.shop = *TryOpenShop(f.resources, options);
  f.shop->Apply("all", [&](Shop& shop) {
    for (std::int64_t i = 0; i < 20'000; ++i) {
      shop.stock.Put({"sku", i}, {.on_hand = i, .note = "row " + std::to_string(i * 7919)});
      shop.commands.Put({i % 5, static_cast<std::uint64_t>(i)}, {i});
    }
    shop.commands.EraseBefore({2, 0});
  });
  const std::uint64_t hash = f.shop->store->StateHash();
  f.Flush();
  f.Reopen();
  CHECK(f.shop->store->RecomputeStateHash() == hash);
  CHECK(f.shop->stock.Find({"sku", 12'345})->on_hand == 12'345);
  CHECK(f.shop->commands.Find({1, 6}) == nullptr);
  CHECK(f.shop->commands.Find({2, 7})->value == 7);
}

TEST_CASE("The cache of rows read from disk stays within its budget", "[store]") {
  Fixture f;
  f.shop->Apply("1", [&](Shop& shop) {
    for (std::int64_t i = 0; i < 5'000; ++i) shop.stock.Put({"sku", i}, {.on_hand = i});
  });
  f.Flush();
  f.shop.reset();
  store::StoreOptions options{.directory = f.path(), .schema = "v1"};
  options.cache_bytes = 64 << 10;
  f.shop = *TryOpenShop(f.resources, options);
  for (std::int64_t i = 0; i < 5'000; ++i) {
    f.shop->store->Speculate(static_cast<std::uint64_t>(i) + 1);
    REQUIRE(f.shop->stock.Find({"sku", i})->on_hand == i);
    CHECK(f.shop->store->figures().cached_bytes <= (64 << 10) + 1'000);
  }
  CHECK(f.shop->store->figures().cached_bytes > (48 << 10));
}

}  // namespace
}  // namespace omo::testing
