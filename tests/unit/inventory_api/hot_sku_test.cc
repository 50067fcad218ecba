// INV-35: many callers, one SKU at one place.
#include <algorithm>
#include <thread>
#include <vector>

#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

struct Taken {
  std::int64_t offset;
  std::int64_t left;
};

struct Outcomes {
  std::vector<Taken> taken;
  int refused = 0;
  int other = 0;
};

// One unit each, one call after the other.
Outcomes ReserveMany(InventoryDoor& door, int caller, int calls) {
  Outcomes outcomes;
  for (int i = 0; i < calls; ++i) {
    v1::ReserveStockRequest request;
    request.set_command_id(NewId());
    request.set_reservation_id("r-" + std::to_string(caller) + "-" + std::to_string(i));
    request.set_owner("cart");
    request.set_hold_seconds(600);
    auto* line = request.add_lines();
    line->set_sku("milk");
    line->set_location("shop");
    line->mutable_quantity()->set_value(1);
    const auto answer = door.Send(&Commands::ReserveStock, request);
    if (answer.status.ok()) {
      outcomes.taken.push_back(
          {answer.response.position().offset(), answer.response.lines(0).figures().available()});
    } else {
      (answer.reason() == "NOT_ENOUGH_AVAILABLE" ? outcomes.refused : outcomes.other) += 1;
    }
  }
  return outcomes;
}

}  // namespace

TEST_CASE("a hot SKU is given out to the last unit, in the order of the log", "[inventory_api]") {
  constexpr int kCallers = 8;
  constexpr int kCalls = 100;
  constexpr int kUnits = 500;
  InventoryDoor door;
  door.Receive("milk", "shop", kUnits);

  std::vector<Outcomes> outcomes(kCallers);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      outcomes[static_cast<std::size_t>(caller)] = ReserveMany(door, caller, kCalls);
    });
  }
  for (std::thread& caller : callers) caller.join();

  std::vector<Taken> taken;
  int refused = 0;
  for (const Outcomes& each : outcomes) {
    taken.insert(taken.end(), each.taken.begin(), each.taken.end());
    refused += each.refused;
    CHECK(each.other == 0);
  }
  CHECK(taken.size() == kUnits);
  CHECK(refused == kCallers * kCalls - kUnits);
  std::sort(taken.begin(), taken.end(),
            [](const Taken& a, const Taken& b) { return a.offset < b.offset; });
  for (std::size_t i = 0; i < taken.size(); ++i) {
    CHECK(taken[i].left == kUnits - 1 - static_cast<std::int64_t>(i));
  }
}

}  // namespace omo::inventory
