// What is asked of many places at once is found out once: a query holds its shard up meanwhile.
#include <string>
#include <vector>

#include "services/inventory/domain/stock/foresight.h"
#include "tests/support/counted_stock.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

// A stock of one SKU at so many stores, with units kept at groups around them all.
class Chain {
 public:
  explicit Chain(int stores) {
    for (int n = 0; n < stores; ++n) stores_.push_back({"store-" + std::to_string(1'000 + n)});
    for (const LocationId& store : stores_) {
      stock_.Do(ReceiveStock{{{.sku = kMilk, .location = store, .amount = {9, 0}}}});
    }
    Put("all", stores_);
  }
  void Put(const std::string& id, std::vector<LocationId> members) {
    Change({.put_group = PutGroup{{id}, {id, std::move(members), {}}}});
  }
  // What was summed before counts no more.
  void Pause() { Change({.pause_location = PauseLocation{stores_[0], true, "stocktake"}}); }
  void Change(NetworkChange change) { stock_.Do(ChangeNetwork{std::move(change), 0}); }
  void ReserveAt(const std::string& group) {
    stock_.Do(ReserveStock{.id = {"at-" + group},
                           .owner = "cart",
                           .lines = {Of(1, PlaceOf({group}))},
                           .hold_for = minutes{15}});
  }
  // The reads of one look at what can be promised at each store.
  int ReadsOfAll() {
    return stock_
        .Look([&](const StockState& state) {
          const Foresight foresight(state);
          for (const LocationId& store : stores_) {
            const Quantity left = foresight.Promisable(kMilk, store, {});
            CHECK(left == (store == stores_[0] ? 0 : 9));
          }
        })
        .reads;
  }
  const std::vector<LocationId>& stores() const { return stores_; }

 private:
  std::vector<LocationId> stores_;
  CountedStock stock_;
};

}  // namespace

TEST_CASE("All places of a SKU are looked at in one walk, though the groups' sums are old",
          "[inventory]") {
  const auto reads_with = [](int stores) {
    Chain chain(stores);
    chain.ReserveAt("all");
    chain.Pause();
    return chain.ReadsOfAll();
  };
  CHECK(reads_with(200) < 11 * reads_with(20));
}

TEST_CASE("All places of a SKU are looked at in one walk, though groups overlap", "[inventory]") {
  const auto reads_with = [](int stores) {
    Chain chain(stores);
    const auto& all = chain.stores();
    chain.Put("one", {all.begin(), all.end() - 2});
    chain.Put("other", {all.begin() + 2, all.end()});
    chain.ReserveAt("one");
    chain.ReserveAt("other");
    chain.Pause();
    return chain.ReadsOfAll();
  };
  CHECK(reads_with(200) < 11 * reads_with(20));
}

}  // namespace omo::inventory
