#include <functional>

#include "tests/support/locations.h"

namespace omo::inventory {
namespace {

using enum LocationRefusal;

}  // namespace

TEST_CASE("OpenLocation enters a location, once", "[inventory]") {
  const OpenLocation command{kShop, ShopProfile()};
  Given locations;
  locations.When(command).Then(LocationOpened{kShop, ShopProfile()});
  CHECK(locations.world().locations.rows[kShop].version == 1);
  locations.When(command).ThenNothing();
}

TEST_CASE("OpenLocation gives the reason that comes first", "[inventory]") {
  Given locations(LocationOpened{kShop, ShopProfile()}, LocationOpened{kDepot, ShopProfile()},
                  LocationClosed{kDepot, 2, "burnt down"});
  OpenLocation command{.id = {""}};
  locations.When(command).ThenRefused(kBadName);
  command.id = kShop;
  locations.When(command).ThenRefused(kBadProfile, {{"field", "profile.kind"}});
  command.profile = ShopProfile();
  command.profile.brand = "Other";
  locations.When(command).ThenRefused(kLocationIdInUse);
  command.profile = ShopProfile();
  command.id = kDepot;
  locations.When(command).ThenRefused(kLocationIdInUse);
}

TEST_CASE("A profile is checked field by field", "[inventory]") {
  CHECK(BadField(ShopProfile()) == "");
  using Change = std::function<void(LocationProfile&)>;
  const std::vector<std::pair<std::string, Change>> changes = {
      {"kind", [](auto& p) { p.kind = LocationKind::kUnspecified; }},
      {"name", [](auto& p) { p.name = ""; }},
      {"brand", [](auto& p) { p.brand = kTooLong; }},
      {"address", [](auto& p) { p.address.street = std::string(1001, 'x'); }},
      {"geo.latitude_e7", [](auto& p) { p.geo.latitude_e7 = 900'000'001; }},
      {"geo.latitude_e7", [](auto& p) { p.geo.latitude_e7 = -900'000'001; }},
      {"geo.longitude_e7", [](auto& p) { p.geo.longitude_e7 = 1'800'000'001; }},
      {"geo.longitude_e7", [](auto& p) { p.geo.longitude_e7 = -1'800'000'001; }},
      {"time_zone", [](auto& p) { p.time_zone = ""; }},
      {"hours", [](auto& p) { p.hours[0].weekday = 0; }},
      {"hours", [](auto& p) { p.hours[0].weekday = 8; }},
      {"hours", [](auto& p) { p.hours[0].opens_minute = -1; }},
      {"hours", [](auto& p) { p.hours[0].opens_minute = 1440; }},
      {"hours", [](auto& p) { p.hours[0].closes_minute = 1080; }},
      {"hours", [](auto& p) { p.hours[0].closes_minute = 2521; }},
      {"hours", [](auto& p) { p.hours.resize(401, p.hours[0]); }},
      {"exceptions", [](auto& p) { p.exceptions[0].date = 20'261'131; }},
      {"exceptions", [](auto& p) { p.exceptions[0].date = 0; }},
      {"exceptions", [](auto& p) { p.exceptions[0].opens_minute = 600; }},
      {"exceptions", [](auto& p) { p.exceptions.resize(401, p.exceptions[0]); }},
      {"franchise_parent", [](auto& p) { p.franchise_parent = kTooLong; }},
      {"capabilities", [](auto& p) { p.capabilities.push_back(Capability::kUnspecified); }},
      {"pickup_lead_minutes", [](auto& p) { p.pickup_lead_minutes = -1; }},
      {"pickup_lead_minutes", [](auto& p) { p.pickup_lead_minutes = 43'201; }}};
  for (const auto& [field, change] : changes) {
    LocationProfile profile = ShopProfile();
    change(profile);
    CHECK(BadField(profile) == field);
  }
}

}  // namespace omo::inventory
