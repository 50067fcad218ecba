// INV-35: many callers, one SKU at one place.
#include <algorithm>
#include <thread>
#include <vector>

#include "libs/rpc/bulk_message.h"
#include "tests/support/bulk_caller.h"
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

v1::ReserveStockRequest ReserveOne(const std::string& id) {
  v1::ReserveStockRequest request;
  request.set_command_id(NewId());
  request.set_reservation_id(id);
  request.set_owner("cart");
  request.set_hold_seconds(600);
  auto* line = request.add_lines();
  line->set_sku("milk");
  line->set_location("shop");
  line->mutable_quantity()->set_value(1);
  return request;
}

// One unit each, in one stream, without waiting for answers. By the order in which they were sent.
Outcomes ReserveInStream(InventoryDoor& door, int caller, std::uint64_t calls) {
  testing::BulkCaller stream(door.channel(), InventoryDoor::MakeCall(InventoryDoor::Staff()));
  for (std::uint64_t number = 0; number < calls; ++number) {
    const std::string id = "s-" + std::to_string(caller) + "-" + std::to_string(number);
    stream.Add(number, "omo.inventory.v1.InventoryService/ReserveStock",
               ReserveOne(id).SerializeAsString());
    if (number % 7 == 6) stream.Send();  // Messages end anywhere.
  }
  stream.Send();
  Outcomes outcomes;
  for (const auto& [number, answer] : stream.Read(calls)) {
    v1::ReserveStockResponse response;
    if (!answer.has_response()) {
      const auto error = rpc::ReadError(rpc::ReadBulkError(answer.error().SerializeAsString()));
      (error.reason == "NOT_ENOUGH_AVAILABLE" ? outcomes.refused : outcomes.other) += 1;
    } else if (outcomes.refused > 0 || !response.ParseFromString(answer.response())) {
      ++outcomes.other;  // Served though one before it was not.
    } else {
      outcomes.taken.push_back({response.position().offset(), 0});
    }
  }
  return outcomes;
}

// One unit each, one call after the other.
Outcomes ReserveMany(InventoryDoor& door, int caller, int calls) {
  Outcomes outcomes;
  for (int i = 0; i < calls; ++i) {
    const std::string id = "r-" + std::to_string(caller) + "-" + std::to_string(i);
    const auto answer = door.Send(&Commands::ReserveStock, ReserveOne(id));
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

// Separate unary calls have no order on their way; the calls of a stream have.
TEST_CASE("a hot SKU's buyers are served in the order in which their stream brings them",
          "[inventory_api]") {
  constexpr int kStreams = 3;
  constexpr std::uint64_t kCalls = 400;
  constexpr int kUnits = 600;
  InventoryDoor door;
  door.Receive("milk", "shop", kUnits);
  std::vector<Outcomes> outcomes(kStreams);
  std::vector<std::thread> streams;
  for (int stream = 0; stream < kStreams; ++stream) {
    streams.emplace_back([&, stream] {
      outcomes[static_cast<std::size_t>(stream)] = ReserveInStream(door, stream, kCalls);
    });
  }
  for (std::thread& stream : streams) stream.join();

  std::size_t taken = 0;
  for (const Outcomes& each : outcomes) {
    taken += each.taken.size();
    CHECK(each.other == 0);
    CHECK(each.taken.size() + static_cast<std::size_t>(each.refused) == kCalls);
    CHECK(std::is_sorted(each.taken.begin(), each.taken.end(),
                         [](const Taken& a, const Taken& b) { return a.offset < b.offset; }));
  }
  CHECK(taken == kUnits);
}

}  // namespace omo::inventory
