// Locations for inventory's tests.
#pragma once

#include "tests/support/inventory.h"

namespace omo::inventory {

inline LocationProfile ShopProfile() {
  return {.kind = LocationKind::kStore,
          .name = "West Lake",
          .brand = "Omo",
          .address = {.country = "CN", .city = "Hangzhou"},
          .geo = {.latitude_e7 = 302'500'000, .longitude_e7 = 1'201'500'000},
          .time_zone = "Asia/Shanghai",
          .hours = {{.weekday = 5, .opens_minute = 1080, .closes_minute = 1560}},
          .exceptions = {{.date = 20'261'224, .opens_minute = 0, .closes_minute = 0}},
          .franchise_parent = "partner-1",
          .capabilities = {Capability::kInStoreSale, Capability::kPickUp}};
}

}  // namespace omo::inventory
