// The register of live holds, and one reservation, through the door.
#include <future>
#include <map>
#include <set>
#include <vector>

#include "tests/support/wait.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

void Reserve(InventoryDoor& door, const std::string& id, const std::string& owner,
             const std::string& channel = "web", const std::string& sku = "milk") {
  Metadata metadata = InventoryDoor::Staff();
  metadata["omo-channel"] = channel;
  const auto answer = door.Ask(&Commands::ReserveStock,
                               "reservation_id: '" + id + "' owner: '" + owner +
                                   "' hold_seconds: 600 lines { sku: '" + sku +
                                   "' location: 'shop' quantity { value: 1 } }",
                               metadata);
  INFO(answer.status.error_message());
  REQUIRE(answer.status.ok());
}

using Place = std::pair<std::int64_t, std::string>;

// The ids in the register of the shard of `sku`, in its order.
std::vector<std::string> Register(InventoryDoor& door, ShardId shard, const std::string& filter,
                                  int page_size = 100) {
  std::vector<std::string> ids;
  std::string token;
  Place last;
  do {
    v1::ListReservationsRequest request;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(filter, &request));
    request.set_page_size(page_size);
    request.set_page_token(token);
    const auto page = door.Send(&Queries::ListReservations, request, InventoryDoor::AtShard(shard));
    INFO(page.status.error_message());
    REQUIRE(page.status.ok());
    CHECK(page.response.freshness(0).position().shard() == shard);
    for (const v1::RegisteredReservation& entry : page.response.reservations()) {
      const Place place{entry.reserved_at_ms(), entry.reservation().reservation_id()};
      CHECK(place > last);
      CHECK(entry.reserved_at_ms() == entry.reservation().reserved_at_ms());
      CHECK(entry.leak() == v1::LEAK_UNSPECIFIED);
      last = place;
      ids.push_back(place.second);
    }
    token = page.response.next_page_token();
  } while (!token.empty());
  return ids;
}

using Ids = std::vector<std::string>;

// A reservation of the past: of one unit, made so long ago, and held for an hour yet.
class HeldSince final : public shard::CommandBody {
 public:
  HeldSince(ReservationId id, SkuId sku, Duration age)
      : id_(std::move(id)), sku_(std::move(sku)), age_(age) {}

  shard::Decided Decide(shard::Model&, Time now) const override {
    shard::Decided decided;
    decided.fact = std::make_unique<shard::TypedFact<InventoryEvent>>(InventoryEvent(
        StockReserved{.id = id_,
                      .owner = "cart",
                      .lines = {{.sku = sku_, .location = {"shop"}, .quantity = 1, .ordered = 1}},
                      .reserved_at = now - age_,
                      .expires_at = now + std::chrono::hours{1}}));
    return decided;
  }
  std::uint64_t Hash() const override { return 1; }
  std::string_view name() const override { return "held_since"; }

 private:
  const ReservationId id_;
  const SkuId sku_;
  const Duration age_;
};

void ReserveBefore(InventoryDoor& door, const std::string& id, const std::string& sku,
                   Duration age) {
  auto command = std::make_unique<shard::Command>();
  command->body = std::make_unique<HeldSince>(ReservationId{id}, SkuId{sku}, age);
  command->id = NewId();
  command->envelope.caller = "test";
  std::promise<shard::Verdict> verdict;
  command->reply = [&](shard::Model&, const shard::Outcome& outcome) {
    verdict.set_value(outcome.verdict);
  };
  door.runtime().Submit(door.runtime().ShardOfKey(sku), std::move(command));
  REQUIRE(verdict.get_future().get() == shard::Verdict::kAccepted);
}

}  // namespace

