// Walks in key order over all layers, looking back in time, and dropping what is old.
#include <vector>

#include "tests/support/store_fixture.h"

namespace omo::testing {
namespace {

using store::LeadingFields;

struct Fixture {
  TempDirectory directory;
  store::Resources resources;
  std::unique_ptr<Shop> shop = OpenShop(resources, directory.path() / "shard");

  void Flush() { REQUIRE(shop->store->FlushAll().ok()); }
  // Three layers: disk holds 1 to 5, frozen rows erase 2 and change 3, changed rows erase 4, bring
  // 2 back, change 3 again and add 6.
  void Layer() {
    shop->Apply("1", [](Shop& to) {
      for (std::int64_t i = 1; i <= 5; ++i) to.shelf.Put({"milk", i}, {.on_hand = 10 * i});
      to.shelf.Put({"tea", 1}, {.on_hand = 1});
      to.shelf.Put({"bread", 1}, {.on_hand = 1});
    });
    Flush();
    shop->Apply("2", [](Shop& to) {
      to.shelf.Erase({"milk", 2});
      to.shelf.Put({"milk", 3}, {.on_hand = 31});
    });
    Flush();
    shop->Apply("3", [](Shop& to) {
      to.shelf.Erase({"milk", 4});
      to.shelf.Put({"milk", 2}, {.on_hand = 22});
      to.shelf.Put({"milk", 3}, {.on_hand = 32});
      to.shelf.Put({"milk", 6}, {.on_hand = 60});
      to.shelf.Erase({"tea", 1});
    });
  }
};

using Rows = std::vector<std::pair<StockKey, std::int64_t>>;

// What a scan visits, `limit` rows at most.
template <class... From>
Rows Scanned(const Shop& shop, std::size_t limit, const From&... from) {
  Rows rows;
  shop.shelf.Scan(from..., [&](const StockKey& key, const Stock& stock) {
    rows.emplace_back(key, stock.on_hand);
    return rows.size() < limit;
  });
  return rows;
}

TEST_CASE("A scan merges memory and disk and passes over erased rows", "[store]") {
  Fixture f;
  f.Layer();
  const Rows milk{{{"milk", 1}, 10},
                  {{"milk", 2}, 22},
                  {{"milk", 3}, 32},
                  {{"milk", 5}, 50},
                  {{"milk", 6}, 60}};
  CHECK(Scanned(*f.shop, 100, LeadingFields(std::string("milk"))) == milk);
  CHECK(Scanned(*f.shop, 2, LeadingFields(std::string("milk"))) == Rows{milk[0], milk[1]});
  CHECK(Scanned(*f.shop, 100, LeadingFields(std::string("milk")), StockKey{"milk", 4}) ==
        Rows{milk[3], milk[4]});
  CHECK(Scanned(*f.shop, 100, StockKey{"milk", 5}) == Rows{milk[3], milk[4]});
  CHECK(Scanned(*f.shop, 1, StockKey{}) == Rows{{{"bread", 1}, 1}});
  CHECK(Scanned(*f.shop, 100, LeadingFields(std::string("mil"))).empty());
  CHECK(Scanned(*f.shop, 100, LeadingFields(std::string("tea"))).empty());
}

TEST_CASE("A scan sees no row in flight", "[store]") {
  Fixture f;
  f.Layer();
  f.shop->store->Speculate(1);
  f.shop->shelf.Put({"milk", 0}, {.on_hand = 5});
  f.shop->shelf.Erase({"milk", 1});
  CHECK(Scanned(*f.shop, 1, LeadingFields(std::string("milk"))) == Rows{{{"milk", 1}, 10}});
}

TEST_CASE("Looking back finds the last row at or before a key within a prefix", "[store]") {
  Fixture f;
  f.Layer();
  const auto last = [&](std::int64_t at) -> std::int64_t {
    const auto found =
        f.shop->shelf.FindLastAtOrBefore({"milk", at}, LeadingFields(std::string("milk")));
    return found ? found->second.on_hand : -1;
  };
  CHECK(last(0) == -1);
  CHECK(last(1) == 10);
  CHECK(last(2) == 22);
  CHECK(last(4) == 32);  // 4 is erased in memory, 3 changed in every layer.
  CHECK(last(5) == 50);
  CHECK(last(1'000) == 60);
  const auto tea = f.shop->shelf.FindLastAtOrBefore({"tea", 9}, LeadingFields(std::string("tea")));
  CHECK_FALSE(tea);  // Nor the milk before it.
}

TEST_CASE("Looking back passes over rows erased on disk", "[store]") {
  Fixture f;
  f.Layer();
  f.Flush();
  f.Flush();
  const auto found =
      f.shop->shelf.FindLastAtOrBefore({"milk", 4}, LeadingFields(std::string("milk")));
  REQUIRE(found);
  CHECK(found->first.location == 3);
}

TEST_CASE("Rows before a key go, in every layer, and the state hash with them", "[store]") {
  Fixture f;
  const auto fill = [](std::int64_t first) {
    return [first](Shop& to) {
      for (std::int64_t i = first; i < 9; i += 3) to.view.Put({"id", i}, {i});
    };
  };
  f.shop->Apply("1", fill(0));
  f.Flush();
  f.shop->Apply("2", fill(1));
  f.Flush();
  f.shop->Apply("3", fill(2));
  f.shop->Apply("4", [](Shop& to) { to.view.EraseBefore({"id", 5}); });
  const auto check = [&] {
    std::vector<std::int64_t> left;
    f.shop->view.Scan(StockKey{}, [&](const StockKey&, const Count& count) {
      left.push_back(count.value);
      return true;
    });
    CHECK(left == std::vector<std::int64_t>{5, 6, 7, 8});
  };
  check();
  f.Flush();
  check();
}

TEST_CASE("Old buckets go at once, in memory and on disk", "[store]") {
  Fixture f;
  const auto fill = [](std::uint64_t id) {
    return [id](Shop& to) {
      for (std::int64_t hour = 0; hour < 4; ++hour) {
        to.commands.Put({hour, id}, {hour});
        to.stock.Put({"sku", hour}, {.on_hand = hour});
      }
    };
  };
  f.shop->Apply("1", fill(1));
  f.Flush();
  f.shop->Apply("2", fill(2));
  f.Flush();
  f.shop->Apply("3", fill(3));
  f.shop->Apply("4", [](Shop& to) {
    to.commands.EraseBefore({2, 0});
    to.commands.Put({1, 9}, {9});  // A late one comes after the cut and stays.
  });
  std::uint64_t hash = f.shop->store->StateHash();
  const auto check = [&] {
    for (std::uint64_t id = 1; id <= 3; ++id) {
      CHECK_FALSE(f.shop->commands.FindConfirmed({1, id}));
      CHECK(f.shop->commands.Find({0, id}) == nullptr);
      CHECK(f.shop->commands.FindConfirmed({2, id}));
      CHECK(f.shop->commands.Find({3, id}) != nullptr);
    }
    CHECK(f.shop->commands.Find({1, 9})->value == 9);
    CHECK(f.shop->store->StateHash() == hash);
    CHECK(f.shop->store->RecomputeStateHash() == hash);
  };
  check();
  f.Flush();
  check();
  f.shop->Apply("5", [](Shop& to) { to.commands.Put({5, 5}, {5}); });
  hash = f.shop->store->StateHash();
  f.Flush();
  check();
  f.shop.reset();
  f.shop = OpenShop(f.resources, f.directory.path() / "shard");
  check();
  f.shop->Apply("6", [](Shop& to) { to.commands.EraseBefore({100, 0}); });
  f.Flush();
  f.shop->Apply("7", [](Shop& to) {
    for (std::int64_t hour = 0; hour < 4; ++hour) to.stock.Erase({"sku", hour});
  });
  CHECK(f.shop->store->StateHash() == 0);
  f.Flush();
  f.shop->Apply("8", [](Shop& to) { to.commands.Put({100, 1}, {1}); });
  f.Flush();  // Memory forgets the cut; rows read before it do not come back.
  CHECK(f.shop->commands.Find({3, 1}) == nullptr);
}

}  // namespace
}  // namespace omo::testing
