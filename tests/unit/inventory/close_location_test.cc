#include "tests/support/locations.h"

namespace omo::inventory {
namespace {

using enum LocationRefusal;

}  // namespace

TEST_CASE("CloseLocation is for good", "[inventory]") {
  const CloseLocation command{kShop, "lease ended"};
  Given locations(LocationOpened{kShop, ShopProfile()});
  locations.When(command).Then(LocationClosed{kShop, 2, "lease ended"});
  locations.When(command).ThenNothing();
  CHECK(locations.world().locations.rows[kShop].closed);
  CHECK(locations.world().locations.rows[kShop].profile == ShopProfile());
}

TEST_CASE("CloseLocation gives the reason that comes first", "[inventory]") {
  Given locations;
  CloseLocation command;
  locations.When(command).ThenRefused(kBadName);
  command.id = kShop;
  locations.When(command).ThenRefused(kBadName);
  command.reason = "lease ended";
  locations.When(command).ThenRefused(kLocationNotFound);
}

}  // namespace omo::inventory
