#include "services/inventory/views/movements.h"

#include "tests/support/inventory.h"
#include "tests/support/store_fixture.h"

namespace omo::inventory {
namespace {

using std::chrono::seconds;

const LocationId kAnnex{"annex"};

struct Ledger {
  omo::testing::TempDirectory directory;
  store::Resources resources;
  std::unique_ptr<store::Store> store = Open();
  store::ConfirmedTable<MovementKey, MovementRow, store::KeyOrder> movements{
      *store, {.prefix = 1, .name = "movements"}};
  store::ConfirmedTable<MinuteKey, MinuteRow, store::KeyOrder> minutes{
      *store, {.prefix = 2, .name = "minutes"}};
  MovementTables view{movements, minutes};

  std::unique_ptr<store::Store> Open() {
    auto opened =
        store::Store::Open({.directory = directory.path() / "shard", .schema = "1"}, resources);
    REQUIRE(opened.ok());
    return *std::move(opened);
  }
  void Add(const InventoryEvent& event, Offset offset, Time stamp, const Envelope& envelope = {}) {
    store::Store::WriteSection section(*store);
    section.Direct();
    Project(view, event, envelope, offset, stamp);
    section.SetPosition(std::to_string(offset));
  }
  Quantity OnHandAt(Offset offset) const {
    return FiguresAt(movements, kMilk, kShop, offset).on_hand;
  }
  Quantity OnHandAt(Time time) const {
    return FiguresAt(movements, minutes, kMilk, kShop, time).on_hand;
  }
};

StockReceived ReceivedTo(Quantity on_hand) {
  return {{{.sku = kMilk, .location = kShop, .quantity = 1, .after = {.on_hand = on_hand}}}};
}

}  // namespace

TEST_CASE("A movement says what, where, how much, why and what stood behind it", "[inventory]") {
  const Figures after{.on_hand = 7, .damaged = 2};
  const StockAdjusted event{
      .line = Moved(-3, after), .bucket = Bucket::kDamaged, .reason = "thrown away"};
  CHECK((Movements(event) == std::vector<Movement>{{.kind = MovementKind::kAdjusted,
                                                    .sku = kMilk,
                                                    .location = kShop,
                                                    .changes = Into(Bucket::kDamaged, -3),
                                                    .reason = "thrown away",
                                                    .after = after}}));
}

TEST_CASE("A transfer is two movements, and a line that got nothing none", "[inventory]") {
  const ReservationTransferred transferred{
      .id = kCart, .lines = {{.sku = kMilk, .from = kShop, .to = kDepot, .quantity = 3}}};
  const auto movements = Movements(transferred);
  REQUIRE(movements.size() == 2);
  CHECK((movements[0].location == kShop && movements[1].location == kDepot));
  CHECK((movements[0].changes == FromTo(Bucket::kCommitted, Bucket::kAvailable, 3)));
  CHECK((movements[1].changes == FromTo(Bucket::kAvailable, Bucket::kCommitted, 3)));
  CHECK((movements[0].reservation == kCart));

  StockReserved partly = Held(3);
  partly.lines.push_back({.sku = kMilk, .location = kDepot, .quantity = 0, .ordered = 1});
  CHECK(Movements(partly).size() == 1);
  CHECK(Movements(ReservationMarkedShort{.id = kCart, .lines = {Moved(1, {})}}).empty());
  CHECK(Movements(UnitDefined{kMilk, "kg", 3}).empty());
}

TEST_CASE("The ledger keeps who did it, through which document, and when it happened",
          "[inventory]") {
  Ledger ledger;
  const Envelope envelope{.occurred_at = kNoon - seconds{60},
                          .context = {.actor = "staff-1", .reference = "note-1", .cause = "c-1"}};
  ledger.Add(ReceivedTo(5), 7, kNoon, envelope);
  const MovementRow* row = ledger.movements.Find({kMilk, kShop, 7, 0});
  REQUIRE(row != nullptr);
  CHECK(row->actor == "staff-1");
  CHECK(row->reference == "note-1");
  CHECK(row->cause == "c-1");
  CHECK(row->recorded_at == kNoon);
  CHECK(row->occurred_at == kNoon - seconds{60});
  CHECK(row->after.on_hand == 5);
}

TEST_CASE("Figures are told as of any position", "[inventory]") {
  Ledger ledger;
  ledger.Add(ReceivedTo(1), 5, kNoon);
  ledger.Add(StockReceived{{{.sku = kMilk, .location = kAnnex, .after = {.on_hand = 99}},
                            {.sku = kBread, .location = kShop, .after = {.on_hand = 98}}}},
             6, kNoon);
  ledger.Add(ReceivedTo(2), 9, kNoon);
  CHECK(ledger.OnHandAt(Offset{4}) == 0);
  CHECK(ledger.OnHandAt(Offset{5}) == 1);
  CHECK(ledger.OnHandAt(Offset{8}) == 1);
  CHECK(ledger.OnHandAt(Offset{9}) == 2);
  CHECK(ledger.OnHandAt(Offset{1'000'000}) == 2);
}

TEST_CASE("Figures are told as of any time, to the millisecond", "[inventory]") {
  Ledger ledger;
  ledger.Add(ReceivedTo(1), 5, kNoon + seconds{10});
  ledger.Add(ReceivedTo(2), 6, kNoon + seconds{20});
  ledger.Add(ReceivedTo(3), 7, kNoon + seconds{20});
  ledger.Add(ReceivedTo(4), 9, kNoon + seconds{200});
  CHECK(ledger.OnHandAt(kNoon) == 0);
  CHECK(ledger.OnHandAt(kNoon + seconds{10} - Duration{1}) == 0);
  CHECK(ledger.OnHandAt(kNoon + seconds{10}) == 1);
  CHECK(ledger.OnHandAt(kNoon + seconds{20} - Duration{1}) == 1);
  CHECK(ledger.OnHandAt(kNoon + seconds{20}) == 3);
  CHECK(ledger.OnHandAt(kNoon + seconds{60}) == 3);
  CHECK(ledger.OnHandAt(kNoon + seconds{199}) == 3);
  CHECK(ledger.OnHandAt(kNoon + seconds{200}) == 4);
  CHECK(ledger.OnHandAt(kNoon + seconds{20'000}) == 4);
}

}  // namespace omo::inventory
