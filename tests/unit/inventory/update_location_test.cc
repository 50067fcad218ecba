#include "tests/support/locations.h"

namespace omo::inventory {
namespace {

using enum LocationRefusal;

LocationProfile Renamed() {
  LocationProfile profile = ShopProfile();
  profile.name = "East Gate";
  return profile;
}

}  // namespace

TEST_CASE("UpdateLocation replaces the profile", "[inventory]") {
  Given locations(LocationOpened{kShop, ShopProfile()});
  locations.When(UpdateLocation{kShop, Renamed()}).Then(LocationUpdated{kShop, Renamed(), 2});
  locations.When(UpdateLocation{kShop, Renamed(), 2}).ThenNothing();
  locations.When(UpdateLocation{kShop, ShopProfile(), 2})
      .Then(LocationUpdated{kShop, ShopProfile(), 3});
}

TEST_CASE("UpdateLocation gives the reason that comes first", "[inventory]") {
  Given locations(LocationOpened{kShop, ShopProfile()}, LocationOpened{kDepot, ShopProfile()},
                  LocationClosed{kDepot, 2, "burnt down"});
  UpdateLocation command{.id = {""}, .expected_version = 7};
  locations.When(command).ThenRefused(kBadName);
  command.id = {"unknown"};
  locations.When(command).ThenRefused(kBadProfile);
  command.profile = Renamed();
  locations.When(command).ThenRefused(kLocationNotFound);
  command.id = kDepot;
  locations.When(command).ThenRefused(kLocationClosed);
  command.id = kShop;
  locations.When(command).ThenRefused(kLocationChanged, {{"version", "1"}});
}

}  // namespace omo::inventory
