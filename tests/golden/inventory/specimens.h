// One value of each released event with every field set, and the file that holds its bytes. A field
// that comes later gets a second specimen and file; a line here is never changed or removed.
#pragma once

#include <string>
#include <vector>

#include "services/inventory/codec/inventory_codec.h"

namespace omo::inventory {

struct Specimen {
  std::string file;
  Recorded recorded;
};

inline std::vector<Specimen> Specimens() {
  const Envelope envelope{
      .caller = "till-7",
      .command_time = FromMillis(1'700'000'000'123),
      .occurred_at = FromMillis(1'699'999'000'000),
      .traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      .context = {.actor = "staff-1",
                  .role = "staff",
                  .channel = "pos",
                  .store = "shop",
                  .device = "till-7",
                  .guide = "guide-1",
                  .campaign = "spring",
                  .reference = "receipt-9",
                  .cause = "cart-1"},
      .input = InputPosition{.topic = "omo.order.journal.v1",
                             .position = {.log_id = 0xfedcba9876543210, .shard = 3, .offset = 9}}};
  const Figures after{.on_hand = 100,
                      .reserved = 2,
                      .committed = 3,
                      .damaged = 4,
                      .quality_control = 5,
                      .safety_stock = 6,
                      .display = 7,
                      .incoming = 8};
  const SkuId sku{"milk"};
  const LocationId shop{"shop"};
  const LocationId depot{"depot"};
  const ReservationId id{"0190b6a0-0000-7000-8000-000000000001"};
  const StockLine line{.sku = sku, .location = shop, .quantity = 12, .scale = 3, .after = after};
  StockLine negative = line;
  negative.quantity = -12;
  negative.after.on_hand = -5;
  const std::vector<Consequence> missing = {
      StockShortfall{.sku = sku, .location = shop, .quantity = 1, .total = 2, .scale = 3}};
  const LocationProfile profile{
      .kind = LocationKind::kDarkStore,
      .name = "West Lake",
      .brand = "Omo",
      .address = {.country = "CN",
                  .region = "Zhejiang",
                  .city = "Hangzhou",
                  .district = "Xihu",
                  .street = "Longjing Road 1",
                  .postal_code = "310000"},
      .geo = {.latitude_e7 = 302'500'000, .longitude_e7 = -1'201'500'000},
      .time_zone = "Asia/Shanghai",
      .hours = {{.weekday = 1, .opens_minute = 540, .closes_minute = 1320}},
      .exceptions = {{.date = 20'261'224, .opens_minute = 600, .closes_minute = 720}},
      .franchise_parent = "partner-1",
      .capabilities = {Capability::kPickUp, Capability::kSameCity}};

  std::vector<Specimen> all;
  const auto add = [&](const std::string& file, InventoryEvent event) {
    all.push_back({file, {envelope, std::move(event)}});
  };
  add("stock_received.1.bin", StockReceived{{{.sku = sku,
                                              .location = shop,
                                              .quantity = 12,
                                              .scale = 3,
                                              .after = after,
                                              .bucket = Bucket::kQualityControl,
                                              .from_incoming = 5}}});
  add("stock_adjusted.1.bin", StockAdjusted{.line = negative,
                                            .bucket = Bucket::kDamaged,
                                            .reason = "broken",
                                            .consequences = missing});
  add("stock_state_moved.1.bin",
      StockStateMoved{
          .line = line, .from = Bucket::kAvailable, .to = Bucket::kDisplay, .reason = "window"});
  add("stock_reserved.1.bin", StockReserved{.id = id,
                                            .owner = "cart-1",
                                            .channel = "web",
                                            .lines = {{.sku = sku,
                                                       .location = shop,
                                                       .quantity = 12,
                                                       .scale = 3,
                                                       .after = after,
                                                       .ordered = 13}},
                                            .reserved_at = FromMillis(1'700'000'000'000),
                                            .expires_at = FromMillis(1'700'000'900'000)});
  add("reservation_extended.1.bin",
      ReservationExtended{
          .id = id, .sku = sku, .expires_at = FromMillis(1'700'001'800'000), .extensions = 2});
  add("reservation_committed.1.bin",
      ReservationCommitted{.id = id, .owner = "order-1", .lines = {line}});
  add("reservation_fulfilled.1.bin", ReservationFulfilled{.id = id,
                                                          .lines = {{.sku = sku,
                                                                     .location = shop,
                                                                     .quantity = 12,
                                                                     .scale = 3,
                                                                     .after = after,
                                                                     .over = 1}},
                                                          .consequences = missing,
                                                          .stage = hold::Stage::kFulfilled});
  add("reservation_released.1.bin", ReservationReleased{.id = id,
                                                        .sku = sku,
                                                        .lines = {line},
                                                        .stage = hold::Stage::kCancelled,
                                                        .from = Bucket::kCommitted});
  add("reservation_transferred.1.bin", ReservationTransferred{.id = id,
                                                              .lines = {{.sku = sku,
                                                                         .from = shop,
                                                                         .to = depot,
                                                                         .quantity = 12,
                                                                         .scale = 3,
                                                                         .from_after = after,
                                                                         .to_after = after}},
                                                              .consequences = missing,
                                                              .stage = hold::Stage::kShort});
  add("reservation_marked_short.1.bin",
      ReservationMarkedShort{.id = id, .lines = {line}, .reason = "not on the shelf"});
  add("reservation_expired.1.bin", ReservationExpired{.id = id, .lines = {line}});
  add("sale_recorded.1.bin", SaleRecorded{.device = {"till-7"},
                                          .sequence = 42,
                                          .lines = {line},
                                          .consequences = missing,
                                          .content_hash = 0x0123456789abcdef});
  // Fields that came later.
  const Time occurred_at = FromMillis(1'699'999'000'000);
  StockLine counted = line;
  counted.already_counted = true;
  add("stock_received.2.bin", StockReceived{.lines = {{.sku = sku,
                                                       .location = shop,
                                                       .quantity = 12,
                                                       .scale = 3,
                                                       .after = after,
                                                       .bucket = Bucket::kDamaged,
                                                       .from_incoming = 5}},
                                            .occurred_at = occurred_at});
  add("stock_adjusted.2.bin", StockAdjusted{.line = negative,
                                            .bucket = Bucket::kDamaged,
                                            .reason = "broken",
                                            .consequences = missing,
                                            .occurred_at = occurred_at});
  add("reservation_fulfilled.2.bin", ReservationFulfilled{.id = id,
                                                          .lines = {{.sku = sku,
                                                                     .location = shop,
                                                                     .quantity = 12,
                                                                     .scale = 3,
                                                                     .after = after,
                                                                     .over = 1}},
                                                          .consequences = missing,
                                                          .stage = hold::Stage::kFulfilled,
                                                          .occurred_at = occurred_at});
  add("sale_recorded.2.bin", SaleRecorded{.device = {"till-7"},
                                          .sequence = 42,
                                          .lines = {counted},
                                          .consequences = missing,
                                          .content_hash = 0x0123456789abcdef,
                                          .occurred_at = occurred_at});
  add("stock_uploaded.1.bin", StockUploaded{.source = "erp",
                                            .reason = "nightly",
                                            .records = {{.id = {"e1"},
                                                         .sku = sku,
                                                         .location = shop,
                                                         .on_hand = 95,
                                                         .as_of = occurred_at,
                                                         .outcome = UploadOutcome::kApplied,
                                                         .quantity = -12,
                                                         .scale = 3,
                                                         .after = after},
                                                        {.id = {"e2"},
                                                         .sku = sku,
                                                         .location = depot,
                                                         .on_hand = 7,
                                                         .as_of = occurred_at,
                                                         .outcome = UploadOutcome::kRecordIdInUse,
                                                         .scale = 3}},
                                            .consequences = missing,
                                            .uploaded_at = FromMillis(1'700'000'000'000)});
  add("stock_state_moved.2.bin", StockStateMoved{.line = line,
                                                 .from = Bucket::kAvailable,
                                                 .to = Bucket::kDamaged,
                                                 .reason = "broken",
                                                 .consequences = missing});
  const SkuSet every{.all = true};
  const PlaceSet dairy_city{.locations = {depot}, .groups = {{"city"}}};
  StockReserved placed{.id = id,
                       .owner = "cart-1",
                       .channel = {"web"},
                       .lines = {{.sku = sku,
                                  .location = PlaceOf({"city"}),
                                  .quantity = 12,
                                  .scale = 3,
                                  .after = after,
                                  .ordered = 15}},
                       .reserved_at = FromMillis(1'700'000'000'000),
                       .expires_at = FromMillis(1'700'000'900'000),
                       .method = Method::kShip,
                       .buyer = {.campaign = "may", .customer = "li"}};
  add("stock_reserved.2.bin", placed);
  placed.kits = {{.sku = {"box"},
                  .location = PlaceOf({"city"}),
                  .quantity = 6,
                  .ordered = 7,
                  .components = {{sku, 2, 3}, {{"bread"}, 1, 0}}}};
  add("stock_reserved.3.bin", placed);
  add("kit_defined.1.bin",
      KitDefined{.sku = sku, .components = {{{"tea"}, 2, 3}, {{"bread"}, 1, 0}}});
  add("stock_rules_set.1.bin",
      StockRulesSet{.sku = sku,
                    .location = shop,
                    .rules = {.safety = 3,
                              .backorder = Backorder{.kind = BackorderKind::kLimited, .limit = 7},
                              .methods = {.in_store = true, .ship = false},
                              .line_min = 1,
                              .line_max = 9,
                              .excluded_from = {{"city"}},
                              .classes = {"dairy"}},
                    .consequences = missing});
  Figures kept = after;
  kept.quota = 9;
  const QuotaChanged drawn{.sku = sku,
                           .location = shop,
                           .id = {"live"},
                           .move = QuotaMove::kDrawn,
                           .quantity = -3,
                           .scale = 3,
                           .after = kept};
  QuotaChanged returned = drawn;
  returned.move = QuotaMove::kReturned;
  returned.quantity = 3;
  add("quota_set.1.bin", QuotaSet{.sku = sku,
                                  .location = shop,
                                  .quota = {.id = {"live"},
                                            .owner = {.channel = {"stream"}, .segment = {"vip"}},
                                            .left = 9,
                                            .ends_at = FromMillis(1'700'000'600'000),
                                            .borrows = true,
                                            .lends_to = {{.channel = {"app"}}, {}}},
                                  .quantity = -2,
                                  .scale = 3,
                                  .after = kept});
  StockReserved of_quota = placed;
  of_quota.segment = {"vip"};
  of_quota.consequences = {drawn};
  add("stock_reserved.4.bin", of_quota);
  add("reservation_released.2.bin", ReservationReleased{.id = id,
                                                        .sku = sku,
                                                        .lines = {line},
                                                        .stage = hold::Stage::kReleased,
                                                        .from = Bucket::kReserved,
                                                        .consequences = {returned}});
  add("reservation_expired.2.bin",
      ReservationExpired{.id = id, .lines = {line}, .consequences = {returned}});
  add("purchase_limit_set.1.bin",
      PurchaseLimitSet{.sku = sku, .campaign = "may", .per_customer = 2, .scale = 3});
  const auto change = [&](const char* file, const NetworkChange& part) {
    add(file, NetworkChanged{.version = 4, .change = part, .consequences = missing});
  };
  change("network_changed.1.bin",
         {.put_group = PutGroup{{"city"}, {"City", {depot, shop}, {{"north"}, {"south"}}}}});
  change("network_changed.2.bin", {.remove_group = RemoveGroup{{"city"}}});
  change("network_changed.3.bin", {.pause_location = PauseLocation{shop, true, "stocktake"}});
  change("network_changed.4.bin",
         {.put_methods = MethodSwitches{.pick_up = true, .same_city = false}});
  change("network_changed.5.bin",
         {.put_safety_rules = PutSafetyRules{
              .rules = {{.skus = {.skus = {sku}, .classes = {"dairy"}},
                         .places = dairy_city,
                         .quantity = {25, 1}}},
              .thresholds = {{.skus = every, .group = {"city"}, .quantity = {9, 0}}}}});
  change("network_changed.6.bin",
         {.put_channel = ChannelExposure{.channel = {"web"},
                                         .sells_from = {"city"},
                                         .rules = {{.skus = every,
                                                    .places = {.all = true},
                                                    .excluded = true,
                                                    .buffer = {2, 0},
                                                    .buffer_percent = 10,
                                                    .share_percent = 0,
                                                    .shown_max = Amount{5, 0}}},
                                         .display = {.band = true, .low = {3, 0}}}});
  change("network_changed.7.bin", {.remove_channel = RemoveChannel{{"web"}}});
  change("network_changed.8.bin",
         {.put_reject_rules = PutRejectRules{{{"LOST", RejectEffect::kFewerThere}}}});
  add("network_applied.1.bin", NetworkApplied{.version = 4,
                                              .change = {.remove_group = RemoveGroup{{"city"}}},
                                              .consequences = missing});
  ReservationRejected rejected{.id = id,
                               .lines = {{.sku = sku,
                                          .location = shop,
                                          .quantity = 12,
                                          .scale = 3,
                                          .after = after,
                                          .effect = RejectEffect::kNoneThere,
                                          .on_hand = -15}},
                               .reason = "NOT_IN_STOCK",
                               .note = "the shelf is empty",
                               .consequences = missing,
                               .stage = hold::Stage::kPartlyFulfilled,
                               .occurred_at = occurred_at};
  add("reservation_rejected.1.bin", rejected);
  rejected.kits = placed.kits;
  add("reservation_rejected.2.bin", rejected);
  rejected.lines[0].freed = {{.bucket = Bucket::kDamaged, .quantity = 2, .after = kept},
                             {.bucket = Bucket::kDisplay, .quantity = 1, .after = after}};
  add("reservation_rejected.3.bin", rejected);
  const std::vector<Consequence> crossed = {
      StockCrossed{.sku = sku,
                   .channel = {"web"},
                   .watch = "city",
                   .place = PlaceOf({"city"}),
                   .from = StockLevel::kIn,
                   .to = StockLevel::kLow,
                   .quantity = 3,
                   .scale = 3},
      StockLeveled{.sku = sku, .channel = {"web"}, .watch = "shop", .level = StockLevel::kOut},
      LevelsDeferred{}};
  add("stock_received.3.bin",
      StockReceived{.lines = {{.sku = sku, .location = shop, .quantity = 12, .after = after}},
                    .consequences = crossed});
  of_quota.consequences = crossed;
  add("stock_reserved.5.bin", of_quota);
  add("reservation_released.3.bin",
      ReservationReleased{.id = id, .sku = sku, .lines = {line}, .consequences = crossed});
  add("reservation_expired.3.bin",
      ReservationExpired{.id = id, .lines = {line}, .consequences = crossed});
  add("quota_set.2.bin", QuotaSet{.sku = sku,
                                  .location = shop,
                                  .quota = {.id = {"live"}, .owner = {.channel = {"stream"}}},
                                  .scale = 3,
                                  .after = kept,
                                  .consequences = crossed});
  add("quota_set.3.bin", QuotaSet{.sku = sku,
                                  .location = shop,
                                  .quota = {.id = {"live"},
                                            .owner = {.channel = {"stream"}},
                                            .left = 9,
                                            .made_at = FromMillis(1'700'000'000'000)},
                                  .quantity = 9,
                                  .scale = 3,
                                  .after = kept});
  change("network_changed.9.bin",
         {.put_channel = ChannelExposure{.channel = {"web"},
                                         .watches = {{.id = "city",
                                                      .method = Method::kShip,
                                                      .place = PlaceOf({"city"}),
                                                      .skus = every,
                                                      .low_at = {25, 1},
                                                      .back_at = {5, 0}},
                                                     {.id = "shop",
                                                      .method = Method::kPickUp,
                                                      .place = shop,
                                                      .skus = {.classes = {"dairy"}},
                                                      .back_at = {1, 0}}}}});
  add("stock_releveled.1.bin", StockReleveled{.version = 4,
                                              .from = sku,
                                              .next = SkuId{"tea"},
                                              .next_at = FromMillis(1'700'000'000'100),
                                              .consequences = crossed});
  add("stock_releveled.2.bin",
      StockReleveled{.version = 4,
                     .from = sku,
                     .next = sku,
                     .next_place = shop,
                     .next_at = FromMillis(1'700'000'000'100),
                     .consequences = {StockShortfall{sku, {"depot"}, 0, 12, 3, {id}}}});
  add("network_applied.2.bin", NetworkApplied{.version = 4,
                                              .change = {.remove_group = RemoveGroup{{"city"}}},
                                              .consequences = {ShortfallsDeferred{sku}}});
  add("unit_defined.1.bin", UnitDefined{.sku = sku, .unit = "kg", .scale = 3});
  add("location_opened.1.bin", LocationOpened{.id = shop, .profile = profile});
  add("location_updated.1.bin", LocationUpdated{.id = shop, .profile = profile, .version = 2});
  LocationProfile fetched = profile;
  fetched.pickup_lead_minutes = 90;
  add("location_opened.2.bin", LocationOpened{.id = shop, .profile = fetched});
  add("location_updated.2.bin", LocationUpdated{.id = shop, .profile = fetched, .version = 2});
  add("location_closed.1.bin", LocationClosed{.id = shop, .version = 3, .reason = "lease ended"});
  return all;
}

}  // namespace omo::inventory
