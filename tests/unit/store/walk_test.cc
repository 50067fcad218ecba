// Walks as deciders make them: rows of records in flight over confirmed ones, in key order.
#include <vector>

#include "tests/support/store_fixture.h"

namespace omo::testing {
namespace {

using store::LeadingFields;

struct Fixture {
  TempDirectory directory;
  store::Resources resources;
  std::unique_ptr<Shop> shop = OpenShop(resources, directory.path() / "shard");

  Fixture() {
    shop->Apply("1", [](Shop& to) {
      for (std::int64_t i = 1; i <= 3; ++i) to.shelf.Put({"milk", 10 * i}, {.on_hand = i});
      to.shelf.Put({"bread", 1}, {.on_hand = 7});
      to.shelf.Put({"tea", 1}, {.on_hand = 8});
    });
  }
};

using Rows = std::vector<std::pair<std::int64_t, std::int64_t>>;  // Location, on hand.

Rows Walked(const OrderedTable<StockKey, Stock>& table, const StockKey& from,
            std::size_t limit = 100) {
  Rows rows;
  table.Walk(LeadingFields(from.sku), from, [&](const StockKey& key, const Stock& stock) {
    CHECK(key.sku == from.sku);
    rows.emplace_back(key.location, stock.on_hand);
    return rows.size() < limit;
  });
  return rows;
}

}  // namespace

TEST_CASE("A walk merges rows in flight with confirmed ones in key order", "[store]") {
  Fixture f;
  f.shop->store->Speculate(1);
  f.shop->shelf.Put({"milk", 5}, {.on_hand = 50});
  f.shop->shelf.Put({"milk", 20}, {.on_hand = 22});
  f.shop->shelf.Put({"milk", 40}, {.on_hand = 40});
  f.shop->shelf.Put({"oil", 1}, {.on_hand = 9});
  CHECK(Walked(f.shop->shelf, {"milk", 0}) == Rows{{5, 50}, {10, 1}, {20, 22}, {30, 3}, {40, 40}});
  CHECK(Walked(f.shop->shelf, {"milk", 20}) == Rows{{20, 22}, {30, 3}, {40, 40}});
  CHECK(Walked(f.shop->shelf, {"milk", 31}) == Rows{{40, 40}});
  CHECK(Walked(f.shop->shelf, {"oil", 0}) == Rows{{1, 9}});
  CHECK(Walked(f.shop->shelf, {"mil", 0}).empty());
}

TEST_CASE("A walk passes over rows that records in flight erased", "[store]") {
  Fixture f;
  f.shop->store->Speculate(1);
  f.shop->shelf.Erase({"milk", 10});
  f.shop->shelf.Put({"milk", 11}, {.on_hand = 11});
  f.shop->store->Speculate(2);
  f.shop->shelf.Erase({"milk", 11});
  f.shop->shelf.Erase({"milk", 30});
  CHECK(Walked(f.shop->shelf, {"milk", 0}) == Rows{{20, 2}});
}

TEST_CASE("A walk ends where its visitor stops, before, in and behind confirmed rows", "[store]") {
  Fixture f;
  f.shop->store->Speculate(1);
  f.shop->shelf.Put({"milk", 5}, {.on_hand = 50});
  f.shop->shelf.Put({"milk", 30}, {.on_hand = 33});
  f.shop->shelf.Put({"milk", 40}, {.on_hand = 40});
  const Rows all{{5, 50}, {10, 1}, {20, 2}, {30, 33}, {40, 40}};
  for (std::size_t limit = 1; limit <= all.size(); ++limit) {
    CHECK(Walked(f.shop->shelf, {"milk", 0}, limit) == Rows(all.begin(), all.begin() + limit));
  }
}

TEST_CASE("Each walk sees what changed since the last one", "[store]") {
  Fixture f;
  const Rows confirmed{{10, 1}, {20, 2}, {30, 3}};
  CHECK(Walked(f.shop->shelf, {"milk", 0}) == confirmed);
  f.shop->store->Speculate(1);
  f.shop->shelf.Put({"milk", 20}, {.on_hand = 21});
  CHECK(Walked(f.shop->shelf, {"milk", 20}, 1) == Rows{{20, 21}});
  f.shop->shelf.Put({"milk", 20}, {.on_hand = 22});  // The same record's own.
  CHECK(Walked(f.shop->shelf, {"milk", 20}, 1) == Rows{{20, 22}});
  f.shop->Promote(1);
  CHECK(Walked(f.shop->shelf, {"milk", 20}, 1) == Rows{{20, 22}});
  f.shop->store->Speculate(2);
  f.shop->shelf.Erase({"milk", 10});
  CHECK(Walked(f.shop->shelf, {"milk", 0}, 1) == Rows{{20, 22}});
  f.shop->store->DropSpeculation();
  CHECK(Walked(f.shop->shelf, {"milk", 0}, 1) == Rows{{10, 1}});
}

}  // namespace omo::testing
