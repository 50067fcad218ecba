// Units that are kept at a group before it is known at which of its locations.
#include <string>
#include <vector>

#include "services/inventory/domain/stock/foresight.h"
#include "tests/support/counted_stock.h"
#include "tests/unit/inventory/network_changes.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

const LocationId kNorth{"north"};
const LocationId kSouth{"south"};
const LocationId kWest{"west"};

// A city of two stores with ten milk each, and a third store that belongs to nothing.
Given City() {
  return Given(Received(10, kNorth), Received(10, kSouth), Received(10, kWest),
               Applied(1, Group(kCity, {kNorth, kSouth})));
}
std::vector<Detail> Short(const char* ordered, const char* available, const LocationId& place) {
  return {
      {"sku", "milk"}, {"location", place.value}, {"ordered", ordered}, {"available", available}};
}
ReservationCommitted CommittedAt(std::int64_t quantity, const std::string& id = "r1") {
  return {.id = {id}, .owner = "order", .lines = {Moved(quantity, {}, kAtCity)}};
}

}  // namespace

TEST_CASE("A group promises what its locations have together", "[inventory]") {
  Given city = City();
  city.When(Ask(21, kAtCity)).ThenRefused(kNotEnoughAvailable, Short("21", "20", kAtCity));
  city.When(Ask(15, kAtCity)).Then(Got(15, {.reserved = 15}, kAtCity));
  // Five are left, wherever one asks; outside of the city nothing has changed.
  city.When(Ask(6, kAtCity, "r2")).ThenRefused(kNotEnoughAvailable, Short("6", "5", kAtCity));
  city.When(Ask(6, kNorth, "r2")).ThenRefused(kNotEnoughAvailable, Short("6", "5", kNorth));
  city.When(Ask(10, kWest, "r3")).Then(Got(10, {.on_hand = 10, .reserved = 10}, kWest, "r3"));
  city.When(Ask(5, kNorth, "r2")).Then(Got(5, {.on_hand = 10, .reserved = 5}, kNorth, "r2"));
  city.When(Ask(1, kSouth, "r4")).ThenRefused(kNotEnoughAvailable, Short("1", "0", kSouth));
}

TEST_CASE("Lines of one reservation at a group and within it are summed", "[inventory]") {
  ReserveStock both = Ask(15, kAtCity);
  both.lines.push_back(Of(6, kNorth));
  City().When(both).ThenRefused(kNotEnoughAvailable, Short("6", "5", kNorth));
  both.lines = {Of(6, kNorth), Of(15, kAtCity)};
  City().When(both).ThenRefused(kNotEnoughAvailable, Short("15", "14", kAtCity));
}

TEST_CASE("A group within a group promises out of both, by whichever method", "[inventory]") {
  const LocationId at_region = PlaceOf({"region"});
  Given city = City();
  city.And(Applied(2, Group({"region"}, {kWest}, {kCity})));
  ReserveStock shipped = Ask(12, kAtCity);
  shipped.method = Method::kShip;
  StockReserved got = Got(12, {.reserved = 12}, kAtCity);
  got.method = Method::kShip;
  city.When(shipped).Then(got);
  // Of 30 in the region 18 are left, of 20 in the city 8; outside of the city nothing is in the
  // way.
  city.When(Ask(19, at_region, "r2"))
      .ThenRefused(kNotEnoughAvailable, Short("19", "18", at_region));
  city.When(Ask(11, at_region, "r2")).Then(Got(11, {.reserved = 11}, at_region, "r2"));
  city.When(Ask(8, kAtCity, "r3")).ThenRefused(kNotEnoughAvailable, Short("8", "7", kAtCity));
  city.When(Ask(8, kWest, "r3")).ThenRefused(kNotEnoughAvailable, Short("8", "7", kWest));
  city.When(Ask(7, kWest, "r3")).Then(Got(7, {.on_hand = 10, .reserved = 7}, kWest, "r3"));
  city.When(Ask(1, kNorth, "r4")).ThenRefused(kNotEnoughAvailable, Short("1", "0", kNorth));
  // Where a method is off nothing is promised by it, and the others are as they were.
  city.And(Applied(3, {.put_methods = MethodSwitches{.ship = false}}));
  city.And(Received(5, kNorth));
  shipped = Ask(1, kAtCity, "r4");
  shipped.method = Method::kShip;
  city.When(shipped).ThenRefused(kNotEnoughAvailable, Short("1", "0", kAtCity));
  city.When(Ask(6, kAtCity, "r4")).ThenRefused(kNotEnoughAvailable, Short("6", "5", kAtCity));
}

