// What there is and what there was, at three levels of freshness.
#include <future>
#include <vector>

#include "tests/support/wait.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

// How the figures of milk at the shop stood at some point of their history.
struct Moment {
  type::v1::Position position;
  std::int64_t on_hand = 0;
};

std::vector<Moment> History(InventoryDoor& door) {
  std::vector<Moment> history;
  for (const std::int64_t quantity : {5, 7, 1}) {
    const v1::ReceiveStockResponse received = door.Receive("milk", "shop", quantity);
    history.push_back({received.position(), received.lines(0).figures().on_hand()});
    // Events of others in the same log.
    door.Receive("milk", "depot", 100);
  }
  return history;
}

// Reads milk at a position so far behind what the answer to a command says.
v1::GetAvailabilityRequest ReadBehind(const v1::ReceiveStockResponse& received, Offset by) {
  v1::GetAvailabilityRequest request;
  request.add_skus("milk");
  request.mutable_read()->set_level(type::v1::READ_LEVEL_MIN_POSITION);
  type::v1::Position& position = *request.mutable_read()->add_min_positions();
  position = received.position();
  position.set_offset(position.offset() + by);
  return request;
}

std::size_t WaitingReads(InventoryDoor& door) {
  std::size_t waiting = 0;
  for (const shard::ShardStatus& status : door.runtime().Status(false)) {
    waiting += status.waiting_reads;
  }
  return waiting;
}

v1::GetStockAsOfRequest AsOf(const type::v1::Position& position) {
  v1::GetStockAsOfRequest request;
  request.set_sku("milk");
  request.add_locations("shop");
  *request.mutable_position() = position;
  return request;
}

std::int64_t OnHand(const Answer<v1::GetStockAsOfResponse>& answer) {
  INFO(answer.status.error_message());
  REQUIRE(answer.status.ok());
  return answer.response.item().locations(0).figures().on_hand();
}

}  // namespace

TEST_CASE("GetAvailability answers SKUs in the asked order, each at its shard's position",
          "[inventory_api]") {
  InventoryDoor door;
  const std::string one = SkuIn(2);
  const std::string two = SkuIn(0);
  const std::string three = SkuIn(2, 1);
  door.Receive(one, "shop", 1);
  door.Receive(two, "shop", 2);
  const auto last = door.Receive(three, "shop", 3);
  const auto answer = door.Ask(&Queries::GetAvailability,
                               "skus: '" + one + "' skus: '" + two + "' skus: '" + three + "'");
  REQUIRE(answer.status.ok());
  REQUIRE(answer.response.items_size() == 3);
  CHECK(answer.response.items(0).sku() == one);
  CHECK(answer.response.items(0).total().available() == 1);
  CHECK(answer.response.items(1).sku() == two);
  CHECK(answer.response.items(1).total().available() == 2);
  CHECK(answer.response.items(2).sku() == three);
  CHECK(answer.response.items(2).total().available() == 3);
  REQUIRE(answer.response.freshness_size() == 2);
  CHECK(answer.response.freshness(0).position().shard() == 0);
  CHECK(answer.response.freshness(1).position().shard() == 2);
  CHECK(answer.response.freshness(1).position().offset() >= last.position().offset());
  CHECK(answer.response.freshness(1).position().log_id() == last.position().log_id());
}

