// Figures as those who watch them are told: in order, without a hole, or with a word of it.
#include <list>
#include <thread>

#include "tests/support/wait.h"
#include "tests/unit/inventory_api/watching.h"

namespace omo::inventory {
namespace {

// What the rows say, of the shard's SKUs that were ever there.
Watching::Rows RowsOf(InventoryDoor& door, const std::vector<std::string>& skus) {
  Watching::Rows rows;
  for (const std::string& sku : skus) {
    const auto found = door.Ask(&Queries::GetAvailability, "skus: '" + sku + "'");
    REQUIRE(found.status.ok());
    for (const v1::LocationFigures& row : found.response.items(0).locations()) {
      rows[{sku, row.location()}] = row.figures().on_hand();
    }
  }
  return rows;
}

std::vector<std::string> SkusIn(ShardId shard, int count) {
  std::vector<std::string> skus;
  for (int n = 0; n < count; ++n) skus.push_back(SkuIn(shard, n));
  return skus;
}

}  // namespace

TEST_CASE("a watcher is told a snapshot and then each change, in order and without a hole",
          "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 5);
  door.Receive("milk", "depot", 100);
  Watching watching(door, "skus: 'milk'");
  watching.ReadUntil([&] { return watching.snapshots == 1; });
  CHECK(watching.on_hand == Watching::Rows{{{"milk", "shop"}, 5}, {{"milk", "depot"}, 100}});
  CHECK(watching.changes.empty());

  type::v1::Position last;
  for (int i = 0; i < 300; ++i) {
    last = door.Receive("milk", "shop", 1).position();
    door.Receive(SkuIn(door.runtime().ShardOfKey("milk")), "shop", 1);  // Not watched.
  }
  watching.ReadTo(last);
  REQUIRE(watching.changes.size() == 300);
  for (int i = 0; i < 300; ++i) {
    const v1::FiguresChanged& change = watching.changes[static_cast<std::size_t>(i)];
    REQUIRE(change.rows_size() == 1);
    CHECK(change.rows(0).figures().on_hand() == 6 + i);
    CHECK(change.rows(0).figures().available() == 6 + i);
    CHECK(change.recorded_at_ms() > 0);
  }
  CHECK(watching.changes.back().position().offset() == last.offset());
  CHECK(watching.gaps == 0);
}

TEST_CASE("all rows of one event come in one change", "[inventory_api]") {
  InventoryDoor door;
  Watching watching(door, "skus: 'milk'");
  watching.ReadUntil([&] { return watching.snapshots == 1; });
  CHECK(watching.on_hand.empty());
  REQUIRE(door.Ask(&Commands::ReceiveStock,
                   "lines { sku: 'milk' location: 'shop' quantity { value: 1 } }"
                   "lines { sku: 'milk' location: 'depot' quantity { value: 2 } }")
              .status.ok());
  watching.ReadUntil([&] { return !watching.changes.empty(); });
  CHECK(watching.changes.size() == 1);
  CHECK(watching.changes[0].rows_size() == 2);
}

TEST_CASE("a snapshot told in pages while stock moves is exact at its end", "[inventory_api]") {
  InventoryDoor door({}, {.page_rows = 3, .page_looks = 5, .batch = 4});
  const std::vector<std::string> skus = SkusIn(2, 40);
  for (const std::string& sku : skus) door.Receive(sku, "shop", 1);
  Watching watching(door, "shard: 2");
  // One message is under way, whatever happens now: the rest of the snapshot is yet to be read.
  int moved = 0;
  while (watching.snapshots == 0) {
    REQUIRE(watching.Read());
    door.Receive(skus[static_cast<std::size_t>(moved * 7 % 40)], "shop", 10);
    door.Receive(skus[static_cast<std::size_t>(moved * 11 % 40)], "depot", 1);
    ++moved;
    if (watching.snapshots == 0) continue;
    // As of the snapshot's own end.
    for (const auto& [key, on_hand] : watching.on_hand) {
      v1::GetStockAsOfRequest as_of;
      as_of.set_sku(key.first);
      as_of.add_locations(key.second);
      *as_of.mutable_position() = watching.position;
      const auto then = door.Send(&Queries::GetStockAsOf, as_of);
      REQUIRE(then.status.ok());
      INFO(key.first << " at " << key.second);
      CHECK(then.response.item().total().on_hand() == on_hand);
    }
  }
  CHECK(watching.pages > 10);
  CHECK_FALSE(watching.changes.empty());
  watching.ReadTo(door.Receive(skus[0], "shop", 1).position());
  CHECK(watching.on_hand == RowsOf(door, skus));
  CHECK(watching.gaps == 0);
}

TEST_CASE("a watcher that comes back with its position misses nothing", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 1);
  type::v1::Position left;
  {
    Watching watching(door, "skus: 'milk'");
    watching.ReadTo(door.Receive("milk", "shop", 1).position());
    left = watching.position;
  }
  for (int i = 0; i < 20; ++i) door.Receive("milk", "shop", 1);
  Watching back(door, "skus: 'milk'", left);
  back.ReadUntil([&] { return back.changes.size() == 20; });
  CHECK(back.changes.front().rows(0).figures().on_hand() == 3);
  CHECK(back.changes.back().rows(0).figures().on_hand() == 22);
  CHECK(back.gaps == 0);
  CHECK(back.pages == 0);
}

