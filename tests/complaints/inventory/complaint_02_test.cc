// medusajs/medusa 16502, vendure-ecommerce/vendure 1028: the same SKU on two lines passes twice, as
// each line is checked against the same old figure.
#include <random>
#include <string>

#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

ReserveStock Basket(std::vector<Line> lines) {
  return {.id = {"r1"}, .owner = "cart", .lines = std::move(lines), .hold_for = minutes{15}};
}

}  // namespace

TEST_CASE("Complaint 2: lines of one SKU are summed before they are checked", "[complaints]") {
  Given stock(Received(5));
  stock.When(Basket({Of(3), Of(3)}))
      .ThenRefused(StockRefusal::kNotEnoughAvailable,
                   {{"sku", "milk"}, {"location", "shop"}, {"ordered", "6"}, {"available", "5"}});
  CHECK(stock.world().Decide(Basket({Of(3), Of(2)}), kNoon).event.has_value());
}

TEST_CASE("Complaint 2: no basket gets more than there is, at places and at their group",
          "[complaints]") {
  std::mt19937 random(2);
  const auto below = [&](std::uint32_t limit) {
    return static_cast<std::int64_t>(random() % limit);
  };
  const LocationId city = PlaceOf({"city"});
  int refused = 0;
  for (int round = 0; round < 500; ++round) {
    MemoryInventory stock;
    std::map<LocationId, Quantity> there;
    for (const LocationId& place : {kShop, kDepot}) {
      there[place] = 1 + below(9);
      stock.Evolve(Received(there[place], place));
    }
    stock.Evolve(NetworkApplied{
        .version = 1, .change = {.put_group = PutGroup{{"city"}, {"City", {kDepot, kShop}, {}}}}});
    std::map<LocationId, Quantity> asked;
    std::vector<Line> lines;
    for (std::int64_t n = 1 + below(6); n > 0; --n) {
      const LocationId place = below(3) == 0 ? city : below(2) == 0 ? kShop : kDepot;
      const std::int64_t quantity = 1 + below(5);
      asked[place] += quantity;
      lines.push_back(Of(quantity, place));
    }
    const Quantity all = asked[kShop] + asked[kDepot] + asked[city];
    const bool possible = asked[kShop] <= there[kShop] && asked[kDepot] <= there[kDepot] &&
                          all <= there[kShop] + there[kDepot];
    const auto decision = stock.Decide(Basket(lines), kNoon);
    CHECK(decision.event.has_value() == possible);
    refused += possible ? 0 : 1;
  }
  CHECK(refused > 100);
  CHECK(refused < 400);
}

}  // namespace omo::inventory
