// Readers on other threads while the loop writes, flushes and frees: each sees one position. Run it
// under the thread sanitizer too.
#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/store_fixture.h"

namespace omo::testing {
namespace {

constexpr std::int64_t kKeys = 64;
constexpr std::int64_t kRecords = 3'000;

// Record n puts n into one key of each table, moves a row along the shelf, and erases.
void ApplyCounting(Shop& shop, std::int64_t number) {
  shop.Apply(std::to_string(number), [number](Shop& to) {
    to.stock.Put({"last", 0}, {.on_hand = number});
    to.stock.Put({"key", number % kKeys}, {.on_hand = number, .note = std::to_string(number)});
    to.shelf.Erase({"moving", number - 1});
    to.shelf.Put({"moving", number}, {.on_hand = number});
    to.view.Put({"view", number % kKeys}, {number});
    to.commands.Put({number / 500, static_cast<std::uint64_t>(number)}, {number});
    if (number % 500 == 0) to.commands.EraseBefore({number / 500 - 1, 0});
  });
}

// Whether all tables stand at the position that the lock names.
bool SeesOnePosition(const Shop& shop) {
  const store::Store::ReadLock lock(*shop.store);
  if (lock.position().empty()) return true;
  const std::int64_t number = std::stoll(lock.position());
  if (shop.stock.FindConfirmed({"last", 0})->on_hand != number) return false;
  int moving = 0;
  shop.shelf.Scan(store::LeadingFields(std::string("moving")),
                  [&](const StockKey& key, const Stock& row) {
                    moving += key.location == number && row.on_hand == number ? 1 : 1'000;
                    return true;
                  });
  const auto last = shop.shelf.FindLastAtOrBefore({"moving", number + 5},
                                                  store::LeadingFields(std::string("moving")));
  const auto command =
      shop.commands.FindConfirmed({number / 500, static_cast<std::uint64_t>(number)});
  std::int64_t seen = 0;
  shop.view.Scan(StockKey{"view", 0}, [&](const StockKey&, const Count& row) {
    seen += row.value > number - kKeys && row.value <= number ? 1 : 1'000;
    return true;
  });
  return moving == 1 && last && last->second.on_hand == number && command &&
         seen == std::min(number, kKeys);
}

TEST_CASE("Readers see one position at a time while rows change and are flushed", "[store]") {
  const TempDirectory directory;
  store::Resources resources;
  store::StoreOptions options{.directory = directory.path() / "shard", .schema = "v1"};
  options.cache_bytes = 4'000;
  const auto opened = TryOpenShop(resources, std::move(options));
  REQUIRE(opened.ok());
  Shop& shop = **opened;

  std::atomic<bool> done = false;
  std::atomic<std::int64_t> reads = 0;
  std::atomic<std::int64_t> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done.load()) {
        if (!SeesOnePosition(shop)) wrong.fetch_add(1);
        reads.fetch_add(1);
        (void)shop.store->figures();
        (void)shop.store->stored_position();
        std::this_thread::yield();
      }
    });
  }
  // On a busy machine few flushes fit into the records: then more of them.
  const auto enough = [&] { return shop.store->figures().flushes > 5; };
  for (std::int64_t number = 1; number <= kRecords || !enough(); ++number) {
    ApplyCounting(shop, number);
    REQUIRE(shop.stock.Find({"key", number % kKeys})->on_hand == number);
    shop.store->MaybeFlush(Time{}, number % 50 == 0);
    if (number % 512 == 0) (void)shop.store->StateHash();
    if (number % 1'000 == 0) {
      CHECK(shop.store->Checkpoint(directory.path() / std::to_string(number)).ok());
    }
  }
  // Not before every reader had its turn.
  while (reads.load() < 100) std::this_thread::yield();
  done = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(wrong.load() == 0);
  REQUIRE(shop.store->FlushAll().ok());
  CHECK(shop.store->StateHash() == shop.store->RecomputeStateHash());
}

// Of RocksDB 7.4 to 10.8 a Checkpoint of its own can wait for ever beside a reader that ends: its
// last use of the files before an ingest forgets to wake it (facebook/rocksdb#14069).
TEST_CASE("Checkpoints come to an end beside readers that do", "[store]") {
  const TempDirectory directory;
  store::Resources resources;
  const auto shop = OpenShop(resources, directory.path() / "shard");
  constexpr std::int64_t kCheckpoints = 200;

  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!done.load()) {
        const store::Store::ReadLock lock(*shop->store);
        shop->view.Scan(StockKey{"view", 0}, [](const StockKey&, const Count&) { return true; });
      }
    });
  }
  for (std::int64_t number = 1; number <= kCheckpoints; ++number) {
    ApplyCounting(*shop, number);
    REQUIRE(shop->store->FlushAll().ok());
    const auto made = shop->store->Checkpoint(directory.path() / std::to_string(number));
    REQUIRE(made.ok());
    CHECK(made->position == std::to_string(number));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  const auto last = OpenShop(resources, directory.path() / std::to_string(kCheckpoints));
  CHECK(last->stock.FindConfirmed({"last", 0})->on_hand == kCheckpoints);
  CHECK(last->store->StateHash() == last->store->RecomputeStateHash());
}

}  // namespace
}  // namespace omo::testing