TEST_CASE("GetAvailability sums the locations, those asked or all", "[inventory_api]") {
  InventoryDoor door;
  REQUIRE(door.Ask(&Commands::DefineUnit, "sku: 'milk' unit: 'l' scale: 0").status.ok());
  door.Receive("milk", "shop", 1);
  door.Receive("milk", "depot", 20);
  const auto all = door.Ask(&Queries::GetAvailability, "skus: 'milk'");
  REQUIRE(all.status.ok());
  const v1::SkuAvailability& item = all.response.items(0);
  CHECK(item.unit() == "l");
  REQUIRE(item.locations_size() == 2);
  CHECK(item.locations(0).location() == "depot");
  CHECK(item.locations(1).location() == "shop");
  CHECK(item.total().on_hand() == 21);

  const auto asked =
      door.Ask(&Queries::GetAvailability, "skus: 'milk' locations: 'shop' locations: 'moon'");
  REQUIRE(asked.status.ok());
  REQUIRE(asked.response.items(0).locations_size() == 2);
  CHECK(asked.response.items(0).locations(0).location() == "shop");
  CHECK(asked.response.items(0).locations(1).figures().on_hand() == 0);
  CHECK(asked.response.items(0).total().on_hand() == 1);

  const auto unknown = door.Ask(&Queries::GetAvailability, "skus: 'nothing'");
  REQUIRE(unknown.status.ok());
  CHECK(unknown.response.items(0).locations_size() == 0);
  CHECK(unknown.response.items(0).total().on_hand() == 0);
}

TEST_CASE("a read sees what its position asks for", "[inventory_api]") {
  InventoryDoor door;
  for (int i = 1; i <= 20; ++i) {
    const v1::ReceiveStockResponse received = door.Receive("milk", "shop", 1);
    const auto read = door.Send(&Queries::GetAvailability, ReadBehind(received, 0));
    REQUIRE(read.status.ok());
    CHECK(read.response.items(0).total().on_hand() == i);
    CHECK(read.response.freshness(0).position().offset() >= received.position().offset());
  }
}

TEST_CASE("a read waits for a position that is still to come", "[inventory_api]") {
  InventoryDoor door;
  v1::GetAvailabilityRequest request = ReadBehind(door.Receive("milk", "shop", 1), 1);
  auto waiting =
      std::async(std::launch::async, [&] { return door.Send(&Queries::GetAvailability, request); });
  REQUIRE(testing::WaitUntil([&] { return WaitingReads(door) == 1; }));
  CHECK(waiting.wait_for(std::chrono::seconds{0}) == std::future_status::timeout);
  door.Receive("milk", "shop", 1);
  const auto read = waiting.get();
  REQUIRE(read.status.ok());
  CHECK(read.response.items(0).total().on_hand() == 2);
  CHECK(WaitingReads(door) == 0);

  request.mutable_read()->mutable_min_positions(0)->set_log_id(77);
  CHECK(door.Send(&Queries::GetAvailability, request).reason() == "POSITION_OF_ANOTHER_LOG");
}

TEST_CASE("a read whose deadline comes before its position says how far behind it is",
          "[inventory_api]") {
  InventoryDoor door;
  const v1::ReceiveStockResponse received = door.Receive("milk", "shop", 1);
  const v1::GetAvailabilityRequest request = ReadBehind(received, 7);
  const Offset reached = received.position().offset();
  const Duration patience = GENERATE(Duration{200}, Duration{800});
  const Time began = shard::SteadyNow();
  const auto read = door.Send(&Queries::GetAvailability, request, InventoryDoor::Staff(), patience);
  CHECK(shard::SteadyNow() - began >= patience / 2);
  CHECK(read.status.error_code() == grpc::UNAVAILABLE);
  CHECK(read.reason() == "POSITION_NOT_REACHED");
  const rpc::ErrorInfo error = read.error();
  CHECK(error.Find("shard") == std::to_string(received.position().shard()));
  CHECK(error.Find("asked_offset") == std::to_string(reached + 7));
  CHECK(error.Find("reached_offset") == std::to_string(reached));
  const auto millis = [&](std::string_view name) {
    return std::stoll(std::string(error.Find(name)));
  };
  CHECK(millis("stamp_age_ms") >= (patience / 2).count());
  CHECK(millis("age_ms") >= 0);
  CHECK(millis("age_ms") <= millis("stamp_age_ms"));
  CHECK(WaitingReads(door) == 0);
}