TEST_CASE("A member that never had a SKU may promise it on supply, in its group, too",
          "[inventory]") {
  Given stock(Applied(1, Group(kCity, {kNorth, kSouth})),
              StockRulesSet{.sku = kMilk,
                            .rules = {.backorder = Backorder{BackorderKind::kLimited, 2, 0}}});
  stock.When(Ask(5, kAtCity)).ThenRefused(kNotEnoughAvailable, Short("5", "4", kAtCity));
  stock.When(Ask(3, kAtCity)).Then(Got(3, {.reserved = 3}, kAtCity));
  stock.And(Received(1, kNorth));
  stock.When(Ask(3, kAtCity, "r2")).ThenRefused(kNotEnoughAvailable, Short("3", "2", kAtCity));
  stock.When(Ask(2, kSouth, "r2")).Then(Got(2, {.reserved = 2}, kSouth, "r2"));
}

TEST_CASE("Groups that overlap never promise the same unit twice", "[inventory]") {
  const LocationId at_west = PlaceOf({"westside"});
  Given city = City();
  city.And(Applied(2, Group({"westside"}, {kSouth, kWest})));
  city.When(Ask(18, kAtCity)).Then(Got(18, {.reserved = 18}, kAtCity));
  // Each group by itself has room for 20; together they have 30.
  city.When(Ask(13, at_west, "r2")).ThenRefused(kNotEnoughAvailable, Short("13", "12", at_west));
  city.When(Ask(12, at_west, "r2")).Then(Got(12, {.reserved = 12}, at_west, "r2"));
  for (const LocationId& place : {kNorth, kSouth, kWest, kAtCity, at_west}) {
    city.When(Ask(1, place, "r3")).ThenRefused(kNotEnoughAvailable, Short("1", "0", place));
  }
}

TEST_CASE("A group within a group shares its units", "[inventory]") {
  const LocationId at_country = PlaceOf({"country"});
  Given city = City();
  city.And(Applied(2, Group({"country"}, {kWest}, {kCity})));
  city.When(Ask(25, at_country)).Then(Got(25, {.reserved = 25}, at_country));
  city.When(Ask(6, kAtCity, "r2")).ThenRefused(kNotEnoughAvailable, Short("6", "5", kAtCity));
}

TEST_CASE("Units at a group move to one of its locations before they leave", "[inventory]") {
  Given city = City();
  city.When(Ask(15, kAtCity)).Then(Got(15, {.reserved = 15}, kAtCity));
  city.And(CommittedAt(15));
  city.When(FulfilReservation{.id = {"r1"}, .sku = kMilk})
      .ThenRefused(kHeldAtGroup, {{"sku", "milk"}, {"group", "city"}});
  const TransferReservation too_many{{"r1"}, {{kMilk, kAtCity, kNorth, {11, 0}}}};
  city.When(too_many).ThenRefused(kNotEnoughAvailable, Short("11", "10", kNorth));
  const TransferReservation move{{"r1"}, {{kMilk, kAtCity, kNorth, {10, 0}}}};
  city.When(move).Then(
      ReservationTransferred{.id = {"r1"},
                             .lines = {{.sku = kMilk,
                                        .from = kAtCity,
                                        .to = kNorth,
                                        .quantity = 10,
                                        .from_after = {.committed = 5},
                                        .to_after = {.on_hand = 10, .committed = 10}}},
                             .stage = hold::Stage::kCommitted});
  // Five are still kept at the city, and only the south can have them.
  city.When(Ask(6, kSouth, "r2")).ThenRefused(kNotEnoughAvailable, Short("6", "5", kSouth));
}

