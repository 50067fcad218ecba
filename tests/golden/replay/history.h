// A shop's history as the log of one shard: every kind of event, of two owners, with what the first
// wrote too late. What replay_test.cc keeps for ever is what this wrote once; it is never changed:
// a release with new events gets a history and files of its own.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libs/core/uuid.h"
#include "libs/journal/record.h"
#include "libs/shard/control.h"
#include "services/inventory/codec/inventory_codec.h"
#include "tests/support/catch.h"
#include "tests/support/inventory.h"

namespace omo::inventory {

class History {
 public:
  std::vector<journal::Record> Write() {
    Claim(11);
    const LocationId shop{"shop"}, depot{"depot"};
    const SkuId milk{"milk"}, tea{"tea"};
    Do(OpenLocation{shop, Place("West Lake")});
    Do(UpdateLocation{shop, Place("East Lake"), 0});
    Do(OpenLocation{depot, Place("Depot")});
    Do(DefineUnit{tea, "gram", 3});
    Do(ReceiveStock{{{milk, shop, {20, 0}, Bucket::kAvailable, {}},
                     {tea, depot, {1'500, 3}, Bucket::kQualityControl, {}}}});
    Do(ReceiveStock{{{milk, depot, {9, 0}, Bucket::kAvailable, {}}}});
    Do(MoveStockState{
        tea, depot, Bucket::kQualityControl, Bucket::kAvailable, {500, 3}, "checked"});
    Do(AdjustStock{milk, shop, Bucket::kAvailable, {-1, 0}, "count"});
    for (const std::string id : {"r1", "r2", "r3", "r4"}) {
      Do(ReserveStock{{id}, "cart", "web", {{milk, shop, {3, 0}}}, Duration{600'000}, false});
    }
    Do(ExtendReservation{{"r1"}, milk, Duration{7'200'000}});
    Do(CommitReservation{{"r1"}, milk, "order"});
    const journal::Record& last = records_.back();
    std::vector<journal::Record> late{last, last};
    late[0].fence.seq += 1;
    late[1].fence.seq += 2;
    Claim(12);
    records_.insert(records_.end(), late.begin(), late.end());  // Void: of a term that has ended.
    Do(TransferReservation{{"r1"}, {{milk, shop, depot, {1, 0}}}, false, false});
    Do(FulfilReservation{{"r1"}, milk, {{milk, shop, {1, 0}}}, false, false});
    Do(MarkReservationShort{{"r1"}, {{milk, shop, {1, 0}}}, "not on the shelf"});
    Do(ReleaseReservation{{"r2"}, milk, {}});
    now_ += Duration{600'000};
    Do(ExpireReservation{{"r3"}});
    Do(RecordSale{{"till"}, 1, now_, {{milk, shop, {30, 0}}}});  // More than there is.
    Do(CloseLocation{depot, "lease ended"});
    return records_;
  }

  // With uploads, and events that say when they occurred.
  std::vector<journal::Record> WriteUploads() {
    Claim(21);
    const LocationId shop{"shop"}, depot{"depot"};
    const SkuId milk{"milk"}, tea{"tea"};
    const auto sell = [&](std::int64_t sequence, Duration ago, std::int64_t quantity) {
      Do(RecordSale{{"till"}, sequence, now_ - ago, {{milk, shop, {quantity, 0}}}});
    };
    Do(ReceiveStock{{{milk, shop, {20, 0}, Bucket::kAvailable, {}},
                     {tea, depot, {1'500, 0}, Bucket::kQualityControl, {}}}});
    now_ += Duration{3'600'000};
    sell(1, Duration{60'000}, 2);
    sell(2, Duration{300'000}, 3);
    sell(3, Duration{0}, 1);
    Do(AdjustStock{milk, shop, Bucket::kAvailable, {-1, 0}, "count"});
    Do(ReserveStock{{"r1"}, "cart", "web", {{milk, shop, {3, 0}}}, Duration{600'000}, false});
    Do(CommitReservation{{"r1"}, milk, "order"});
    Do(FulfilReservation{{"r1"}, milk, {}, false, false});
    const Time taken = now_ - Duration{120'000};
    Do(UploadStock{{{{"e1"}, milk, shop, {16, 0}, taken},
                    {{"e1"}, tea, depot, {1'500, 0}, taken},
                    {{"e0"}, milk, shop, {99, 0}, taken - Duration{1'000}}},
                   "erp",
                   "nightly"});
    sell(4, Duration{400'000}, 5);  // The upload holds it.
    sell(5, Duration{10'000}, 1);
    return records_;
  }

  // With a network, rules, units kept at a group, and a customer's limit.
  std::vector<journal::Record> WriteNetwork() {
    Claim(31);
    const LocationId shop{"shop"}, depot{"depot"};
    const GroupId city{"city"};
    const SkuId milk{"milk"};
    std::int64_t version = 0;
    const auto change = [&](const NetworkChange& part) { Do(ChangeNetwork{part, version++}); };
    const auto take = [&](const NetworkChange& part) { Do(ApplyNetworkChange{++version, part}); };
    Do(ReceiveStock{{{milk, shop, {20, 0}, Bucket::kAvailable, {}},
                     {milk, depot, {30, 0}, Bucket::kAvailable, {}}}});
    change({.put_group = PutGroup{city, {"City", {depot, shop}, {}}}});
    change({.put_group = PutGroup{{"all"}, {"All", {}, {city}}}});
    change({.put_channel = ChannelExposure{.channel = {"web"}, .sells_from = city}});
    change({.put_methods = MethodSwitches{.same_city = false}});
    take({.put_safety_rules = PutSafetyRules{
              .rules = {{.skus = {.all = true}, .places = {.all = true}, .quantity = {2, 0}}},
              .thresholds = {{.skus = {.all = true}, .group = city, .quantity = {3, 0}}}}});
    take({.put_reject_rules = PutRejectRules{{{"LOST", RejectEffect::kFewerThere}}}});
    Do(SetStockRules{milk, {}, {.line_max = Amount{40, 0}, .classes = {"dairy"}}});
    Do(SetStockRules{
        milk, shop, {.backorder = BackorderKind::kLimited, .backorder_limit = {5, 0}}});
    Do(SetPurchaseLimit{milk, "may", Amount{40, 0}});
    Do(ReserveStock{{"g1"},
                    "cart",
                    {"web"},
                    {{milk, PlaceOf(city), {33, 0}}},
                    Duration{600'000},
                    false,
                    Method::kShip,
                    {"may", "li"}});
    Do(CommitReservation{{"g1"}, milk, "order"});
    Do(TransferReservation{{"g1"}, {{milk, PlaceOf(city), depot, {13, 0}}}, false, false});
    Do(AdjustStock{milk, shop, Bucket::kAvailable, {-15, 0}, "lost"});
    take({.pause_location = PauseLocation{shop, true, "stocktake"}});
    return records_;
  }

  // With rejections.
  std::vector<journal::Record> WriteRejections() {
    Claim(41);
    const LocationId shop{"shop"}, depot{"depot"};
    const SkuId milk{"milk"};
    const auto reject = [&](const LocationId& place, std::int64_t quantity, const char* reason) {
      Do(RejectReservation{{"r1"}, milk, {{milk, place, {quantity, 0}}}, reason, "seen"});
    };
    Do(ReceiveStock{{{milk, shop, {20, 0}, Bucket::kAvailable, {}},
                     {milk, depot, {30, 0}, Bucket::kAvailable, {}}}});
    Do(ReserveStock{{"r1"},
                    "cart",
                    {"web"},
                    {{milk, shop, {9, 0}}, {milk, depot, {9, 0}}},
                    Duration{600'000},
                    false,
                    Method::kUnspecified,
                    {"may", "li"}});
    Do(ReserveStock{{"r2"}, "cart", {"web"}, {{milk, depot, {4, 0}}}, Duration{600'000}, false});
    Do(CommitReservation{{"r1"}, milk, "order"});
    reject(shop, 1, "MISMATCH");
    reject(shop, 2, "DAMAGE");
    reject(shop, 3, "WORN_DISPLAY");
    reject(shop, 1, "NO_VARIANCE");
    Do(FulfilReservation{{"r1"}, milk, {{milk, shop, {2, 0}}}, false, false});
    Do(ApplyNetworkChange{
        1, {.put_reject_rules = PutRejectRules{{{"LOST", RejectEffect::kFewerThere}}}}});
    reject(depot, 1, "LOST");
    reject(depot, 8, "NOT_IN_STOCK");  // Four are promised still.
    return records_;
  }

  // With watches of the network, and all that they are told.
  std::vector<journal::Record> WriteCrossings() {
    Claim(61);
    const LocationId shop{"shop"}, depot{"depot"};
    const GroupId city{"city"};
    const SkuId milk{"milk"}, tea{"tea"};
    const auto adjust = [&](std::int64_t quantity) {
      Do(AdjustStock{milk, shop, Bucket::kAvailable, {quantity, 0}, "count"});
    };
    Do(ReceiveStock{{{milk, shop, {20, 0}, Bucket::kAvailable, {}},
                     {tea, depot, {2, 0}, Bucket::kAvailable, {}}}});
    std::int64_t version = 0;
    const auto take = [&](const NetworkChange& part) { Do(ApplyNetworkChange{++version, part}); };
    take({.put_group = PutGroup{city, {"City", {depot, shop}, {}}}});
    StockWatch any{.id = "any", .skus = {.all = true}, .low_at = {3, 0}, .back_at = {6, 0}};
    StockWatch picked = any;
    picked.id = "picked";
    picked.method = Method::kPickUp;
    picked.place = shop;
    take({.put_channel =
              ChannelExposure{.channel = {"web"}, .sells_from = city, .watches = {any, picked}}});
    adjust(-10);  // Before the sweep.
    Do(RelevelStock{});
    Do(ReserveStock{{"r1"}, "cart", {"web"}, {{milk, shop, {7, 0}}}, Duration{600'000}, false});
    Do(ReserveStock{{"r2"}, "cart", {"web"}, {{milk, shop, {3, 0}}}, Duration{600'000}, false});
    Do(ReleaseReservation{{"r2"}, milk, {}});
    now_ += Duration{600'000};
    Do(ExpireReservation{{"r1"}});
    Do(SetStockRules{milk, {}, {.safety = Amount{8, 0}}});
    take({.pause_location = PauseLocation{shop, true, "stocktake"}});
    Do(RelevelStock{});
    take(
        {.put_channel = ChannelExposure{.channel = {"web"}, .sells_from = city, .watches = {any}}});
    Do(RelevelStock{});
    take({.pause_location = PauseLocation{shop, false, ""}});
    Do(RelevelStock{});
    Do(SetQuota{milk, shop, {"live"}, {.channel = {"stream"}}, {2, 0}, {}, false, {}});
    return records_;
  }

  // With units kept for a channel and a segment: taken, given back, cut and ended.
  std::vector<journal::Record> WriteQuotas() {
    Claim(71);
    const LocationId shop{"shop"}, depot{"depot"};
    const LocationId city = PlaceOf({"city"});
    const SkuId milk{"milk"};
    const auto keep = [&](const LocationId& place, const char* id, const QuotaOwner& owner,
                          std::int64_t quantity, bool borrows = false, Time ends_at = {}) {
      Do(SetQuota{milk, place, {id}, owner, {quantity, 0}, ends_at, borrows, {{{"app"}, {}}}});
    };
    const auto ask = [&](const char* id, const char* channel, const LocationId& place,
                         std::int64_t quantity) {
      Do(ReserveStock{{id}, "cart", {channel}, {{milk, place, {quantity, 0}}}, Duration{600'000}});
    };
    Do(ReceiveStock{{{milk, shop, {20, 0}, Bucket::kAvailable, {}},
                     {milk, depot, {30, 0}, Bucket::kAvailable, {}}}});
    Do(ApplyNetworkChange{1, {.put_group = PutGroup{{"city"}, {"City", {depot, shop}, {}}}}});
    keep(shop, "live", {.channel = {"stream"}}, 9, true, now_ + Duration{3'600'000});
    keep(depot, "vip", {.segment = {"vip"}}, 25);
    keep(city, "web", {.channel = {"web"}}, 4);
    ask("r1", "stream", shop, 11);
    ask("r2", "web", city, 3);
    ask("r3", "app", depot, 8);
    Do(ReleaseReservation{{"r1"}, milk, {{milk, shop, {4, 0}}}});
    Do(CommitReservation{{"r2"}, milk, "order"});
    Do(TransferReservation{{"r2"}, {{milk, city, shop, {2, 0}}}, false, false});
    Do(AdjustStock{milk, depot, Bucket::kAvailable, {-9, 0}, "lost"});
    now_ += Duration{600'000};
    Do(ExpireReservation{{"r3"}});
    Do(SetStockRules{milk, shop, {.safety = Amount{8, 0}}});
    now_ += Duration{3'600'000};
    Do(EndQuota{{milk, shop}, {"live"}});
    return records_;
  }

  // A shelf found empty that had damaged units by the books, and a quota made anew.
  std::vector<journal::Record> WriteEmptyShelf() {
    Claim(81);
    const LocationId shop{"shop"};
    const SkuId milk{"milk"};
    const auto keep = [&](std::int64_t quantity) {
      Do(SetQuota{milk, shop, {"live"}, {.channel = {"stream"}}, {quantity, 0}});
    };
    const auto ask = [&](const char* id, std::int64_t quantity) {
      Do(ReserveStock{{id}, "cart", {"stream"}, {{milk, shop, {quantity, 0}}}, Duration{600'000}});
    };
    Do(ReceiveStock{{{milk, shop, {20, 0}, Bucket::kAvailable, {}},
                     {milk, shop, {3, 0}, Bucket::kDamaged, {}},
                     {milk, shop, {2, 0}, Bucket::kDisplay, {}}}});
    keep(9);
    ask("r1", 4);
    ask("r2", 3);
    keep(0);
    now_ += Duration{60'000};
    keep(2);
    Do(ReleaseReservation{{"r2"}, milk, {}});
    Do(CommitReservation{{"r1"}, milk, "order"});
    Do(RejectReservation{
        .id = {"r1"}, .sku = milk, .lines = {{milk, shop, {4, 0}}}, .reason = "NOT_IN_STOCK"});
    Do(ReceiveStock{{{milk, shop, {6, 0}, Bucket::kAvailable, {}}}});
    return records_;
  }

  // Shortfalls that a record left to a sweep, and a sweep in the middle of a SKU.
  std::vector<journal::Record> WriteDeferred() {
    Claim(91);
    const LocationId shop{"shop"}, depot{"depot"};
    const GroupId city{"city"};
    const SkuId milk{"milk"};
    const auto take_in = [&](std::int64_t version, const std::vector<LocationId>& members) {
      Happen(NetworkApplied{.version = version,
                            .change = {.put_group = PutGroup{city, {"City", members, {}}}},
                            .consequences = {ShortfallsDeferred{milk}}});
    };
    Do(ReceiveStock{{{milk, shop, {5, 0}, Bucket::kAvailable, {}},
                     {milk, depot, {5, 0}, Bucket::kAvailable, {}}}});
    take_in(1, {shop, depot});
    Do(RelevelStock{});
    Do(ReserveStock{{"r1"}, "cart", {"web"}, {{milk, PlaceOf(city), {8, 0}}}, Duration{600'000}});
    take_in(2, {shop});
    Do(RelevelStock{});
    take_in(3, {});
    Happen(StockReleveled{
        .version = 3, .next = milk, .next_place = shop, .next_at = now_ + Duration{100}});
    return records_;
  }

  // With kits.
  std::vector<journal::Record> WriteKits() {
    Claim(51);
    const LocationId shop{"shop"};
    const SkuId milk{"milk"}, bread{"bread"}, box{"box"}, hamper{"hamper"}, gone{"gone"};
    Do(ReceiveStock{{{milk, shop, {20, 0}, Bucket::kAvailable, {}},
                     {bread, shop, {3, 0}, Bucket::kAvailable, {}}}});
    Do(DefineKit{box, {{milk, {2, 0}}, {bread, {1, 0}}}});
    Do(DefineKit{hamper, {{box, {2, 0}}, {milk, {1, 0}}}});
    Do(DefineKit{gone, {{milk, {1, 0}}}});
    Do(DefineKit{gone, {}});
    Do(ReserveStock{{"k1"},
                    "cart",
                    {"web"},
                    {{hamper, shop, {1, 0}}, {box, shop, {4, 0}}, {milk, shop, {1, 0}}},
                    Duration{600'000},
                    true});
    Do(CommitReservation{{"k1"}, milk, "order"});
    Do(RejectReservation{{"k1"}, milk, {{bread, shop, {1, 0}}}, "NO_VARIANCE"});
    Do(FulfilReservation{{"k1"}, milk, {{bread, shop, {2, 0}}}, false, false});
    return records_;
  }

 private:
  void Claim(std::uint64_t nonce) {
    fence_ = {.term = fence_.term + 1, .nonce = nonce, .previous_checksum = checksum_};
    Append({.type = std::string(journal::TypeOf(journal::Kind::kClaim)),
            .value = shard::ClaimValue({.instance = "inventory-0", .group = "inventory"})});
  }
  static LocationProfile Place(const std::string& name) {
    return {.kind = LocationKind::kDarkStore,
            .name = name,
            .address = {.country = "CN", .city = "Hangzhou"},
            .geo = {.latitude_e7 = 302'500'000, .longitude_e7 = 1'201'500'000},
            .time_zone = "Asia/Shanghai",
            .hours = {{.weekday = 5, .opens_minute = 1080, .closes_minute = 1560}},
            .capabilities = {Capability::kPickUp}};
  }
  template <class Command>
  void Do(const Command& command) {
    now_ += Duration{1'000};
    const auto decision = rows_.Decide(command, now_);
    INFO("command " << records_.size() << ", refused: "
                    << (decision.refusal ? static_cast<int>(*decision.refusal) : -1));
    REQUIRE(decision.event.has_value());
    Happen(ToInventoryEvent(*decision.event));
  }
  void Happen(const InventoryEvent& event) {
    rows_.Evolve(event);
    fence_.seq += 1;
    fence_.command_hash = 7'919 * fence_.seq;
    fence_.previous_checksum = checksum_;
    const Envelope envelope{.caller = "till-7", .command_time = now_};
    Append({.type = std::string(TypeOf(event)),
            .id = MakeUuid(now_, fence_.term, fence_.seq),
            .key = std::string(KeyOf(event)),
            .value = Encode(event, envelope)});
  }
  void Append(journal::Record record) {
    record.fence = fence_;
    record.stamp = now_;
    checksum_ = journal::Checksum(record);
    records_.push_back(std::move(record));
  }

  Time now_ = FromMillis(1'700'000'000'000);
  journal::Fence fence_;
  std::uint32_t checksum_ = 0;
  std::vector<journal::Record> records_;
  MemoryInventory rows_;
};

}  // namespace omo::inventory
