#include "services/inventory/domain/stock/movements.h"
#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;
using enum UploadOutcome;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Time kTwo = kNoon + hours{2};  // When most records are taken.

UploadRecord Record(const std::string& id, std::int64_t on_hand, Time as_of,
                    const LocationId& location = kShop, const SkuId& sku = kMilk) {
  return {.id = {id}, .sku = sku, .location = location, .on_hand = {on_hand, 0}, .as_of = as_of};
}
UploadStock Uploading(std::vector<UploadRecord> records) {
  return {.records = std::move(records), .source = "erp", .reason = "nightly"};
}
RecordSale SaleAt(Time occurred_at, std::int64_t quantity, std::int64_t sequence = 1) {
  return {.device = {"till"},
          .sequence = sequence,
          .occurred_at = occurred_at,
          .lines = {Of(quantity)}};
}
ReceiveStock Receipt(std::int64_t quantity) {
  return {{{.sku = kMilk, .location = kShop, .amount = {quantity, 0}}}};
}

// What an upload answers, with what came before: outcomes and differences in the order of records.
class Shop {
 public:
  template <class Command>
  Shop& At(Time now, const Command& command) {
    const auto decision = stock_.Decide(command, now);
    INFO("refusal " << (decision.refusal ? int(*decision.refusal) : -1));
    REQUIRE(decision.event.has_value());
    stock_.Evolve(ToInventoryEvent(*decision.event));
    return *this;
  }
  using Results = std::vector<std::pair<UploadOutcome, Quantity>>;
  Results Uploaded(Time now, std::vector<UploadRecord> records) {
    const auto decision = stock_.Decide(Uploading(std::move(records)), now);
    REQUIRE(decision.event.has_value());
    stock_.Evolve(ToInventoryEvent(*decision.event));
    Results results;
    for (const auto& record : std::get<StockUploaded>(*decision.event).records) {
      results.emplace_back(record.outcome, record.quantity);
    }
    return results;
  }
  bool NothingToDo(Time now, std::vector<UploadRecord> records) const {
    const auto decision = stock_.Decide(Uploading(std::move(records)), now);
    return !decision.event && !decision.refusal;
  }
  Quantity OnHand() const { return stock_.figures.Get({kMilk, kShop}).on_hand; }
  const MemoryInventory& stock() const { return stock_; }

 private:
  MemoryInventory stock_;
};
using Results = Shop::Results;

}  // namespace

TEST_CASE("UploadStock changes what is on hand by the difference to what was known of that time",
          "[inventory]") {
  Given stock(Received(10), Held(4));
  StockUploaded event{
      .source = "erp",
      .reason = "nightly",
      .records = {{.id = {"e1"},
                   .sku = kMilk,
                   .location = kShop,
                   .on_hand = 3,
                   .as_of = kNoon,
                   .outcome = kApplied,
                   .quantity = -7,
                   .after = {.on_hand = 3, .reserved = 4}}},
      .consequences = {StockShortfall{
          .sku = kMilk, .location = kShop, .quantity = 1, .total = 1, .affected = {kCart}}},
      .uploaded_at = kNoon + minutes{5}};
  stock.At(kNoon + minutes{5}).When(Uploading({Record("e1", 3, kNoon)})).Then(event);
  CHECK((Movements(event) == std::vector<Movement>{{.kind = MovementKind::kUploaded,
                                                    .sku = kMilk,
                                                    .location = kShop,
                                                    .changes = Into(Bucket::kAvailable, -7),
                                                    .reason = "nightly",
                                                    .after = {.on_hand = 3, .reserved = 4}}}));
}

TEST_CASE("UploadStock as of two leaves what was sold between two and half past", "[inventory]") {
  Shop shop;
  shop.At(kNoon, Receipt(100)).At(kTwo + minutes{6}, SaleAt(kTwo + minutes{5}, 3));
  CHECK(shop.Uploaded(kTwo + minutes{30}, {Record("e1", 90, kTwo)}) == Results{{kApplied, -10}});
  CHECK(shop.OnHand() == 87);
}