TEST_CASE("a watcher that comes back too late is told a gap and a snapshot", "[inventory_api]") {
  InventoryDoor door({}, {}, 10);
  const type::v1::Position left = door.Receive("milk", "shop", 1).position();
  type::v1::Position in_time;
  for (int i = 0; i < 11; ++i) {
    const type::v1::Position position = door.Receive("milk", "shop", 1).position();
    if (i == 0) in_time = position;
  }
  Watching late(door, "skus: 'milk'", left);
  late.ReadUntil([&] { return late.snapshots == 1; });
  CHECK(late.gaps == 1);
  CHECK(late.on_hand == Watching::Rows{{{"milk", "shop"}, 12}});
  // Ten changes are kept: who has the one before them misses none.
  Watching just(door, "skus: 'milk'", in_time);
  just.ReadUntil([&] { return just.changes.size() == 10; });
  CHECK(just.gaps == 0);
}

TEST_CASE("the largest changes come in messages that a client takes", "[inventory_api]") {
  constexpr std::size_t kChanges = 160;  // Together more than 4 MiB.
  InventoryDoor door;
  const std::string sku(128, 's');
  const type::v1::Position left = door.Receive(sku, "shop", 1).position();
  std::string lines;
  for (int i = 100; i < 200; ++i) {
    lines += "lines { sku: '" + sku + "' location: '" + std::to_string(i) + std::string(125, 'p') +
             "' quantity { value: 1000000000 } } ";
  }
  for (std::size_t i = 0; i < kChanges; ++i) {
    REQUIRE(door.Ask(&Commands::ReceiveStock, lines).status.ok());
  }
  Watching back(door, "skus: '" + sku + "'", left);
  back.ReadUntil([&] { return back.changes.size() == kChanges; });
  CHECK(back.gaps == 0);
}

TEST_CASE("a stream ends when the instance stops, and goes on from the log", "[inventory_api]") {
  const bool all_kept = GENERATE(true, false);
  InventoryDoor door({}, {}, all_kept ? 1'000 : 2);
  door.Receive("milk", "shop", 1);
  auto watching = std::make_unique<Watching>(door, "skus: 'milk'");
  watching->ReadUntil([&] { return watching->snapshots == 1; });
  const type::v1::Position left = watching->position;
  for (int i = 0; i < 5; ++i) door.Receive("milk", "shop", 1);
  // As a host does it: streams end first, and the server behind the last of them.
  std::thread host([&] { door.watch().End(kPatience); });
  const grpc::Status end = watching->End();
  host.join();
  CHECK(door.watch().watchers() == 0);
  door.RestartFromLog();
  CHECK(end.error_code() == grpc::UNAVAILABLE);
  CHECK(rpc::ReadError(end).reason == "WATCH_ENDED");

  Watching back(door, "skus: 'milk'", left);
  back.ReadUntil([&] { return back.on_hand[{"milk", "shop"}] == 6; });
  CHECK(back.gaps == (all_kept ? 0 : 1));
  CHECK(back.changes.size() == (all_kept ? 5 : 0));
}

TEST_CASE("an instance that stops does not wait for one who never reads", "[inventory_api]") {
  const bool over_network = GENERATE(true, false);
  InventoryDoor door;
  door.Receive("milk", "shop", 1);
  const auto channel = over_network
                           ? grpc::CreateChannel(door.address(), grpc::InsecureChannelCredentials())
                           : door.channel();
  Watching silent(channel, "skus: 'milk'");
  REQUIRE(testing::WaitUntil([&] { return door.watch().watchers() == 1; }));
  for (int i = 0; i < 100; ++i) door.Receive("milk", "shop", 1);
  door.RestartFromLog();
  CHECK(silent.End().error_code() != grpc::OK);
}

TEST_CASE("a watcher of locations is told of no other", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 1);
  door.Receive("milk", "depot", 1);
  Watching watching(door, "skus: 'milk' locations: 'shop'");
  watching.ReadUntil([&] { return watching.snapshots == 1; });
  CHECK(watching.on_hand == Watching::Rows{{{"milk", "shop"}, 1}});
  door.Receive("milk", "depot", 1);
  watching.ReadTo(door.Receive("milk", "shop", 1).position());
  CHECK(watching.on_hand == Watching::Rows{{{"milk", "shop"}, 2}});
  CHECK(watching.changes.size() == 1);
}

