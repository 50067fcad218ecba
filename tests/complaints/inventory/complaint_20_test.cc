// saleor/saleor 12798, spree/spree 7746, medusajs/medusa 10751: a checkout that is slow where there
// are many warehouses, as each of them is asked.
#include <string>
#include <vector>

#include "tests/support/counted_stock.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

// What it costs to reserve at one store, and at a group that stands in another, of so many stores.
struct Costs {
  Count at_store;
  Count at_group;
};

Costs CostsWith(int stores) {
  CountedStock stock;
  std::vector<LocationId> all;
  for (int n = 0; n < stores; ++n) all.push_back({"store-" + std::to_string(1'000 + n)});
  for (const LocationId& store : all) {
    stock.Do(ReceiveStock{{{.sku = kMilk, .location = store, .amount = {9, 0}}}});
  }
  stock.Do(ChangeNetwork{{.put_group = PutGroup{{"region"}, {"Region", all, {}}}}, 0});
  stock.Do(ChangeNetwork{{.put_group = PutGroup{{"all"}, {"All", {}, {{"region"}}}}}, 0});
  const auto reserve = [&](const char* id, const LocationId& place) {
    return stock.Do(ReserveStock{.id = {id},
                                 .owner = "cart",
                                 .channel = {"web"},
                                 .lines = {Of(1, place)},
                                 .hold_for = minutes{15},
                                 .method = Method::kShip});
  };
  // The first ones make the groups' sums.
  reserve("r1", PlaceOf({"region"}));
  reserve("r2", PlaceOf({"all"}));
  reserve("r3", all[0]);
  Costs costs;
  costs.at_group = reserve("r4", PlaceOf({"region"}));
  costs.at_store = reserve("r5", all[1]);
  return costs;
}

}  // namespace

TEST_CASE("Complaint 20: a decision reads and writes no more rows, however many stores there are",
          "[complaints]") {
  const Costs few = CostsWith(2);
  const Costs many = CostsWith(457);
  CHECK(few.at_store.reads > 0);
  CHECK(many.at_store.reads == few.at_store.reads);
  CHECK(many.at_store.writes == few.at_store.writes);
  CHECK(many.at_group.reads == few.at_group.reads);
  CHECK(many.at_group.writes == few.at_group.writes);
}

}  // namespace omo::inventory