TEST_CASE("UploadStock goes by when a sale happened, not by when it was told", "[inventory]") {
  Shop told_first;
  told_first.At(kNoon, Receipt(100)).At(kTwo + minutes{30}, SaleAt(kTwo - minutes{5}, 3));
  CHECK(told_first.Uploaded(kTwo + minutes{31}, {Record("e1", 90, kTwo)}) ==
        Results{{kApplied, -7}});
  CHECK(told_first.OnHand() == 90);

  Shop told_later;
  told_later.At(kNoon, Receipt(100));
  CHECK(told_later.Uploaded(kTwo + minutes{1}, {Record("e1", 90, kTwo)}) ==
        Results{{kApplied, -10}});
  told_later.At(kTwo + minutes{30}, SaleAt(kTwo - minutes{5}, 3))
      .At(kTwo + minutes{31}, SaleAt(kTwo + minutes{5}, 2, 2));
  CHECK(told_later.OnHand() == 88);
}

TEST_CASE("A sale that an upload holds already is recorded, and changes no figure", "[inventory]") {
  Shop shop;
  shop.At(kNoon, Receipt(100));
  shop.Uploaded(kTwo, {Record("e1", 90, kTwo)});
  const auto decision = shop.stock().Decide(SaleAt(kTwo, 3), kTwo + minutes{1});
  const auto& sold = std::get<SaleRecorded>(*decision.event);
  CHECK(sold.lines[0].quantity == 3);
  CHECK(sold.lines[0].already_counted);
  CHECK(sold.lines[0].after.on_hand == 90);
  CHECK(Movements(sold).empty());
  Given().And(sold);  // Through its bytes.
}

