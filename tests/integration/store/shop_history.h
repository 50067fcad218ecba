// A shop's history in which every record follows from its number: what a store says it holds at a
// position can be told from the number alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/store_fixture.h"

namespace omo::testing {

inline constexpr int kRecordsPerFlush = 40;

inline constexpr int kSkus = 7;
inline constexpr std::int64_t kLocations = 50;

// The key of record `number` among the commands.
inline CommandKey CommandOf(std::int64_t number) {
  return {number / 100, store::MixHash(17, static_cast<std::uint64_t>(number))};
}

// Applies record `number`: puts, changes and erases in every table, some over rows long flushed.
inline void ApplyRecord(Shop& shop, std::int64_t number) {
  shop.Apply(std::to_string(number), [number](Shop& to) {
    const std::uint64_t mixed = CommandOf(number).id;
    for (std::int64_t line = 0; line < 4; ++line) {
      const auto location = static_cast<std::int64_t>((mixed >> (8 * line)) % kLocations);
      const StockKey key{"sku-" + std::to_string((mixed >> (13 * line)) % kSkus), location};
      const Stock row{number, std::string(mixed % 60, 'n')};
      Table<StockKey, Stock>& stock = to.stock;
      Table<StockKey, Stock>& shelf = to.shelf;
      auto& table = line % 2 == 0 ? stock : shelf;
      if ((mixed >> (40 + line)) % 3 == 0) {
        table.Erase(key);
      } else {
        table.Put(key, row);
      }
      to.view.Put(key, {number});
    }
    to.commands.Put(CommandOf(number), {number});
    if (number % 100 == 0) to.commands.EraseBefore({number / 100 - 3, 0});
  });
}

// Applies records up to `last` behind the store's stored position, and flushes on the way.
inline void Run(Shop& shop, std::int64_t last) {
  const std::string position = shop.position();
  for (std::int64_t number = position.empty() ? 1 : std::stoll(position) + 1; number <= last;
       ++number) {
    ApplyRecord(shop, number);
    if (number % kRecordsPerFlush == 0) (void)shop.store->FlushAll();
  }
}

// The rows that record `number` left, from a fold that was never on disk, and one by one.
class ExpectedRows {
 public:
  explicit ExpectedRows(std::int64_t number) : number_(number) {
    for (std::int64_t record = 1; record <= number; ++record) ApplyRecord(shop_, record);
  }

  // Whether each row that `shop` gives is the right one. A row that it does not give is right to be
  // absent, or `shop` says of itself, at once, that it is damaged.
  bool MatchEachOf(const Shop& shop) const {
    const store::Store::ReadLock ours(*shop_.store);
    const store::Store::ReadLock theirs(*shop.store);
    for (int sku = 0; sku < kSkus; ++sku) {
      for (std::int64_t location = 0; location < kLocations; ++location) {
        const StockKey key{"sku-" + std::to_string(sku), location};
        if (!Matches(shop, shop_.stock, shop.stock, key)) return false;
        if (!Matches(shop, shop_.shelf, shop.shelf, key)) return false;
        if (!Matches(shop, shop_.view, shop.view, key)) return false;
      }
    }
    for (std::int64_t record = 1; record <= number_; ++record) {
      if (!Matches(shop, shop_.commands, shop.commands, CommandOf(record))) return false;
    }
    return Walk(shop, shop_.shelf, shop.shelf) && Walk(shop, shop_.view, shop.view);
  }

 private:
  template <class OurTable, class Key>
  static bool Matches(const Shop& shop, const OurTable& expected, const OurTable& table,
                      const Key& key) {
    const auto row = table.FindConfirmed(key);
    return row == expected.FindConfirmed(key) || (!row && !shop.store->healthy());
  }

  // In key order: nothing wrong, nothing too many, and all of it unless `shop` says otherwise.
  template <class OurTable>
  static bool Walk(const Shop& shop, const OurTable& expected, const OurTable& table) {
    std::size_t rows = 0;
    std::size_t expected_rows = 0;
    bool right = true;
    table.Scan(StockKey{}, [&](const StockKey& key, const auto& row) {
      ++rows;
      right = right && expected.FindConfirmed(key) == row;
      return true;
    });
    expected.Scan(StockKey{}, [&](const StockKey&, const auto&) {
      ++expected_rows;
      return true;
    });
    return right && (rows == expected_rows || !shop.store->healthy());
  }

  const std::int64_t number_;
  store::Resources resources_;
  Shop shop_{store::Store::OpenInMemory("v1", resources_)};
};

// What stands at positions, from folds that were never on disk.
class History {
 public:
  History() : shop_(OpenShop(resources_, directory_.path() / "shard")) {
    hashes_.push_back(shop_->store->StateHash());
    views_.push_back(View(*shop_));
  }

  // True when the shop, all of it read, holds exactly what record `number` left.
  bool Holds(Shop& shop, std::int64_t number) {
    while (static_cast<std::int64_t>(hashes_.size()) <= number) {
      ApplyRecord(*shop_, static_cast<std::int64_t>(hashes_.size()));
      hashes_.push_back(shop_->store->StateHash());
      views_.push_back(View(*shop_));
    }
    const auto at = static_cast<std::size_t>(number);
    return shop.store->StateHash() == hashes_[at] &&
           shop.store->RecomputeStateHash() == hashes_[at] && View(shop) == views_[at];
  }

 private:
  // The view is not in the state hash: its values, summed.
  static std::uint64_t View(const Shop& shop) {
    std::uint64_t sum = 0;
    shop.view.Scan(StockKey{}, [&](const StockKey& key, const Count& row) {
      sum += store::MixHash(store::HashKey(key), static_cast<std::uint64_t>(row.value));
      return true;
    });
    return sum;
  }

  TempDirectory directory_;
  store::Resources resources_;
  std::unique_ptr<Shop> shop_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint64_t> views_;
};

}  // namespace omo::testing