TEST_CASE("a watcher to whom nothing happens is told how far his picture reaches",
          "[inventory_api]") {
  InventoryDoor door({}, {.heartbeat = Duration{20}});
  const std::string other = SkuIn(door.runtime().ShardOfKey("milk"));
  Watching watching(door, "skus: 'milk'");
  watching.ReadUntil([&] { return watching.heartbeats == 2; });
  CHECK(watching.changes.empty());
  // What others do counts as read, though it is not told.
  const type::v1::Position elsewhere = door.Receive(other, "shop", 1).position();
  watching.ReadTo(elsewhere);
  CHECK(watching.changes.empty());
  CHECK(watching.position.log_id() == elsewhere.log_id());
  // And he may come back with that.
  Watching back(door, "skus: 'milk'", watching.position);
  back.ReadUntil([&] { return back.heartbeats == 1; });
  CHECK(back.gaps == 0);
}

TEST_CASE("one who does not read holds nobody up, and is told what he missed", "[inventory_api]") {
  InventoryDoor door({}, {}, 20);
  door.Receive("milk", "shop", 1);
  Watching slow(door, "skus: 'milk'");
  Watching quick(door, "skus: 'milk'");
  slow.ReadUntil([&] { return slow.snapshots == 1; });
  quick.ReadUntil([&] { return quick.snapshots == 1; });
  type::v1::Position last;
  for (int i = 0; i < 500; ++i) {
    last = door.Receive("milk", "shop", 1).position();
    quick.ReadTo(last);
  }
  CHECK(quick.changes.size() == 500);
  CHECK(quick.gaps == 0);
  slow.ReadTo(last);
  CHECK(slow.gaps >= 1);
  CHECK(slow.changes.size() < 500);
  CHECK(slow.on_hand == Watching::Rows{{{"milk", "shop"}, 501}});
}

TEST_CASE("more watchers than there is room for are refused, until one leaves", "[inventory_api]") {
  InventoryDoor door({}, {.watchers_max = 2});
  Watching one(door, "skus: 'milk'");
  one.ReadUntil([&] { return one.snapshots == 1; });
  {
    Watching two(door, "skus: 'milk'");
    two.ReadUntil([&] { return two.snapshots == 1; });
    const grpc::Status refused = Watching(door, "skus: 'milk'").End();
    CHECK(refused.error_code() == grpc::RESOURCE_EXHAUSTED);
    CHECK(rpc::ReadError(refused).reason == "OVERLOADED");
  }
  REQUIRE(testing::WaitUntil([&] { return door.watch().watchers() == 1; }));
  Watching next(door, "skus: 'milk'");
  next.ReadUntil([&] { return next.snapshots == 1; });
}

