// Kits through the door: defined, told, found near by, reserved and rejected as their components.
#include "tests/unit/inventory_api/network_feeding.h"

namespace omo::inventory {
namespace {

// All of one shard; a box is two milk and a bread, a hamper two boxes and a milk.
const std::string kMilk = SkuIn(0, 0);
const std::string kBread = SkuIn(0, 1);
const std::string kBox = SkuIn(0, 2);
const std::string kHamper = SkuIn(0, 3);

std::string Component(const std::string& sku, std::int64_t quantity) {
  return "components { sku: '" + sku + "' quantity { value: " + std::to_string(quantity) + " } } ";
}
std::string Units(const std::string& sku, std::int64_t quantity,
                  const std::string& place = "location: 'shop'") {
  return "lines { sku: '" + sku + "' " + place + " quantity { value: " + std::to_string(quantity) +
         " } } ";
}

Answer<v1::DefineKitResponse> Define(InventoryDoor& door, const std::string& kit,
                                     const std::string& parts) {
  return door.Ask(&Commands::DefineKit, "sku: '" + kit + "' " + parts);
}
void DefineBoth(InventoryDoor& door) {
  REQUIRE(Define(door, kBox, Component(kMilk, 2) + Component(kBread, 1)).status.ok());
  REQUIRE(Define(door, kHamper, Component(kBox, 2) + Component(kMilk, 1)).status.ok());
}

Answer<v1::ReserveStockResponse> Reserve(InventoryDoor& door, const std::string& id,
                                         const std::string& lines) {
  return door.Ask(&Commands::ReserveStock,
                  "reservation_id: '" + id + "' owner: 'cart' hold_seconds: 600 " + lines);
}

v1::SkuAvailability Told(InventoryDoor& door, const std::string& kit,
                         const std::string& where = "locations: 'shop'") {
  const auto told = door.Ask(&Queries::GetAvailability, "skus: '" + kit + "' " + where);
  INFO(told.status.error_message());
  REQUIRE(told.status.ok());
  return told.response.items(0);
}

// The one kit of an answer is so many boxes, as they were first defined.
void CheckBoxes(const google::protobuf::RepeatedPtrField<v1::ReservedKit>& kits,
                std::int64_t quantity) {
  REQUIRE(kits.size() == 1);
  CHECK(kits[0].sku() == kBox);
  CHECK(kits[0].location() == "shop");
  CHECK(kits[0].ordered() == quantity);
  CHECK(kits[0].quantity() == quantity);
  REQUIRE(kits[0].components_size() == 2);
  CHECK(kits[0].components(0).sku() == kMilk);
  CHECK(kits[0].components(0).quantity() == 2);
  CHECK(kits[0].components(1).sku() == kBread);
}

}  // namespace

TEST_CASE("a kit is reserved as its components, and every answer names it", "[inventory_api]") {
  InventoryDoor door;
  door.Receive(kMilk, "shop", 10);
  door.Receive(kBread, "shop", 3);
  DefineBoth(door);
  const std::string lines = Units(kBox, 2) + Units(kMilk, 1);
  const auto first = Reserve(door, "r1", lines);
  REQUIRE(first.status.ok());
  CheckBoxes(first.response.kits(), 2);
  REQUIRE(first.response.lines_size() == 2);
  CHECK(first.response.lines(0).sku() == kMilk);
  CHECK(first.response.lines(0).quantity() == 5);
  CHECK(first.response.lines(1).quantity() == 2);
  CHECK(door.FiguresOf(kMilk, "shop").reserved() == 5);

  // Whoever asks again, or looks it up, is told how it was made then: also after a rebuild.
  REQUIRE(Define(door, kBox, Component(kBread, 7)).status.ok());
  const auto check = [&] {
    const auto again = Reserve(door, "r1", lines);
    REQUIRE(again.status.ok());
    CHECK(again.response.duplicate());
    CHECK(again.response.lines(0).quantity() == 5);
    CheckBoxes(again.response.kits(), 2);
    const auto found =
        door.Ask(&Queries::GetReservation, "reservation_id: 'r1' sku: '" + kBox + "'");
    REQUIRE(found.status.ok());
    CheckBoxes(found.response.reservation().kits(), 2);
    const auto listed = door.Ask(&Queries::ListReservations, "", InventoryDoor::AtShard(0));
    REQUIRE(listed.response.reservations_size() == 1);
    CheckBoxes(listed.response.reservations(0).reservation().kits(), 2);
  };
  check();
  door.RestartFromLog();
  check();
}

TEST_CASE("of a kit as many are promised as would be reserved", "[inventory_api]") {
  InventoryDoor door;
  door.Receive(kMilk, "shop", 10);
  door.Receive(kBread, "shop", 3);
  door.Receive(kMilk, "depot", 10);
  DefineBoth(door);
  const v1::SkuAvailability boxes = Told(door, kBox, "");
  REQUIRE(boxes.locations_size() == 1);  // Bread has never been at the depot.
  CHECK(boxes.locations(0).location() == "shop");
  CHECK(boxes.locations(0).promisable() == 3);
  CHECK(boxes.total().on_hand() == 0);
  const v1::SkuAvailability hampers = Told(door, kHamper);
  CHECK(hampers.locations(0).promisable() == 1);
  REQUIRE(hampers.components_size() == 2);
  CHECK(hampers.components(0).sku() == kMilk);
  CHECK(hampers.components(0).quantity() == 5);
  CHECK(hampers.components(1).quantity() == 2);
  CHECK(Told(door, kBox, "locations: 'depot'").locations(0).promisable() == 0);
  CHECK(Told(door, kMilk).components_size() == 0);

  const auto refused = Reserve(door, "r1", Units(kBox, 4));
  CHECK(refused.reason() == "NOT_ENOUGH_AVAILABLE");
  CHECK(refused.error().Find("sku") == kBread);
  // A rule of a component counts.
  REQUIRE(door.Ask(&Commands::SetStockRules, "sku: '" + kMilk + "' rules { safety { value: 6 } }")
              .status.ok());
  CHECK(Told(door, kBox).locations(0).promisable() == 2);
  CHECK(Reserve(door, "r1", Units(kBox, 3)).reason() == "NOT_ENOUGH_AVAILABLE");
  REQUIRE(Reserve(door, "r1", Units(kBox, 2)).status.ok());
  CHECK(Told(door, kBox).locations(0).promisable() == 0);
  CHECK(Reserve(door, "r2", Units(kBox, 1)).reason() == "NOT_ENOUGH_AVAILABLE");
}

TEST_CASE("a kit is promised and kept at a group", "[inventory_api]") {
  InventoryDoor door;
  NetworkFeed feed(door.runtime());
  REQUIRE(door.Ask(&Commands::ChangeNetwork,
                   Changing("put_group { group_id: 'city' group { name: 'City'"
                            " locations: 'north' locations: 'south' } }"))
              .status.ok());
  TakeIn(door, feed);
  for (const char* place : {"north", "south"}) {
    door.Receive(kMilk, place, 3);
    door.Receive(kBread, place, 2);
  }
  DefineBoth(door);
  CHECK(Told(door, kBox, "groups: 'city'").groups(0).promisable() == 3);
  CHECK(Told(door, kBox, "locations: 'north'").locations(0).promisable() == 1);
  CHECK(Reserve(door, "r1", Units(kBox, 4, "group: 'city'")).reason() == "NOT_ENOUGH_AVAILABLE");
  const auto kept = Reserve(door, "r1", Units(kBox, 3, "group: 'city'"));
  REQUIRE(kept.status.ok());
  CHECK(kept.response.kits(0).group() == "city");
  CHECK(kept.response.kits(0).location().empty());
  CHECK(Told(door, kBox, "groups: 'city'").groups(0).promisable() == 0);
  CHECK(Told(door, kBox, "locations: 'north'").locations(0).promisable() == 0);
}

TEST_CASE("a cart with kits is found where all of it can be promised together", "[inventory_api]") {
  InventoryDoor door;
  for (const char* shop : {"small", "large"}) {
    REQUIRE(door.Ask(&Commands::OpenLocation,
                     std::string("location_id: '") + shop +
                         "' profile { kind: LOCATION_KIND_STORE name: 'Shop'"
                         " time_zone: 'Asia/Shanghai' geo { longitude_e7: 10000000 } }")
                .status.ok());
    door.Receive(kBread, shop, 9);
  }
  door.Receive(kMilk, "small", 10);
  door.Receive(kMilk, "large", 11);
  DefineBoth(door);
  const auto find = [&](std::int64_t milk, const std::string& more) {
    const auto wanted = [](const std::string& sku, std::int64_t quantity) {
      return "wanted { sku: '" + sku + "' quantity { value: " + std::to_string(quantity) + " } } ";
    };
    const auto found = door.Ask(&Queries::FindNearbyStock,
                                "origin { longitude_e7: 10000000 } display: STOCK_DISPLAY_EXACT " +
                                    wanted(kBox, 3) + wanted(kMilk, milk) + more);
    REQUIRE(found.status.ok());
    return found.response;
  };
  // Each by itself is there; together they need eleven milk.
  const auto some = find(5, "");
  REQUIRE(some.places_size() == 2);
  for (const v1::NearbyPlace& place : some.places()) {
    CHECK(place.skus(0).enough());
    CHECK(place.skus(0).quantity().value() == 5);
    CHECK(place.skus(1).enough());
    CHECK(place.has_all() == (place.location_id() == "large"));
  }
  const auto all = find(5, "only_with_all: true");
  REQUIRE(all.places_size() == 1);
  CHECK(all.places(0).location_id() == "large");
  CHECK(find(4, "only_with_all: true").places_size() == 2);
  CHECK(find(6, "only_with_all: true").places_size() == 0);
}

TEST_CASE("what a store lacks of a kit is rejected by component, and the answer names the kit",
          "[inventory_api]") {
  InventoryDoor door;
  door.Receive(kMilk, "shop", 10);
  door.Receive(kBread, "shop", 3);
  DefineBoth(door);
  REQUIRE(Reserve(door, "r1", Units(kBox, 2)).status.ok());
  const std::string of = "reservation_id: 'r1' sku: '" + kBox + "' ";
  REQUIRE(door.Ask(&Commands::CommitReservation, of).status.ok());
  const auto whole =
      door.Ask(&Commands::RejectReservation, of + "reason: 'MISMATCH' " + Units(kBox, 1));
  CHECK(whole.reason() == "IS_A_KIT");
  CHECK(whole.error().Find("component") == kMilk);
  CHECK(whole.error().Find("component.1") == kBread);

  const std::string one =
      "command_id: '" + NewId() + "' " + of + "reason: 'MISMATCH' " + Units(kBread, 1);
  for (const bool again : {false, true}) {
    const auto answer = door.Ask(&Commands::RejectReservation, one);
    REQUIRE(answer.status.ok());
    CHECK(answer.response.duplicate() == again);
    CheckBoxes(answer.response.kits(), 2);
    CHECK(answer.response.lines(0).figures().on_hand() == 2);
  }
}

TEST_CASE("kits of kits are ten deep at most, and never in themselves", "[inventory_api]") {
  InventoryDoor door;
  const auto nth = [](int i) { return SkuIn(0, 10 + i); };
  REQUIRE(Define(door, nth(1), Component(kMilk, 1)).status.ok());
  for (int i = 2; i <= 10; ++i) {
    INFO(i);
    REQUIRE(Define(door, nth(i), Component(nth(i - 1), 1)).status.ok());
  }
  const auto eleventh = Define(door, nth(11), Component(nth(10), 1));
  CHECK(eleventh.status.error_code() == grpc::FAILED_PRECONDITION);
  CHECK(eleventh.reason() == "KIT_TOO_DEEP");
  const auto circle = Define(door, nth(1), Component(nth(10), 1));
  CHECK(circle.reason() == "KIT_IN_ITSELF");
  CHECK(circle.error().Find("sku") == nth(1));
  CHECK(Told(door, nth(10)).components(0).sku() == kMilk);
}

TEST_CASE("a kit has no stock of its own, and what has is no kit", "[inventory_api]") {
  InventoryDoor door;
  door.Receive(kMilk, "shop", 10);
  DefineBoth(door);
  CHECK(Define(door, kBox, Component(kMilk, 2) + Component(kBread, 1)).response.duplicate());
  CHECK(door.Ask(&Commands::ReceiveStock, Units(kBox, 1)).reason() == "IS_A_KIT");
  CHECK(Define(door, kMilk, Component(kBread, 1)).reason() == "KIT_HAS_STOCK");
  // No kit any more: it can be received.
  REQUIRE(Define(door, kBox, "").status.ok());
  door.Receive(kBox, "shop", 1);
  CHECK(Told(door, kBox).components_size() == 0);
  CHECK(Define(door, kBox, Component(kMilk, 1)).reason() == "KIT_HAS_STOCK");
}

}  // namespace omo::inventory