TEST_CASE("Units of a group cannot go where another group's promise needs them", "[inventory]") {
  Given city = City();
  city.And(Applied(2, Group({"westside"}, {kWest})));
  const LocationId at_west = PlaceOf({"westside"});
  city.When(Ask(10, at_west, "other")).Then(Got(10, {.reserved = 10}, at_west, "other"));
  city.When(Ask(5, kAtCity)).Then(Got(5, {.reserved = 5}, kAtCity));
  city.And(CommittedAt(5));
  city.When(TransferReservation{{"r1"}, {{kMilk, kAtCity, kWest, {1, 0}}}})
      .ThenRefused(kNotEnoughAvailable, Short("1", "0", kWest));
}

TEST_CASE("A sale within a group can leave its promises short, and names what is missing",
          "[inventory]") {
  Given city = City();
  city.When(Ask(15, kAtCity)).Then(Got(15, {.reserved = 15}, kAtCity));
  city.When(AdjustStock{kMilk, kNorth, Bucket::kAvailable, {-7, 0}, "lost"})
      .Then(StockAdjusted{.line = Moved(-7, {.on_hand = 3}, kNorth),
                          .reason = "lost",
                          .consequences = {StockShortfall{.sku = kMilk,
                                                          .location = kAtCity,
                                                          .quantity = 2,
                                                          .total = 2,
                                                          .affected = {{"r1"}}}}});
}

TEST_CASE("Units that are put out of sale can leave a group's promises short", "[inventory]") {
  Given city = City();
  city.When(Ask(15, kAtCity)).Then(Got(15, {.reserved = 15}, kAtCity));
  city.When(MoveStockState{kMilk, kNorth, Bucket::kAvailable, Bucket::kDamaged, {7, 0}, "wet"})
      .Then(StockStateMoved{.line = Moved(7, {.on_hand = 10, .damaged = 7}, kNorth),
                            .from = Bucket::kAvailable,
                            .to = Bucket::kDamaged,
                            .reason = "wet",
                            .consequences = {StockShortfall{.sku = kMilk,
                                                            .location = kAtCity,
                                                            .quantity = 2,
                                                            .total = 2,
                                                            .affected = {{"r1"}}}}});
}

TEST_CASE("A group may promise what its locations may promise on supply", "[inventory]") {
  Given city = City();
  city.And(StockRulesSet{
      .sku = kMilk,
      .location = kNorth,
      .rules = {.backorder = Backorder{.kind = BackorderKind::kLimited, .limit = 3}}});
  city.When(Ask(24, kAtCity)).ThenRefused(kNotEnoughAvailable, Short("24", "23", kAtCity));
  city.When(Ask(12, kAtCity)).Then(Got(12, {.reserved = 12}, kAtCity));
  city.When(Ask(12, kNorth, "r2")).ThenRefused(kNotEnoughAvailable, Short("12", "11", kNorth));
}

TEST_CASE("A group counts neither what is excluded from it nor what is paused", "[inventory]") {
  Given city = City();
  city.And(Received(7, kNorth, kBread));
  city.And(StockRulesSet{.sku = kMilk, .location = kNorth, .rules = {.excluded_from = {kCity}}});
  city.When(Ask(11, kAtCity)).ThenRefused(kNotEnoughAvailable, Short("11", "10", kAtCity));
  city.And(StockRulesSet{.sku = kMilk, .location = kNorth});
  city.When(Ask(21, kAtCity)).ThenRefused(kNotEnoughAvailable, Short("21", "20", kAtCity));
  city.And(StockRulesSet{.sku = kMilk, .rules = {.excluded_from = {kCity}}});
  city.When(Ask(1, kAtCity)).ThenRefused(kNotEnoughAvailable, Short("1", "0", kAtCity));
  city.And(StockRulesSet{.sku = kMilk});
  city.And(Applied(2, Pause(kSouth)));
  city.When(Ask(11, kAtCity)).ThenRefused(kNotEnoughAvailable, Short("11", "10", kAtCity));
}