TEST_CASE("a linearizable read proves that its owner still owns", "[inventory_api]") {
  InventoryDoor door;
  const std::string one = SkuIn(1);
  const std::string two = SkuIn(3);
  door.Receive(one, "shop", 1);
  door.Receive(two, "shop", 2);
  const std::int64_t before = door.appended();
  const auto read = door.Ask(&Queries::GetAvailability,
                             "read { level: READ_LEVEL_LINEARIZABLE }"
                             " skus: '" +
                                 one + "' skus: '" + two + "'");
  REQUIRE(read.status.ok());
  CHECK(read.response.items(0).total().on_hand() == 1);
  CHECK(read.response.items(1).total().on_hand() == 2);
  CHECK(read.response.freshness_size() == 2);
  // A barrier in each shard's log.
  CHECK(door.appended() == before + 2);
  REQUIRE(door.Ask(&Queries::GetAvailability, "skus: '" + one + "'").status.ok());
  CHECK(door.appended() == before + 2);
}

TEST_CASE("GetStockAsOf answers as things stood at each position", "[inventory_api]") {
  InventoryDoor door;
  const std::vector<Moment> history = History(door);
  for (const Moment& moment : history) {
    CHECK(OnHand(door.Send(&Queries::GetStockAsOf, AsOf(moment.position))) == moment.on_hand);
    type::v1::Position behind = moment.position;
    behind.set_offset(behind.offset() + 1);
    CHECK(OnHand(door.Send(&Queries::GetStockAsOf, AsOf(behind))) == moment.on_hand);
  }
  type::v1::Position start = history.front().position;
  start.set_offset(0);
  CHECK(OnHand(door.Send(&Queries::GetStockAsOf, AsOf(start))) == 0);
}

TEST_CASE("GetStockAsOf knows no position ahead of it, or of another log", "[inventory_api]") {
  InventoryDoor door;
  type::v1::Position position = door.Receive("milk", "shop", 5).position();
  position.set_offset(position.offset() + 1'000);
  const auto ahead = door.Send(&Queries::GetStockAsOf, AsOf(position));
  CHECK(ahead.status.error_code() == grpc::UNAVAILABLE);
  CHECK(ahead.reason() == "POSITION_NOT_REACHED");
  CHECK(ahead.error().Find("asked_offset") == std::to_string(position.offset()));
  CHECK(ahead.error().Find("reached_offset") == std::to_string(position.offset() - 1'000));
  position.set_log_id(position.log_id() + 1);
  const auto foreign = door.Send(&Queries::GetStockAsOf, AsOf(position));
  CHECK(foreign.reason() == "POSITION_OF_ANOTHER_LOG");
}

TEST_CASE("GetStockAsOf answers as things stood at a time", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 5);
  const auto first = door.Ask(&Queries::ListMovements, "sku: 'milk'").response.movements(0);
  // The owner's time moves on before the next event.
  REQUIRE(
      testing::WaitUntil([&] { return ToMillis(shard::WallNow()) > first.recorded_at_ms() + 1; }));
  door.Receive("milk", "shop", 7);
  const auto at = [&](std::int64_t millis) {
    return OnHand(door.Ask(&Queries::GetStockAsOf,
                           "sku: 'milk' locations: 'shop' time_ms: " + std::to_string(millis)));
  };
  CHECK(at(first.recorded_at_ms() - 1) == 0);
  CHECK(at(first.recorded_at_ms()) == 5);
  CHECK(at(first.recorded_at_ms() + 1) == 5);
  CHECK(at(ToMillis(shard::WallNow())) == 12);

  const auto everywhere = door.Ask(
      &Queries::GetStockAsOf, "sku: 'milk' time_ms: " + std::to_string(first.recorded_at_ms()));
  REQUIRE(everywhere.response.item().locations_size() == 1);
  CHECK(everywhere.response.item().total().on_hand() == 5);
}

}  // namespace omo::inventory
