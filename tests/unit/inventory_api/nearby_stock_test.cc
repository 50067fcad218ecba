// Where near a place a cart can be had, through the door.
#include <map>
#include <set>
#include <vector>

#include "tests/unit/inventory_api/network_feeding.h"

namespace omo::inventory {
namespace {

using Found = Answer<v1::FindNearbyStockResponse>;

// A hundredth of a degree, 1,112 m, at the equator: the origin is at (0, 1).
constexpr std::int32_t kHundredth = 100'000;
const std::string kOrigin = " origin { longitude_e7: 10000000 }";

// Monday 12 January 2026, 12:00 in Berlin.
constexpr std::int64_t kMondayNoon = 1'768'215'600'000;
constexpr std::int64_t kHour = 3'600'000;

std::string Profile(int hundredths_east, const std::string& more = "",
                    const std::string& kind = "STORE") {
  return " profile { kind: LOCATION_KIND_" + kind +
         " name: 'Shop' time_zone: 'Europe/Berlin' geo {"
         " longitude_e7: " +
         std::to_string(10'000'000 + hundredths_east * kHundredth) + " } " + more + " }";
}

void OpenShop(InventoryDoor& door, const std::string& id, int hundredths_east,
              const std::string& more = "", const std::string& kind = "STORE") {
  const auto opened = door.Ask(&Commands::OpenLocation,
                               "location_id: '" + id + "'" + Profile(hundredths_east, more, kind));
  INFO(opened.status.error_message());
  REQUIRE(opened.status.ok());
}

Found Find(InventoryDoor& door, const std::string& wanted, const std::string& more = "",
           const std::string& role = "staff") {
  Metadata metadata = InventoryDoor::Staff();
  metadata["omo-role"] = role;
  Found found = door.Ask(&Queries::FindNearbyStock, wanted + kOrigin + " " + more, metadata);
  INFO(found.status.error_message());
  REQUIRE(found.status.ok());
  return found;
}

std::string Wanted(const std::string& sku, std::int64_t quantity = 1) {
  return "wanted { sku: '" + sku + "' quantity { value: " + std::to_string(quantity) + " } } ";
}

std::vector<std::string> Ids(const Found& found) {
  std::vector<std::string> ids;
  for (const v1::NearbyPlace& place : found.response.places()) ids.push_back(place.location_id());
  return ids;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the nearest places with stock come first", "[inventory_api]") {
  InventoryDoor door;
  OpenShop(door, "far", 30);
  OpenShop(door, "near", -1, "brand: 'B' address { city: 'Libreville' }", "DARK_STORE");
  OpenShop(door, "b", 2);
  OpenShop(door, "a", -2);
  OpenShop(door, "empty", 0);
  for (const char* shop : {"far", "near", "a", "b", "nowhere"}) door.Receive("milk", shop, 7);

  const std::string all_kinds = "kinds: LOCATION_KIND_STORE kinds: LOCATION_KIND_DARK_STORE ";
  const Found found = Find(door, Wanted("milk"), all_kinds);
  CHECK(Ids(found) == Names{"near", "a", "b", "far"});
  const v1::NearbyPlace& nearest = found.response.places(0);
  CHECK(nearest.distance_m() == 1'112);
  CHECK(nearest.kind() == v1::LOCATION_KIND_DARK_STORE);
  CHECK(nearest.name() == "Shop");
  CHECK(nearest.brand() == "B");
  CHECK(nearest.address().city() == "Libreville");
  CHECK(nearest.geo().longitude_e7() == 9'900'000);
  CHECK(nearest.time_zone() == "Europe/Berlin");
  CHECK(found.response.places(1).distance_m() == found.response.places(2).distance_m());

  CHECK(Ids(Find(door, Wanted("milk"))) == Names{"a", "b", "far"});
  CHECK(Ids(Find(door, Wanted("milk"), "max_places: 2")) == Names{"a", "b"});
  CHECK(Ids(Find(door, Wanted("milk"), all_kinds + "max_distance_m: 1112")) == Names{"near"});
  CHECK(Ids(Find(door, Wanted("milk"), all_kinds + "max_distance_m: 1111")).empty());
  CHECK(Ids(Find(door, Wanted("nothing"))).empty());
}

TEST_CASE("a look-up says what every shard stood at, and sees what its position asks for",
          "[inventory_api]") {
  InventoryDoor door;
  for (int i = 0; i < 8; ++i) OpenShop(door, "shop-" + std::to_string(i), i);
  const std::string sku = SkuIn(2);
  const auto last = door.Receive(sku, "shop-5", 3);
  const std::string position = "shard: 2 offset: " + std::to_string(last.position().offset()) +
                               " log_id: " + std::to_string(last.position().log_id());
  const Found found =
      Find(door, Wanted(sku),
           "read { level: READ_LEVEL_MIN_POSITION min_positions { " + position + " } }");
  CHECK(Ids(found) == Names{"shop-5"});
  REQUIRE(found.response.freshness_size() == kDoorShards);
  for (ShardId shard = 0; shard < kDoorShards; ++shard) {
    CHECK(found.response.freshness(shard).position().shard() == shard);
    CHECK(found.response.freshness(shard).age_ms() >= 0);
  }
  CHECK(found.response.freshness(2).position().offset() >= last.position().offset());
  CHECK(found.response.freshness(2).position().log_id() == last.position().log_id());

  const Found proven = Find(door, Wanted(sku), "read { level: READ_LEVEL_LINEARIZABLE }");
  CHECK(Ids(proven) == Names{"shop-5"});
}

TEST_CASE("places are those that are open for business now, also after a rebuild",
          "[inventory_api]") {
  InventoryDoor door;
  for (const char* shop : {"stays", "moves", "closes", "unmapped"}) {
    OpenShop(door, shop, 1);
    door.Receive("milk", shop, 1);
  }
  CHECK(Find(door, Wanted("milk")).response.places_size() == 4);
  // Each change is seen at the position at which it was answered.
  const auto closed = door.Ask(&Commands::CloseLocation, "location_id: 'closes' reason: 'x'");
  REQUIRE(closed.status.ok());
  CHECK(Ids(Find(door, Wanted("milk"))) == Names{"moves", "stays", "unmapped"});
  REQUIRE(door.Ask(&Commands::UpdateLocation, "location_id: 'moves'" + Profile(-50)).status.ok());
  CHECK(Ids(Find(door, Wanted("milk"))) == Names{"stays", "unmapped", "moves"});
  REQUIRE(door.Ask(&Commands::UpdateLocation,
                   "location_id: 'unmapped' profile { kind: LOCATION_KIND_STORE name: 'Shop'"
                   " time_zone: 'Europe/Berlin' }")
              .status.ok());
  const Names standing{"stays", "moves"};
  CHECK(Ids(Find(door, Wanted("milk"))) == standing);
  OpenShop(door, "new", 0);
  door.Receive("milk", "new", 1);
  const Names with_new{"new", "stays", "moves"};
  CHECK(Ids(Find(door, Wanted("milk"))) == with_new);
  door.RestartFromLog();
  CHECK(Ids(Find(door, Wanted("milk"))) == with_new);
}

TEST_CASE("a cart is found where some of it is, or only where all of it is", "[inventory_api]") {
  InventoryDoor door;
  std::map<std::string, std::set<std::string>> has;
  const Names skus{SkuIn(0), SkuIn(3), SkuIn(3, 1), SkuIn(1)};
  // Shop i has the SKUs of the bits of i, two of each.
  for (int i = 0; i < 16; ++i) {
    const std::string shop = "shop-" + std::to_string(10 + i);
    OpenShop(door, shop, i);
    for (int bit = 0; bit < 4; ++bit) {
      if ((i >> bit & 1) == 0) continue;
      door.Receive(skus[bit], shop, 2);
      has[shop].insert(skus[bit]);
    }
  }
  std::string cart;
  for (const std::string& sku : skus) cart += Wanted(sku, 2);
  const Found some = Find(door, cart, "max_places: 100");
  REQUIRE(some.response.places_size() == 15);
  for (const v1::NearbyPlace& place : some.response.places()) {
    INFO(place.location_id());
    CHECK(place.has_all() == (place.location_id() == "shop-25"));
    REQUIRE(place.skus_size() == 4);
    for (int i = 0; i < 4; ++i) {
      CHECK(place.skus(i).sku() == skus[i]);
      CHECK(place.skus(i).enough() == has[place.location_id()].contains(skus[i]));
    }
  }
  CHECK(Ids(Find(door, cart, "max_places: 3")) == Names{"shop-11", "shop-12", "shop-13"});
  CHECK(Ids(Find(door, cart, "only_with_all: true")) == Names{"shop-25"});
  const std::string pair = Wanted(skus[0], 2) + Wanted(skus[1], 2);
  CHECK(Ids(Find(door, pair, "only_with_all: true max_places: 3")) ==
        Names{"shop-13", "shop-17", "shop-21"});
  CHECK(Ids(Find(door, Wanted(skus[0], 3), "only_with_all: true")).empty());
  const Found too_little = Find(door, Wanted(skus[0], 3), "max_places: 1");
  CHECK(Ids(too_little) == Names{"shop-11"});
  CHECK_FALSE(too_little.response.places(0).has_all());
}

TEST_CASE("only places that can do what is asked are found", "[inventory_api]") {
  InventoryDoor door;
  OpenShop(door, "none", 0);
  OpenShop(door, "pick-up", 1, "capabilities: CAPABILITY_PICK_UP");
  OpenShop(door, "both", 2, "capabilities: CAPABILITY_SHIP capabilities: CAPABILITY_PICK_UP");
  for (const char* shop : {"none", "pick-up", "both"}) door.Receive("milk", shop, 1);
  CHECK(Ids(Find(door, Wanted("milk"), "capabilities: CAPABILITY_PICK_UP")) ==
        Names{"pick-up", "both"});
  CHECK(Ids(Find(door, Wanted("milk"),
                 "capabilities: CAPABILITY_PICK_UP capabilities: CAPABILITY_SHIP")) ==
        Names{"both"});
}

TEST_CASE("a channel is shown a band or a figure, and never one below zero", "[inventory_api]") {
  InventoryDoor door;
  REQUIRE(door.Ask(&Commands::DefineUnit, "sku: 'rice' unit: 'kg' scale: 3").status.ok());
  OpenShop(door, "shop", 0);
  door.Receive("milk", "shop", 3);
  door.Receive("rice", "shop", 2'500);
  REQUIRE(door.Ask(&Commands::RecordSale,
                   "device: 'till' sequence: 1 occurred_at_ms: 1"
                   " lines { sku: 'tea' location: 'shop' quantity { value: 4 } }")
              .status.ok());
  REQUIRE(door.FiguresOf("tea", "shop").available() == -4);
  const std::string cart = Wanted("milk") +
                           "wanted { sku: 'rice' quantity { value: 1500 scale: 3 "
                           "} } wanted { sku: 'tea' }";
  for (const char* role : {"channel", "staff"}) {
    const Found exact = Find(door, cart, "display: STOCK_DISPLAY_EXACT low_at_most: 3", role);
    const v1::NearbyPlace& place = exact.response.places(0);
    CHECK(place.skus(0).band() == v1::STOCK_BAND_LOW);
    CHECK(place.skus(0).quantity().value() == 3);
    CHECK(place.skus(1).band() == v1::STOCK_BAND_IN_STOCK);
    CHECK(place.skus(1).enough());
    CHECK(place.skus(1).quantity().scale() == 3);
    CHECK(place.skus(1).quantity().value() == 2'500'000);
    CHECK(place.skus(1).unit() == "kg");
    CHECK(place.skus(2).band() == v1::STOCK_BAND_OUT);
    CHECK(place.skus(2).has_quantity());
    CHECK(place.skus(2).quantity().value() == 0);
    CHECK_FALSE(place.skus(2).enough());
    CHECK_FALSE(place.has_all());

    // Nothing said is the least.
    for (const char* display : {"", "display: STOCK_DISPLAY_BAND"}) {
      const Found band = Find(door, cart, display, role);
      CHECK(band.response.places(0).skus(0).band() == v1::STOCK_BAND_IN_STOCK);
      for (const v1::NearbySku& sku : band.response.places(0).skus()) {
        CHECK_FALSE(sku.has_quantity());
      }
    }
  }
  // Nowhere but where there is less than nothing.
  CHECK(Ids(Find(door, Wanted("tea"))).empty());
}

TEST_CASE("what is found near is what would be promised, and shown as the network says",
          "[inventory_api]") {
  InventoryDoor door;
  NetworkFeed feed(door.runtime());
  int hundredths = 0;
  for (const char* shop : {"paused", "no-pick-up", "kept", "good", "other"}) {
    OpenShop(door, shop, ++hundredths);
    door.Receive("milk", shop, 10);
  }
  for (const std::string change :
       {"pause_location { location: 'paused' paused: true reason: 'count' }",
        "put_group { group_id: 'web-shops' group { locations: 'paused' locations: 'no-pick-up'"
        " locations: 'kept' locations: 'good' } }",
        "put_channel { channel: 'web' sells_from: 'web-shops' display { band: true low { value: 3 }"
        " } rules { skus { all: true } places { locations: 'good' } buffer { value: 8 } } }",
        "put_channel { channel: 'app' sells_from: 'web-shops' rules { skus { all: true }"
        " places { all: true } shown_max { value: 5 } } }"}) {
    REQUIRE(door.Ask(&Commands::ChangeNetwork, Changing(change)).status.ok());
  }
  for (const std::string rules : {"location: 'no-pick-up' rules { methods { pick_up: false } }",
                                  "location: 'kept' rules { safety { value: 9 } }"}) {
    REQUIRE(door.Ask(&Commands::SetStockRules, "sku: 'milk' " + rules).status.ok());
  }
  TakeIn(door, feed);

  const Names all{"no-pick-up", "kept", "good", "other"};
  CHECK(Ids(Find(door, Wanted("milk"))) == all);
  const Names pick_up{"kept", "good", "other"};
  CHECK(Ids(Find(door, Wanted("milk"), "method: METHOD_PICK_UP")) == pick_up);
  const Names two{"no-pick-up", "good", "other"};
  CHECK(Ids(Find(door, Wanted("milk", 2), "only_with_all: true")) == two);

  const Found web = Find(door, Wanted("milk", 2), "channel: 'web' display: STOCK_DISPLAY_EXACT");
  const Names of_web{"no-pick-up", "kept", "good"};
  REQUIRE(Ids(web) == of_web);
  CHECK(web.response.places(0).skus(0).band() == v1::STOCK_BAND_IN_STOCK);
  CHECK(web.response.places(1).skus(0).band() == v1::STOCK_BAND_LOW);
  CHECK_FALSE(web.response.places(1).skus(0).enough());
  CHECK(web.response.places(2).skus(0).band() == v1::STOCK_BAND_LOW);
  CHECK(web.response.places(2).skus(0).enough());
  for (const v1::NearbyPlace& place : web.response.places()) {
    CHECK_FALSE(place.skus(0).has_quantity());
  }
  const Found app = Find(door, Wanted("milk", 8), "channel: 'app'");
  REQUIRE(Ids(app) == of_web);
  CHECK(app.response.places(0).skus(0).quantity().value() == 5);  // It is promised more.
  CHECK(app.response.places(0).skus(0).enough());
  CHECK(app.response.places(1).skus(0).quantity().value() == 1);

  // The figures of one SKU say the same.
  const auto told = door.Ask(
      &Queries::GetAvailability,
      "skus: 'milk' locations: 'good' locations: 'kept' channel: 'app' groups: 'web-shops'");
  const v1::SkuAvailability& item = told.response.items(0);
  CHECK(item.locations(0).promisable() == 10);
  CHECK(item.locations(0).shown().quantity() == 5);
  CHECK(item.locations(0).shown().band() == v1::STOCK_BAND_IN_STOCK);
  CHECK(item.locations(1).shown().quantity() == 1);
  CHECK(item.groups(0).promisable() == 21);
  CHECK(item.groups(0).shown().quantity() == 5);
  const auto banded =
      door.Ask(&Queries::GetAvailability, "skus: 'milk' locations: 'good' channel: 'web'");
  CHECK_FALSE(banded.response.items(0).locations(0).shown().has_quantity());
  CHECK(banded.response.items(0).locations(0).shown().band() == v1::STOCK_BAND_LOW);
  const auto nobody = door.Ask(&Queries::GetAvailability, "skus: 'milk' locations: 'good'");
  CHECK_FALSE(nobody.response.items(0).locations(0).has_shown());
}

TEST_CASE("a place tells when it is open and when an order can be fetched", "[inventory_api]") {
  InventoryDoor door;
  const std::string hours =
      "hours { weekday: 1 opens_minute: 540 closes_minute: 780 }"
      " hours { weekday: 2 opens_minute: 540 closes_minute: 780 } pickup_lead_minutes: 90 ";
  OpenShop(door, "a", 0, hours + "capabilities: CAPABILITY_PICK_UP");
  OpenShop(door, "b", 1, hours);
  OpenShop(door, "c", 2, "pickup_lead_minutes: 90 capabilities: CAPABILITY_PICK_UP");
  for (const char* shop : {"a", "b", "c"}) door.Receive("milk", shop, 1);
  const auto at = [&](std::int64_t millis) {
    return Find(door, Wanted("milk"), "open_at_ms: " + std::to_string(millis)).response;
  };
  const auto noon = at(kMondayNoon);
  CHECK(noon.places(0).opening().state() == v1::OPENING_STATE_OPEN);
  CHECK(noon.places(0).opening().closes_at_ms() == kMondayNoon + kHour);
  CHECK(noon.places(0).opening().opens_at_ms() == 0);
  // An hour today, half an hour tomorrow.
  CHECK(noon.places(0).pickup_ready_at_ms() == kMondayNoon + 21 * kHour + kHour / 2);
  // No pick-up there; hours not told.
  CHECK(noon.places(1).opening().state() == v1::OPENING_STATE_OPEN);
  CHECK(noon.places(1).pickup_ready_at_ms() == 0);
  CHECK(noon.places(2).opening().state() == v1::OPENING_STATE_UNSPECIFIED);
  CHECK(noon.places(2).pickup_ready_at_ms() == 0);

  const auto evening = at(kMondayNoon + 8 * kHour);
  CHECK(evening.places(0).opening().state() == v1::OPENING_STATE_CLOSED);
  CHECK(evening.places(0).opening().opens_at_ms() == kMondayNoon + 21 * kHour);
  CHECK(evening.places(0).opening().closes_at_ms() == 0);
  CHECK(evening.places(0).pickup_ready_at_ms() == kMondayNoon + 22 * kHour + kHour / 2);
  // Without a moment it is now.
  const std::int64_t before = ToMillis(shard::WallNow());
  CHECK(Find(door, Wanted("milk")).response.places(0).pickup_ready_at_ms() > before);
}

}  // namespace omo::inventory