TEST_CASE("A group keeps its threshold, and units for a method only where it is on",
          "[inventory]") {
  Given city = City();
  city.And(Applied(2, Safety({}, {{.skus = {.all = true}, .group = kCity, .quantity = {4, 0}}})));
  city.When(Ask(17, kAtCity)).ThenRefused(kNotEnoughAvailable, Short("17", "16", kAtCity));
  city.And(Applied(3, Safety({})));
  city.And(StockRulesSet{.sku = kMilk, .location = kSouth, .rules = {.methods = {.ship = false}}});
  ReserveStock shipped = Ask(11, kAtCity);
  shipped.method = Method::kShip;
  city.When(shipped).ThenRefused(kNotEnoughAvailable, Short("11", "10", kAtCity));
  shipped.lines = {Of(10, kAtCity)};
  StockReserved got = Got(10, {.reserved = 10}, kAtCity);
  got.method = Method::kShip;
  city.When(shipped).Then(got);
  // The north's units are all promised to be shipped: the south's are free.
  city.When(Ask(1, kNorth, "r2")).ThenRefused(kNotEnoughAvailable, Short("1", "0", kNorth));
  city.When(Ask(10, kAtCity, "r2")).Then(Got(10, {.reserved = 20}, kAtCity, "r2"));
}

TEST_CASE("A group that loses what is promised at it says so when it is changed", "[inventory]") {
  const auto missing = [](Quantity quantity) {
    return std::vector<Consequence>{StockShortfall{.sku = kMilk,
                                                   .location = kAtCity,
                                                   .quantity = quantity,
                                                   .total = quantity,
                                                   .affected = {{"r1"}}}};
  };
  // With so much promised at the city, the command leaves the event.
  const auto check = [](Quantity promised, const auto& command, const auto& event) {
    Given city = City();
    city.When(Ask(promised, kAtCity)).Then(Got(promised, {.reserved = promised}, kAtCity));
    city.When(command).Then(event);
  };
  const NetworkChange smaller = Group(kCity, {kNorth});
  NetworkApplied applied = Applied(2, smaller);
  check(10, ApplyNetworkChange{2, smaller}, applied);
  applied.consequences = missing(2);
  check(12, ApplyNetworkChange{2, smaller}, applied);
  NetworkApplied removed = Applied(2, {.remove_group = RemoveGroup{kCity}});
  removed.consequences = missing(12);
  check(12, ApplyNetworkChange{2, removed.change}, removed);
  // A SKU that the group does not count any more is short there, too.
  check(12, SetStockRules{.sku = kMilk, .location = kSouth, .rules = {.excluded_from = {kCity}}},
        StockRulesSet{.sku = kMilk,
                      .location = kSouth,
                      .rules = {.excluded_from = {kCity}},
                      .consequences = missing(2)});
}

TEST_CASE("A group that was given back whole is nobody's concern", "[inventory]") {
  Given city = City();
  city.When(Ask(12, kAtCity)).Then(Got(12, {.reserved = 12}, kAtCity));
  city.When(ReleaseReservation{{"r1"}, kMilk, {}})
      .Then(ReservationReleased{.id = {"r1"},
                                .sku = kMilk,
                                .lines = {Moved(12, {}, kAtCity)},
                                .stage = hold::Stage::kReleased,
                                .from = Bucket::kReserved});
  const NetworkChange removed{.remove_group = RemoveGroup{kCity}};
  city.When(ApplyNetworkChange{2, removed}).Then(Applied(2, removed));
}