TEST_CASE("many watchers at once agree with the rows", "[inventory_api]") {
  InventoryDoor door({}, {.page_rows = 7});
  const std::vector<std::string> skus = SkusIn(1, 10);
  std::list<Watching> all;
  std::list<Watching> single;
  for (int i = 0; i < 15; ++i) {
    all.emplace_back(door, "shard: 1");
    single.emplace_back(door, "skus: '" + skus[static_cast<std::size_t>(i % 10)] + "'");
  }
  std::vector<std::thread> shops;
  for (int shop = 0; shop < 4; ++shop) {
    shops.emplace_back([&door, &skus, shop] {
      for (int i = 0; i < 100; ++i) {
        v1::ReceiveStockRequest request;
        request.set_command_id(NewId());
        v1::ReceiptLine& line = *request.add_lines();
        line.set_sku(skus[static_cast<std::size_t>(i % 10)]);
        line.set_location("shop-" + std::to_string(shop));
        line.mutable_quantity()->set_value(1 + i);
        door.Send(&Commands::ReceiveStock, request);
      }
    });
  }
  for (std::thread& shop : shops) shop.join();
  // One more of each SKU: who was told it was told all before it.
  std::vector<type::v1::Position> last;
  for (const std::string& sku : skus) last.push_back(door.Receive(sku, "shop-0", 1).position());
  const Watching::Rows rows = RowsOf(door, skus);
  REQUIRE(rows.size() == 40);
  for (Watching& watching : all) {
    watching.ReadTo(last.back());
    CHECK(watching.on_hand == rows);
    CHECK(watching.gaps == 0);
  }
  std::size_t at = 0;
  for (Watching& watching : single) {
    const std::string& sku = skus[at % 10];
    watching.ReadTo(last[at++ % 10]);
    CHECK(watching.on_hand == RowsOf(door, {sku}));
  }
}

TEST_CASE("a watcher waits for his position, and none goes on from another log",
          "[inventory_api]") {
  InventoryDoor door;
  type::v1::Position position = door.Receive("milk", "shop", 1).position();
  type::v1::Position other = position;
  other.set_log_id(77);
  CHECK(rpc::ReadError(Watching(door, "skus: 'milk'", other).End()).reason ==
        "POSITION_OF_ANOTHER_LOG");
  position.set_offset(position.offset() + 5);
  const std::string ahead = "skus: 'milk' from { log_id: " + std::to_string(position.log_id()) +
                            " shard: " + std::to_string(position.shard()) +
                            " offset: " + std::to_string(position.offset()) + " }";
  const grpc::Status early = Watching(door, ahead, Duration{400}).End();
  CHECK(early.error_code() == grpc::UNAVAILABLE);
  CHECK(rpc::ReadError(early).reason == "POSITION_NOT_REACHED");
  CHECK(testing::WaitUntil([&] { return door.watch().watchers() == 0; }));
}

TEST_CASE("last changes begin where the rows stood, and the oldest go first", "[inventory_api]") {
  FigureChanges changes(100, 3);
  const auto add = [&changes](Offset offset, int lines) {
    StockReceived event;
    for (int i = 0; i < lines; ++i) {
      event.lines.push_back(
          {.sku = {"milk " + std::to_string(i)}, .location = {"shop"}, .quantity = 1});
    }
    changes.Project(InventoryEvent{event}, {1, 0, offset}, Time{});
  };
  FigureChangeList read;
  CHECK(changes.Read(100, 10, read));
  CHECK_FALSE(changes.Read(99, 10, read));
  add(104, 1);
  add(105, 0);  // Changes nothing.
  add(107, 2);
  CHECK(changes.newest() == 107);
  REQUIRE(changes.Read(100, 10, read));
  REQUIRE(read.size() == 2);
  CHECK(read[1]->lines.size() == 2);
  add(109, 1);
  CHECK_FALSE(changes.Read(103, 10, read));
  CHECK(changes.begins_behind() == 104);
  read.clear();
  REQUIRE(changes.Read(104, 1, read));
  REQUIRE(read.size() == 1);
  CHECK(read[0]->position.offset == 107);
}

TEST_CASE("a line that moves in steps is told as it stands behind the last", "[inventory_api]") {
  FigureChanges changes(100, 100);
  RejectedLine line{.sku = {"milk"},
                    .location = {"shop"},
                    .quantity = 1,
                    .after = {.on_hand = 0},
                    .effect = RejectEffect::kNoneThere,
                    .on_hand = -3};
  for (const Bucket bucket : {Bucket::kDamaged, Bucket::kDisplay}) {
    line.freed.push_back({.bucket = bucket, .quantity = 1, .after = {.on_hand = 3}});
  }
  RejectedLine other = line;
  other.sku = {"tea"};
  changes.Project(InventoryEvent{ReservationRejected{.lines = {line, other}}}, {1, 0, 101}, Time{});
  FigureChangeList read;
  REQUIRE(changes.Read(100, 10, read));
  REQUIRE(read.size() == 1);
  REQUIRE(read[0]->lines.size() == 2);
  CHECK(read[0]->lines[0].sku == SkuId{"milk"});
  CHECK(read[0]->lines[0].after == Figures{});
  CHECK(read[0]->lines[1].sku == SkuId{"tea"});
}

}  // namespace omo::inventory
