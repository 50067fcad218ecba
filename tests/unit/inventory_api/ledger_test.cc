// The ledger of a SKU: every change, its reason, its sum.
#include <map>
#include <vector>

#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

// Something of everything that moves milk.
void TradeMilk(InventoryDoor& door) {
  door.Receive("milk", "shop", 20);
  door.Receive("milk", "depot", 5);
  const auto ok = [](const auto& answer) {
    INFO(answer.status.error_message());
    CHECK(answer.status.ok());
  };
  ok(door.Ask(&Commands::MoveStockState,
              "sku: 'milk' location: 'shop' to: BUCKET_DAMAGED quantity { value: 2 }"
              " reason: 'leaks'"));
  for (const char* id : {"r1", "r2"}) {
    ok(door.Ask(&Commands::ReserveStock,
                "reservation_id: '" + std::string(id) +
                    "' owner: 'cart' hold_seconds: 600"
                    " lines { sku: 'milk' location: 'shop' quantity { value: 3 } }"));
  }
  ok(door.Ask(&Commands::ReleaseReservation, "reservation_id: 'r2' sku: 'milk'"));
  ok(door.Ask(&Commands::CommitReservation, "reservation_id: 'r1' sku: 'milk'"));
  ok(door.Ask(&Commands::TransferReservation,
              "reservation_id: 'r1' lines { sku: 'milk' from_location: 'shop' to_location: 'depot'"
              " quantity { value: 1 } }"));
  ok(door.Ask(&Commands::FulfilReservation, "reservation_id: 'r1' sku: 'milk'"));
  ok(door.Ask(&Commands::AdjustStock,
              "sku: 'milk' location: 'depot' delta { value: -1 } reason: 'lost'"));
}

std::vector<v1::Movement> Ledger(InventoryDoor& door, const std::string& ask, int page_size) {
  std::vector<v1::Movement> movements;
  std::string token;
  do {
    v1::ListMovementsRequest request;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(ask, &request));
    request.set_page_size(page_size);
    request.set_page_token(token);
    const auto page = door.Send(&Queries::ListMovements, request);
    INFO(page.status.error_message());
    REQUIRE(page.status.ok());
    REQUIRE(page.response.movements_size() <= page_size);
    CHECK(page.response.freshness().position().offset() > 0);
    for (const v1::Movement& movement : page.response.movements()) movements.push_back(movement);
    token = page.response.next_page_token();
  } while (!token.empty());
  return movements;
}

}  // namespace

TEST_CASE("a balance is the sum of its movements", "[inventory_api]") {
  InventoryDoor door;
  TradeMilk(door);
  for (const std::string place : {"shop", "depot"}) {
    std::map<v1::Bucket, std::int64_t> sums;
    for (const v1::Movement& movement :
         Ledger(door, "sku: 'milk' location: '" + place + "'", 1'000)) {
      CHECK(movement.location() == place);
      CHECK(movement.quantity() != 0);
      sums[movement.bucket()] += movement.quantity();
    }
    const v1::Figures figures = door.FiguresOf("milk", place);
    CHECK(sums[v1::BUCKET_AVAILABLE] == figures.available());
    CHECK(sums[v1::BUCKET_RESERVED] == figures.reserved());
    CHECK(sums[v1::BUCKET_COMMITTED] == figures.committed());
    CHECK(sums[v1::BUCKET_DAMAGED] == figures.damaged());
  }
  CHECK(door.FiguresOf("milk", "shop").on_hand() == 18);
  CHECK(door.FiguresOf("milk", "depot").on_hand() == 3);
}

TEST_CASE("pages of any size add up to the same ledger, in order", "[inventory_api]") {
  InventoryDoor door;
  TradeMilk(door);
  const std::vector<v1::Movement> all = Ledger(door, "sku: 'milk'", 1'000);
  REQUIRE(all.size() > 10);
  for (std::size_t i = 1; i < all.size(); ++i) {
    const auto place = [](const v1::Movement& movement) {
      return std::tuple(movement.location(), movement.offset(), movement.line());
    };
    CHECK(place(all[i - 1]) < place(all[i]));
  }
  for (const int page_size : {1, 2, 3, 7}) {
    const std::vector<v1::Movement> paged = Ledger(door, "sku: 'milk'", page_size);
    REQUIRE(paged.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      CHECK(paged[i].SerializeAsString() == all[i].SerializeAsString());
    }
  }
}

TEST_CASE("a page token is good for its own ledger only", "[inventory_api]") {
  InventoryDoor door;
  TradeMilk(door);
  const auto page = door.Ask(&Queries::ListMovements, "sku: 'milk' page_size: 1");
  v1::ListMovementsRequest request;
  request.set_sku("milk");
  request.set_location("shop");
  request.set_page_token(page.response.next_page_token());
  CHECK(door.Send(&Queries::ListMovements, request).reason() == "PAGE_TOKEN");
  request.set_location("");
  CHECK(door.Send(&Queries::ListMovements, request).status.ok());
}

TEST_CASE("a movement says who, why, for what and when", "[inventory_api]") {
  InventoryDoor door;
  Metadata metadata = InventoryDoor::Staff();
  metadata["omo-actor"] = "staff-7";
  metadata["omo-reference"] = "count-12";
  metadata["omo-cause"] = "inspection-3";
  const auto adjusted =
      door.Ask(&Commands::AdjustStock,
               "sku: 'milk' location: 'shop' delta { value: -2 } reason: 'broken'", metadata);
  REQUIRE(adjusted.status.ok());
  REQUIRE(door.Ask(&Commands::RecordSale,
                   "device: 'till' sequence: 1 occurred_at_ms: 1000"
                   " lines { sku: 'milk' location: 'shop' quantity { value: 1 } }")
              .status.ok());
  const std::vector<v1::Movement> ledger = Ledger(door, "sku: 'milk'", 10);
  REQUIRE(ledger.size() == 2);
  CHECK(ledger[0].kind() == v1::MOVEMENT_KIND_ADJUSTED);
  CHECK(ledger[0].bucket() == v1::BUCKET_AVAILABLE);
  CHECK(ledger[0].quantity() == -2);
  CHECK(ledger[0].offset() == adjusted.response.position().offset());
  CHECK(ledger[0].reason() == "broken");
  CHECK(ledger[0].actor() == "staff-7");
  CHECK(ledger[0].reference() == "count-12");
  CHECK(ledger[0].cause() == "inspection-3");
  CHECK(ledger[0].recorded_at_ms() == ledger[0].occurred_at_ms());
  CHECK(ledger[0].figures().on_hand() == -2);
  CHECK(ledger[1].kind() == v1::MOVEMENT_KIND_SOLD);
  CHECK(ledger[1].occurred_at_ms() == 1000);
  CHECK(ledger[1].recorded_at_ms() >= ledger[0].recorded_at_ms());
  CHECK(ledger[1].figures().on_hand() == -3);
}

}  // namespace omo::inventory