TEST_CASE("Groups that lack together what none lacks by itself say so", "[inventory]") {
  const GroupId outer{"region"};
  const LocationId at_outer = PlaceOf(outer);
  // Ten at each of three stores, 10 promised at the city and 20 around it.
  const auto lost = [&](Given& stock) {
    stock.When(Ask(10, kAtCity)).Then(Got(10, {.reserved = 10}, kAtCity));
    stock.When(Ask(20, at_outer, "r2")).Then(Got(20, {.reserved = 20}, at_outer, "r2"));
    stock.When(AdjustStock{kMilk, kNorth, Bucket::kAvailable, {-4, 0}, "lost"})
        .Then(StockAdjusted{.line = Moved(-4, {.on_hand = 6}, kNorth),
                            .reason = "lost",
                            .consequences = {StockShortfall{kMilk, at_outer, 4, 4, 0, {{"r2"}}}},
                            .occurred_at = kNoon});
  };
  Given nested = City();
  nested.And(Applied(2, Group(outer, {kWest}, {kCity})));
  lost(nested);
  Given overlapping = City();
  overlapping.And(Applied(2, Group(outer, {kWest, kSouth, kNorth})));
  overlapping.And(Applied(3, Group(kCity, {kNorth, kSouth, {"new"}})));
  lost(overlapping);
  // And a change of the groups.
  Given smaller = City();
  smaller.And(Applied(2, Group(outer, {kWest}, {kCity})));
  smaller.When(Ask(10, kAtCity)).Then(Got(10, {.reserved = 10}, kAtCity));
  smaller.When(Ask(20, at_outer, "r2")).Then(Got(20, {.reserved = 20}, at_outer, "r2"));
  const NetworkChange without = Group(kCity, {kNorth});
  NetworkApplied applied = Applied(3, without);
  applied.consequences = {StockShortfall{kMilk, at_outer, 10, 10, 0, {{"r2"}}}};
  smaller.When(ApplyNetworkChange{3, without}).Then(applied);
}

TEST_CASE("A quota at a group gives way to promises around it", "[inventory]") {
  const GroupId outer{"region"};
  Given stock = City();
  stock.And(Applied(2, Group(outer, {kWest}, {kCity})));
  stock.Do(SetQuota{.sku = kMilk,
                    .location = kAtCity,
                    .id = {"live"},
                    .owner = {.channel = {"stream"}},
                    .quantity = {10, 0}});
  stock.Do(Ask(20, PlaceOf(outer)));
  stock.Do(AdjustStock{kMilk, kNorth, Bucket::kAvailable, {-4, 0}, "lost"});
  CHECK(stock.world().figures.Get({kMilk, kAtCity}).quota == 6);
  CHECK(Foresight(stock.world().state.stock).ShortfallAt({kMilk, PlaceOf(outer)}) == 0);
}

// Its shard decides nothing else meanwhile.
TEST_CASE("Where stock is ample a change of a group looks at few of its locations", "[inventory]") {
  const auto reads_with = [](int stores, int skus) {
    CountedStock stock;
    std::vector<LocationId> all;
    for (int n = 0; n < stores; ++n) all.push_back({"store-" + std::to_string(1'000 + n)});
    stock.Do(To(Group(kCity, all)));
    for (int n = 0; n < skus; ++n) {
      const SkuId sku{"sku-" + std::to_string(n)};
      for (const LocationId& store : all) {
        stock.Do(ReceiveStock{{{.sku = sku, .location = store, .amount = {9, 0}}}});
      }
      ReserveStock ask = Ask(1, kAtCity, "of " + sku.value);
      ask.lines[0].sku = sku;
      stock.Do(ask);
    }
    all.pop_back();
    return stock.Do(To(Group(kCity, all))).reads;
  };
  const auto reads_for_skus = [&](int stores) {
    return reads_with(stores, 20) - reads_with(stores, 0);
  };
  CHECK(reads_for_skus(100) == reads_for_skus(10));
}

TEST_CASE("Nothing physical happens at a group", "[inventory]") {
  Given city = City();
  city.When(ReceiveStock{{{kMilk, kAtCity, {1, 0}, Bucket::kAvailable, {}}}}).ThenRefused(kBadName);
  city.When(AdjustStock{kMilk, kAtCity, Bucket::kAvailable, {1, 0}, "x"}).ThenRefused(kBadName);
  city.When(RecordSale{{"till"}, 1, kNoon, {Of(1, kAtCity)}}).ThenRefused(kBadName);
  city.When(Ask(1, PlaceOf({"nowhere"}))).ThenRefused(kGroupNotFound, {{"group", "nowhere"}});
}

}  // namespace omo::inventory