TEST_CASE("GetReservation tells all of a reservation", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  Reserve(door, "r1", "cart-1");
  const auto read = door.Ask(&Queries::GetReservation, "reservation_id: 'r1' sku: 'milk'");
  REQUIRE(read.status.ok());
  const v1::Reservation& reservation = read.response.reservation();
  CHECK(reservation.state() == v1::RESERVATION_STATE_HELD);
  CHECK(reservation.owner() == "cart-1");
  CHECK(reservation.channel() == "web");
  CHECK(reservation.expires_at_ms() == reservation.reserved_at_ms() + 600'000);
  REQUIRE(reservation.lines_size() == 1);
  CHECK(reservation.lines(0).ordered() == 1);
  CHECK(reservation.lines(0).open() == 1);

  REQUIRE(door.Ask(&Commands::CommitReservation, "reservation_id: 'r1' sku: 'milk'").status.ok());
  const auto committed = door.Ask(&Queries::GetReservation, "reservation_id: 'r1' sku: 'milk'");
  CHECK_FALSE(committed.response.reservation().has_expires_at_ms());
  const auto unknown = door.Ask(&Queries::GetReservation, "reservation_id: 'r9' sku: 'milk'");
  CHECK(unknown.status.error_code() == grpc::NOT_FOUND);
  CHECK(unknown.reason() == "RESERVATION_NOT_FOUND");
}

TEST_CASE("the register lists live holds by age, in pages, each once", "[inventory_api]") {
  InventoryDoor door;
  const std::string sku = SkuIn(2);
  door.Receive(sku, "shop", 100);
  std::set<std::string> made;
  for (int i = 0; i < 20; ++i) {
    // Many of the same millisecond, not in the order of their ids.
    const std::string id = "r" + std::to_string((i * 7) % 20);
    Reserve(door, id, "cart", "web", sku);
    made.insert(id);
  }
  for (const int page_size : {1, 3, 1'000}) {
    const Ids listed = Register(door, 2, "", page_size);
    CHECK(listed.size() == made.size());
    CHECK(std::set<std::string>(listed.begin(), listed.end()) == made);
  }
  CHECK(Register(door, 1, "").empty());
}

TEST_CASE("the register filters, and what has ended leaves it", "[inventory_api]") {
  InventoryDoor door;
  const std::string sku = SkuIn(0);
  door.Receive(sku, "shop", 100);
  Reserve(door, "r1", "ann", "web", sku);
  Reserve(door, "r2", "bob", "web", sku);
  Reserve(door, "r3", "bob", "live", sku);
  const std::string of_sku = " sku: '" + sku + "'";
  REQUIRE(door.Ask(&Commands::CommitReservation, "reservation_id: 'r2'" + of_sku).status.ok());
  CHECK(Register(door, 0, "owner: 'bob'").size() == 2);
  CHECK(Register(door, 0, "owner: 'bob' channel: 'live'") == Ids{"r3"});
  CHECK(Register(door, 0, "state: RESERVATION_STATE_COMMITTED") == Ids{"r2"});
  CHECK(Register(door, 0, "state: RESERVATION_STATE_HELD").size() == 2);

  REQUIRE(door.Ask(&Commands::ReleaseReservation, "reservation_id: 'r1'" + of_sku).status.ok());
  REQUIRE(door.Ask(&Commands::FulfilReservation, "reservation_id: 'r2'" + of_sku).status.ok());
  CHECK(Register(door, 0, "") == Ids{"r3"});
}

TEST_CASE("the register tells the old from the young", "[inventory_api]") {
  InventoryDoor door;
  const std::string sku = SkuIn(3);
  door.Receive(sku, "shop", 100);
  ReserveBefore(door, "old", sku, std::chrono::hours{2});
  Reserve(door, "young", "cart", "web", sku);
  CHECK(Register(door, 3, "") == Ids{"old", "young"});
  CHECK(Register(door, 3, "min_age_seconds: 3600") == Ids{"old"});
  CHECK(Register(door, 3, "min_age_seconds: 7199") == Ids{"old"});
  CHECK(Register(door, 3, "min_age_seconds: 10800").empty());
}

TEST_CASE("the register names a hold that nothing will ever end", "[inventory_api]") {
  InventoryDoor door;
  const std::string sku = SkuIn(3);
  door.Receive(sku, "shop", 100);
  Reserve(door, "r1", "ann", "web", sku);
  Reserve(door, "r2", "ann", "web", sku);
  CHECK(Register(door, 3, "leaks_only: true").empty());

  door.Damage(3, [](InventoryModel& model) {
    const ReservationId id{"r2"};
    model.timers.Erase(ExpiryTimerOf(id, *model.reservations.FindConfirmed(id)));
  });
  const auto leaks =
      door.Ask(&Queries::ListReservations, "leaks_only: true", InventoryDoor::AtShard(3));
  REQUIRE(leaks.status.ok());
  REQUIRE(leaks.response.reservations_size() == 1);
  CHECK(leaks.response.reservations(0).reservation().reservation_id() == "r2");
  CHECK(leaks.response.reservations(0).leak() == v1::LEAK_NO_TIMER);
}

TEST_CASE("a hold that has expired is in the register no more", "[inventory_api]") {
  InventoryDoor door;
  const std::string sku = SkuIn(1);
  door.Receive(sku, "shop", 100);
  REQUIRE(door.Ask(&Commands::ReserveStock,
                   "reservation_id: 'r1' owner: 'ann' hold_seconds: 1 lines { sku: '" + sku +
                       "' location: 'shop' quantity { value: 1 } }")
              .status.ok());
  CHECK(Register(door, 1, "") == Ids{"r1"});
  CHECK(testing::WaitUntil([&] { return Register(door, 1, "").empty(); }));
}

}  // namespace omo::inventory