TEST_CASE("A movement in the second of an upload is in it, one in the next is not", "[inventory]") {
  for (const bool same_second : {true, false}) {
    Shop shop;
    const Time sold = kTwo + (same_second ? Duration{999} : Duration{1'000});
    shop.At(kNoon, Receipt(100)).At(sold, SaleAt(sold, 3));
    shop.Uploaded(kTwo + minutes{1}, {Record("e1", 90, kTwo)});
    CHECK(shop.OnHand() == (same_second ? 90 : 87));
  }
}

TEST_CASE("Receipts, adjustments and hand-overs behind the time of an upload stay", "[inventory]") {
  Shop shop;
  const AdjustStock broken{.sku = kMilk, .location = kShop, .delta = {-1, 0}, .reason = "broken"};
  const SetStock set{.sku = kMilk, .location = kShop, .on_hand = {50, 0}, .reason = "count"};
  shop.At(kNoon, Receipt(10));
  shop.At(kTwo + seconds{1}, Receipt(20)).At(kTwo + seconds{2}, broken);
  shop.At(kTwo + seconds{3}, ReserveStock{.id = kCart,
                                          .owner = "cart",
                                          .channel = "web",
                                          .lines = {Of(5)},
                                          .hold_for = minutes{15}});
  shop.At(kTwo + seconds{4}, CommitReservation{.id = kCart, .sku = kMilk});
  shop.At(kTwo + seconds{5}, FulfilReservation{.id = kCart, .sku = kMilk});
  shop.At(kTwo + seconds{6}, set);  // From 24.
  shop.Uploaded(kTwo + minutes{1}, {Record("e1", 8, kTwo)});
  CHECK(shop.OnHand() == 8 + 20 - 1 - 5 + 26);
}

TEST_CASE("UploadStock ignores what is no newer than the newest, and says why", "[inventory]") {
  Shop shop;
  shop.At(kNoon, Receipt(10));
  const UploadRecord newest = Record("e2", 9, kTwo);
  CHECK(shop.Uploaded(kTwo, {newest}) == Results{{kApplied, -1}});
  CHECK(shop.NothingToDo(kTwo, {newest}));
  CHECK(shop.NothingToDo(kTwo, {Record("e1", 7, kTwo - minutes{1})}));
  // One piece of news, and each reason to ignore the others.
  CHECK(shop.Uploaded(kTwo + minutes{1},
                      {newest, Record("e2", 8, kTwo), Record("e3", 7, kTwo),
                       Record("e1", 7, kTwo - minutes{1}),
                       Record("d1", 5, kTwo - hours{49}, kDepot), Record("d2", 4, kTwo, kDepot)}) ==
        Results{{kAlreadyApplied, 0},
                {kRecordIdInUse, 0},
                {kOutdated, 0},
                {kOutdated, 0},
                {kTooOld, 0},
                {kApplied, 4}});
  CHECK(shop.OnHand() == 9);
}

TEST_CASE("UploadStock of what was known changes nothing but what is newest", "[inventory]") {
  Shop shop;
  shop.At(kNoon, Receipt(10));
  const auto figures = shop.stock().figures.rows;
  CHECK(shop.Uploaded(kTwo, {Record("e2", 10, kTwo), Record("e2", 0, kTwo, kDepot)}) ==
        Results{{kUnchanged, 0}, {kUnchanged, 0}});
  CHECK(shop.stock().figures.rows == figures);
  CHECK(shop.NothingToDo(kTwo, {Record("e1", 4, kTwo - minutes{1})}));
  CHECK(shop.NothingToDo(kTwo, {Record("e2", 10, kTwo)}));
}

TEST_CASE("Each record of an upload sees what those before it did", "[inventory]") {
  Shop shop;
  shop.At(kNoon, Receipt(10));
  CHECK(shop.Uploaded(kTwo + minutes{3},
                      {Record("e1", 8, kTwo), Record("e2", 8, kTwo + minutes{1}),
                       Record("e2", 8, kTwo + minutes{1}), Record("e0", 3, kTwo - minutes{1}),
                       Record("e3", 6, kTwo + minutes{2})}) ==
        Results{
            {kApplied, -2}, {kUnchanged, 0}, {kAlreadyApplied, 0}, {kOutdated, 0}, {kApplied, -2}});
  CHECK(shop.OnHand() == 6);
}

TEST_CASE("An upload as of a little later than now holds nothing that is still to happen",
          "[inventory]") {
  Shop shop;
  shop.At(kNoon, Receipt(10));
  shop.Uploaded(kTwo, {Record("e1", 8, kTwo + minutes{10})});
  shop.At(kTwo + minutes{1}, SaleAt(kTwo + minutes{1}, 3));
  CHECK(shop.OnHand() == 5);
  CHECK(shop.NothingToDo(kTwo + minutes{2}, {Record("e2", 1, kTwo + minutes{9})}));
}

TEST_CASE("A till whose clock is ahead does not sell later than it says so", "[inventory]") {
  Shop shop;
  shop.At(kNoon, Receipt(10)).At(kTwo, SaleAt(kTwo + minutes{9}, 3));
  shop.Uploaded(kTwo + minutes{2}, {Record("e1", 7, kTwo + minutes{1})});
  CHECK(shop.OnHand() == 7);
}

TEST_CASE("UploadStock reaches two days back, and recent rows are kept no longer", "[inventory]") {
  Shop shop;
  for (int day = 0; day < 5; ++day) {
    for (int hour = 8; hour < 20; ++hour) {
      const Time now = kNoon + hours{24 * day + hour};
      shop.At(now, SaleAt(now, 1, 100 * day + hour));
    }
  }
  const Time last = kNoon + hours{24 * 4 + 19};
  CHECK(shop.stock().recent.rows.size() == 24);  // Twelve each in two days.
  CHECK(shop.NothingToDo(last, {Record("e1", 0, last - hours{48} - Duration{1})}));
  shop.Uploaded(last, {Record("e1", 0, last - hours{48})});
  CHECK(shop.OnHand() == -24);
  // What the newest upload holds goes, too: two rows with each that comes.
  shop.Uploaded(last + hours{1}, {Record("e2", 5, last)});
  for (int i = 0; i < 12; ++i) {
    const Time now = last + hours{1} + seconds{i};
    shop.At(now, SaleAt(now, 1, 1'000 + i));
  }
  CHECK(shop.stock().recent.rows.size() == 12);
  CHECK(shop.OnHand() == 5 - 12);
}

TEST_CASE("Events of old, which do not say when they occurred, are held by any upload",
          "[inventory]") {
  Given(Received(10))
      .When(Uploading({Record("e1", 4, kNoon - hours{1})}))
      .Then(StockUploaded{.source = "erp",
                          .reason = "nightly",
                          .records = {{.id = {"e1"},
                                       .sku = kMilk,
                                       .location = kShop,
                                       .on_hand = 4,
                                       .as_of = kNoon - hours{1},
                                       .outcome = kApplied,
                                       .quantity = -6,
                                       .after = {.on_hand = 4}}},
                          .uploaded_at = kNoon});
}

TEST_CASE("UploadStock gives the reason that comes first", "[inventory]") {
  Given stock(Received(10));
  UploadRecord record{.on_hand = {-1, 10}, .as_of = kNoon + minutes{11}};
  UploadStock command;
  stock.When(command).ThenRefused(kBadLines);
  command.records.assign(101, Record("e1", 1, kNoon));
  stock.When(command).ThenRefused(kBadLines);
  command.source = kTooLong;
  stock.When(command).ThenRefused(kBadName);
  command.source.clear();
  command.records = {Record("e1", 1, kNoon), record};
  stock.When(command).ThenRefused(kBadName);
  command.records[1].sku = kMilk;
  stock.When(command).ThenRefused(kBadName);
  command.records[1].location = PlaceOf({"city"});  // Nothing is counted at a group.
  command.records[1].id = {"e2"};
  stock.When(command).ThenRefused(kBadName);
  command.records[1].id = {};
  command.records[1].location = kShop;
  stock.When(command).ThenRefused(kBadName);
  command.records[1].id = {"e2"};
  stock.When(command).ThenRefused(kBadScale);
  command.records[1].on_hand = {15, 1};
  stock.When(command).ThenRefused(kQuantityNotExact);
  command.records[1].on_hand = {-1, 0};
  stock.When(command).ThenRefused(kBadQuantity);
  command.records[1].on_hand = {1, 0};
  stock.When(command).ThenRefused(kOccurredInFuture);
  command.records[1].as_of = kNoon + minutes{10};
  stock.And(StockAdjusted{
      .line = Moved(-kFigureMax - 10, {}), .reason = "as low as it gets", .occurred_at = kNoon});
  command.records = {Record("e1", 1, kNoon - seconds{1})};
  stock.When(command).ThenRefused(kFiguresOutOfRange);
}

TEST_CASE("An upload that leaves very many promises short still fits into a record",
          "[inventory]") {
  constexpr int kPlaces = 100;
  constexpr int kHolds = 60;
  MemoryInventory stock;
  const auto happen = [&](const auto& command) {
    const auto decision = stock.Decide(command, kNoon);
    REQUIRE(decision.event.has_value());
    stock.Evolve(ToInventoryEvent(*decision.event));
    return *decision.event;
  };
  std::vector<UploadRecord> gone;
  for (int n = 0; n < kPlaces; ++n) {
    const LocationId shop{"shop-" + std::to_string(n)};
    happen(ReceiveStock{{{.sku = kMilk, .location = shop, .amount = {kHolds, 0}}}});
    for (int i = 0; i < kHolds; ++i) {
      const ReservationId id{std::to_string(n * kHolds + i) + std::string(110, 'r')};
      happen(
          ReserveStock{.id = id, .owner = "cart", .lines = {Of(1, shop)}, .hold_for = minutes{15}});
    }
    gone.push_back(Record("r" + std::to_string(n), 0, kNoon, shop));
  }
  const StockEvent uploaded = happen(Uploading(gone));
  CHECK(MemoryInventory::Encode(ToInventoryEvent(uploaded)).size() < 200'000);
  const auto& consequences = std::get<StockUploaded>(uploaded).consequences;
  REQUIRE(consequences.size() == kPlaces);
  for (const Consequence& consequence : consequences) {
    const auto& shortfall = std::get<StockShortfall>(consequence);
    CHECK(shortfall.total == kHolds);
    CHECK(shortfall.affected.size() >= 5);
  }
}

}  // namespace omo::inventory
