// Speculation: what records in flight put, and what becomes of it.
#include "tests/support/store_fixture.h"

namespace omo::testing {
namespace {

struct Fixture {
  TempDirectory directory;
  store::Resources resources;
  std::unique_ptr<Shop> shop = OpenShop(resources, directory.path() / "shard");
  const StockKey milk{"milk", 1};
};

TEST_CASE("A row in flight is seen by deciders and by nobody else", "[store]") {
  Fixture f;
  f.shop->store->Speculate(1);
  f.shop->stock.Put(f.milk, {.on_hand = 5});
  REQUIRE(f.shop->stock.Find(f.milk) != nullptr);
  CHECK(f.shop->stock.Find(f.milk)->on_hand == 5);
  CHECK_FALSE(f.shop->stock.FindConfirmed(f.milk));
  CHECK(f.shop->store->StateHash() == 0);
}

TEST_CASE("Promotion confirms rows up to a record and leaves later ones in flight", "[store]") {
  Fixture f;
  for (std::uint64_t seq = 1; seq <= 3; ++seq) {
    f.shop->store->Speculate(seq);
    f.shop->stock.Put(f.milk, {.on_hand = static_cast<std::int64_t>(10 * seq)});
  }
  f.shop->Promote(2);
  CHECK(f.shop->stock.FindConfirmed(f.milk)->on_hand == 20);
  CHECK(f.shop->stock.Find(f.milk)->on_hand == 30);
  f.shop->Promote(3);
  CHECK(f.shop->stock.FindConfirmed(f.milk)->on_hand == 30);
}

TEST_CASE("Dropped speculation leaves the confirmed rows as they were", "[store]") {
  Fixture f;
  f.shop->Apply("1", [&](Shop& shop) { shop.stock.Put(f.milk, {.on_hand = 7}); });
  const std::uint64_t hash = f.shop->store->StateHash();
  f.shop->store->Speculate(1);
  f.shop->stock.Put(f.milk, {.on_hand = 8});
  f.shop->stock.Put({"tea", 1}, {.on_hand = 1});
  f.shop->store->Speculate(2);
  f.shop->stock.Erase(f.milk);
  CHECK(f.shop->stock.Find(f.milk) == nullptr);
  f.shop->store->DropSpeculation();
  CHECK(f.shop->stock.Find(f.milk)->on_hand == 7);
  CHECK(f.shop->stock.Find({"tea", 1}) == nullptr);
  CHECK(f.shop->store->StateHash() == hash);
  f.shop->store->Speculate(1);  // The next term counts from the beginning.
  f.shop->stock.Put(f.milk, {.on_hand = 9});
  f.shop->Promote(1);
  CHECK(f.shop->stock.FindConfirmed(f.milk)->on_hand == 9);
}

TEST_CASE("A record that puts a row twice leaves its last", "[store]") {
  Fixture f;
  f.shop->store->Speculate(1);
  f.shop->stock.Put(f.milk, {.on_hand = 1});
  f.shop->stock.Erase(f.milk);
  CHECK(f.shop->stock.Find(f.milk) == nullptr);
  f.shop->stock.Put(f.milk, {.on_hand = 2});
  f.shop->Promote(1);
  CHECK(f.shop->stock.FindConfirmed(f.milk)->on_hand == 2);
}

TEST_CASE("An erased row in flight hides the confirmed one until it is promoted", "[store]") {
  Fixture f;
  f.shop->Apply("1", [&](Shop& shop) { shop.stock.Put(f.milk, {.on_hand = 7}); });
  f.shop->store->Speculate(1);
  f.shop->stock.Erase(f.milk);
  CHECK(f.shop->stock.Find(f.milk) == nullptr);
  CHECK(f.shop->stock.FindConfirmed(f.milk));
  f.shop->Promote(1);
  CHECK_FALSE(f.shop->stock.FindConfirmed(f.milk));
  CHECK(f.shop->store->StateHash() == 0);
}

TEST_CASE("Ten thousand records in flight on one row promote one by one", "[store]") {
  Fixture f;
  constexpr std::uint64_t kRecords = 10'000;
  for (std::uint64_t seq = 1; seq <= kRecords; ++seq) {
    f.shop->store->Speculate(seq);
    const Stock stock = f.shop->stock.Get(f.milk);
    f.shop->stock.Put(f.milk, {.on_hand = stock.on_hand + 1});
  }
  CHECK_FALSE(f.shop->stock.FindConfirmed(f.milk));
  for (std::uint64_t seq = 1; seq <= kRecords; ++seq) {
    f.shop->Promote(seq);
    REQUIRE(f.shop->stock.FindConfirmed(f.milk)->on_hand == static_cast<std::int64_t>(seq));
  }
}

}  // namespace
}  // namespace omo::testing
