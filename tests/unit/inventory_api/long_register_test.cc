// A register with more holds than one page may look at.
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {

TEST_CASE("a filter that leaves little of a long register answers in short pages",
          "[inventory_api]") {
  InventoryDoor door;
  const std::string sku = SkuIn(0);
  door.Receive(sku, "shop", 10'000);
  const auto reserve = [&](const std::string& id, const std::string& owner) {
    REQUIRE(door.Ask(&Commands::ReserveStock, "reservation_id: '" + id + "' owner: '" + owner +
                                                  "' hold_seconds: 600 lines { sku: '" + sku +
                                                  "' location: 'shop'"
                                                  " quantity { value: 1 } }")
                .status.ok());
  };
  for (int i = 0; i < 2'500; ++i) reserve("r" + std::to_string(i), "ann");
  reserve("last", "bob");

  v1::ListReservationsRequest request;
  request.set_owner("bob");
  std::vector<std::string> found;
  int empty_pages = 0;
  do {
    const auto page = door.Send(&Queries::ListReservations, request, InventoryDoor::AtShard(0));
    REQUIRE(page.status.ok());
    if (page.response.reservations().empty()) ++empty_pages;
    for (const auto& entry : page.response.reservations()) {
      found.push_back(entry.reservation().reservation_id());
    }
    request.set_page_token(page.response.next_page_token());
  } while (!request.page_token().empty());
  CHECK(found == std::vector<std::string>{"last"});
  CHECK(empty_pages == 1);  // Of 2,000 rows that were looked at.
}

}  // namespace omo::inventory
