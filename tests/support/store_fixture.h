// A small shop's state over a store, in a directory that goes when the test ends.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "libs/core/types.h"
#include "libs/store/store.h"
#include "libs/store/table.h"
#include "tests/support/catch.h"

namespace omo::testing {

class TempDirectory {
 public:
  TempDirectory() {
    // In memory where there is such a file system: what is tested is not how fast a disk syncs.
    const std::filesystem::path memory = "/dev/shm";
    const auto& parent =
        std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    std::string name = (parent / "omo-store-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct StockKey {
  std::string sku;
  std::int64_t location = 0;
  static auto Fields(auto& self) { return std::tie(self.sku, self.location); }
  auto operator<=>(const StockKey&) const = default;  // NOLINT(modernize-use-nullptr)
};
struct Stock {
  std::int64_t on_hand = 0;
  std::string note{};
  static auto Fields(auto& self) { return std::tie(self.on_hand, self.note); }
  bool operator==(const Stock&) const = default;
};
// A command id: the hour it was made in, then itself.
struct CommandKey {
  std::int64_t hour = 0;
  std::uint64_t id = 0;
  static auto Fields(auto& self) { return std::tie(self.hour, self.id); }
  auto operator<=>(const CommandKey&) const = default;  // NOLINT(modernize-use-nullptr)
};
struct Count {
  std::int64_t value = 0;
  static auto Fields(auto& self) { return std::tie(self.value); }
  bool operator==(const Count&) const = default;
};

// The store's tables, one of each kind.
struct Shop {
  explicit Shop(std::unique_ptr<store::Store> opened) : store(std::move(opened)) {}

  std::unique_ptr<store::Store> store;
  store::ShardTable<StockKey, Stock> stock{*store, {.prefix = 1, .name = "stock"}};
  store::ShardTable<StockKey, Stock, store::KeyOrder> shelf{*store, {.prefix = 2, .name = "shelf"}};
  store::ConfirmedTable<CommandKey, Count, store::BucketOrder> commands{
      *store, {.prefix = 3, .name = "commands"}};
  store::ConfirmedTable<StockKey, Count, store::KeyOrder> view{
      *store, {.prefix = 4, .name = "view", .in_state_hash = false}};

  // Changes confirmed rows as a follower does, and says where they now stand.
  template <class Change>
  void Apply(std::string position, Change change) {
    store::Store::WriteSection section(*store);
    section.Direct();
    change(*this);
    section.SetPosition(std::move(position));
  }
  void Promote(std::uint64_t through_seq) {
    store::Store::WriteSection section(*store);
    section.Promote(through_seq);
  }
  std::string position() const { return store::Store::ReadLock(*store).position(); }
};

inline absl::StatusOr<std::unique_ptr<Shop>> TryOpenShop(store::Resources& resources,
                                                         store::StoreOptions options) {
  absl::StatusOr<std::unique_ptr<store::Store>> opened =
      store::Store::Open(std::move(options), resources);
  if (!opened.ok()) return opened.status();
  return std::make_unique<Shop>(*std::move(opened));
}

inline std::unique_ptr<Shop> OpenShop(store::Resources& resources,
                                      const std::filesystem::path& directory,
                                      std::string schema = "v1") {
  store::StoreOptions options{.directory = directory, .schema = std::move(schema)};
  auto shop = TryOpenShop(resources, std::move(options));
  INFO(shop.status().ToString());
  REQUIRE(shop.ok());
  return *std::move(shop);
}

}  // namespace omo::testing
