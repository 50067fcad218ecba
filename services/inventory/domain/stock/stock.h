// What stock adds up to in one shard: rows by key, changed by events only.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "libs/core/table.h"
#include "libs/core/timer.h"
#include "libs/core/types.h"
#include "libs/hold/hold.h"
#include "services/inventory/domain/ids.h"
#include "services/inventory/domain/network/network.h"
#include "services/inventory/domain/stock/figures.h"
#include "services/inventory/domain/stock/stock_events.h"
#include "services/inventory/domain/stock/stock_levels.h"
#include "services/inventory/domain/stock/stock_rules.h"

namespace omo::inventory {

struct ReservationLine {
  SkuId sku{};
  LocationId location{};
  Quantity ordered = 0;  // What was asked and granted at first; 0 for a line that a transfer made.
  Quantity granted = 0;
  hold::Units units{};
  bool operator==(const ReservationLine&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.location, self.ordered, self.granted, self.units);
  }
};

// Units of a line that are a quota's: it gets them back when they are given up.
struct QuotaDraw {
  SkuId sku{};
  LocationId location{};
  QuotaId id{};
  Time made_at{};  // The quota's.
  Quantity quantity = 0;
  bool operator==(const QuotaDraw&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.location, self.id, self.made_at, self.quantity);
  }
};

// The lines of one reservation in this shard. Never deleted: its end, and with it the use of its
// id, is remembered for life. Cancelled before it was made (a tombstone): no lines.
struct Reservation {
  hold::Life life{};
  Time first_ends_at{};  // As answered when it was made.
  std::string owner{};
  ChannelId channel{};
  std::vector<ReservationLine> lines{};
  Method method = Method::kUnspecified;
  Buyer buyer{};
  std::vector<QuotaDraw> draws{};  // Of open units, in the order in which they were drawn.

  const ReservationLine* Line(const SkuId& sku, const LocationId& location) const;
  hold::Units Total() const;
  // Where its open units are: kReserved or kCommitted.
  Bucket bucket() const {
    return life.stage == hold::Stage::kHeld ? Bucket::kReserved : Bucket::kCommitted;
  }
  bool operator==(const Reservation&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.life, self.first_ends_at, self.owner, self.channel, self.lines,
                    self.method, self.buyer, self.draws);
  }
};

// Which reservations have something open at a place: the newest first.
struct HoldKey {
  SkuId sku{};
  LocationId location{};
  std::int64_t age = 0;  // Minus the milliseconds at which it was made.
  ReservationId id{};
  auto operator<=>(const HoldKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.sku, self.location, self.age, self.id); }
};
struct HoldRow {
  bool operator==(const HoldRow&) const = default;
  static auto Fields(auto&) { return std::tuple<>(); }
};

// How a SKU is counted. Once it has moved its scale is fixed.
struct Unit {
  std::string name{};
  std::int32_t scale = 0;
  bool moved = false;
  bool operator==(const Unit&) const = default;
  static auto Fields(auto& self) { return std::tie(self.name, self.scale, self.moved); }
};

// A till's own number of a sale: what makes it happen once, for life.
struct SaleKey {
  DeviceId device{};
  std::int64_t sequence = 0;
  auto operator<=>(const SaleKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.device, self.sequence); }
};
struct Sale {
  std::uint64_t content_hash = 0;
  bool operator==(const Sale&) const = default;
  static auto Fields(auto& self) { return std::tie(self.content_hash); }
};

// Uploads are told to the second: what happened in the second as of which they are is in them.
using Second = std::chrono::sys_seconds;
inline Second SecondOf(Time time) { return std::chrono::floor<std::chrono::seconds>(time); }
// How far back an upload may reach.
inline constexpr std::chrono::hours kUploadReach{48};

// By how much on_hand changed through what happened in one second: kept for kUploadReach, and for
// as long as no upload holds it.
struct RecentKey {
  SkuId sku;
  LocationId location;
  Second second{};
  auto operator<=>(const RecentKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.sku, self.location, self.second); }
};
struct Recent {
  Quantity on_hand = 0;
  std::optional<Second> next{};  // The row of this SKU and location that came behind this one.
  bool operator==(const Recent&) const = default;
  static auto Fields(auto& self) { return std::tie(self.on_hand, self.next); }
};

// The newest upload that counted.
struct Upload {
  RecordId id{};
  Time as_of{};
  Quantity on_hand = 0;
  Second holds{};  // What happened up to and in this second is in it.
  bool operator==(const Upload&) const = default;
  static auto Fields(auto& self) { return std::tie(self.id, self.as_of, self.on_hand, self.holds); }
};
// What uploads of one SKU at one location are set against: the newest, and the queue of recent rows
// in the order in which they came.
struct Tracking {
  std::optional<Upload> newest{};
  std::optional<Second> first{};
  std::optional<Second> last{};
  // Whether the newest upload holds what happened in that second.
  bool Holds(Second second) const { return newest && second <= newest->holds; }
  bool operator==(const Tracking&) const = default;
  static auto Fields(auto& self) { return std::tie(self.newest, self.first, self.last); }
};

// Why a record is ignored in view of the newest; nothing: it is news.
std::optional<UploadOutcome> OutcomeAgainst(const std::optional<Upload>& newest, const RecordId& id,
                                            Time as_of, Quantity on_hand);
// The newest upload, as an applied or unchanged record leaves it.
Upload UploadOf(const UploadedRecord& record, Time uploaded_at);

// The register: reservations that have not ended, oldest first.
struct LiveKey {
  Time reserved_at{};
  ReservationId id;
  auto operator<=>(const LiveKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.reserved_at, self.id); }
};
struct Live {
  bool operator==(const Live&) const = default;
  static auto Fields(auto&) { return std::tuple<>(); }
};

// How much of a SKU one customer may buy in one campaign, and what one has bought or holds.
struct LimitKey {
  SkuId sku{};
  std::string campaign{};
  auto operator<=>(const LimitKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.sku, self.campaign); }
};
struct PurchaseLimit {
  Quantity per_customer = 0;
  bool operator==(const PurchaseLimit&) const = default;
  static auto Fields(auto& self) { return std::tie(self.per_customer); }
};
struct PurchaseKey {
  SkuId sku{};
  Buyer buyer{};
  auto operator<=>(const PurchaseKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.sku, self.buyer); }
};
struct Purchase {
  Quantity quantity = 0;
  bool operator==(const Purchase&) const = default;
  static auto Fields(auto& self) { return std::tie(self.quantity); }
};

// What one kit is made of, and the kits of a reservation as they were taken apart.
struct Kit {
  std::vector<KitComponent> components{};
  bool operator==(const Kit&) const = default;
  static auto Fields(auto& self) { return std::tie(self.components); }
};
struct ReservationKits {
  std::vector<ReservedKit> kits{};
  bool operator==(const ReservationKits&) const = default;
  static auto Fields(auto& self) { return std::tie(self.kits); }
};

// The kind of timer that ends a reservation; its subject is the reservation id.
inline constexpr char kExpiryTimer[] = "reservation";

// The kind of timer that ends a quota; its subject is SKU, place and id as ordered bytes.
inline constexpr char kQuotaTimer[] = "quota";

TimerKey ExpiryTimerOf(const ReservationId& id, const Reservation& reservation);
TimerKey QuotaTimerOf(const FiguresKey& key, const Quota& quota);

// The rows of stock in one shard; each outlives this.
struct StockState {
  OrderedTable<FiguresKey, Figures>& figures;
  Table<ReservationId, Reservation>& reservations;
  Table<LiveKey, Live>& live_reservations;
  Table<SkuId, Unit>& units;
  Table<SaleKey, Sale>& sales;
  Table<TimerKey, Timer>& timers;
  OrderedTable<RecentKey, Recent>& recent;
  Table<FiguresKey, Tracking>& tracking;
  Table<SkuId, SkuRules>& sku_rules;
  Table<FiguresKey, PlaceRules>& place_rules;
  Table<GroupSumKey, GroupSum>& group_sums;
  OrderedTable<GroupSkuKey, GroupSku>& group_skus;
  Table<LimitKey, PurchaseLimit>& purchase_limits;
  Table<PurchaseKey, Purchase>& purchases;
  OrderedTable<FiguresKey, PlaceQuotas>& quotas;
  OrderedTable<HoldKey, HoldRow>& holds;
  NetworkState network;  // As this shard has taken it in.
  Table<SkuId, Kit>& kits;
  Table<ReservationId, ReservationKits>& reservation_kits;  // Of those with kits.
  OrderedTable<SkuId, StockLevels>& levels;
  Table<NetworkKey, LevelSweep>& level_sweep;
};

// How the units of the event's reservation are to be delivered.
Method MethodOf(const StockState& state, const auto& event) {
  if constexpr (requires { event.method; }) {
    return event.method;
  } else if constexpr (requires { event.id; }) {
    const Reservation* reservation = state.reservations.Find(event.id);
    return reservation != nullptr ? reservation->method : Method::kUnspecified;
  } else {
    return Method::kUnspecified;
  }
}

// Total and deterministic: from the event and the rows, nothing else.
void Evolve(StockState& state, const StockReceived& event);
void Evolve(StockState& state, const StockAdjusted& event);
void Evolve(StockState& state, const StockStateMoved& event);
void Evolve(StockState& state, const StockReserved& event);
void Evolve(StockState& state, const ReservationExtended& event);
void Evolve(StockState& state, const ReservationCommitted& event);
void Evolve(StockState& state, const ReservationFulfilled& event);
void Evolve(StockState& state, const ReservationReleased& event);
void Evolve(StockState& state, const ReservationTransferred& event);
void Evolve(StockState& state, const ReservationMarkedShort& event);
void Evolve(StockState& state, const ReservationExpired& event);
void Evolve(StockState& state, const SaleRecorded& event);
void Evolve(StockState& state, const UnitDefined& event);
void Evolve(StockState& state, const StockRulesSet& event);
void Evolve(StockState& state, const PurchaseLimitSet& event);
void Evolve(StockState& state, const NetworkChanged& event);
void Evolve(StockState& state, const NetworkApplied& event);
void Evolve(StockState& state, const StockUploaded& event);
void Evolve(StockState& state, const ReservationRejected& event);
void Evolve(StockState& state, const QuotaSet& event);
void Evolve(StockState& state, const KitDefined& event);
void Evolve(StockState& state, const StockReleveled& event);

// What an event does to its reservation's lines and stage: Evolve's inner half, which Decide uses
// to say where the reservation will stand.
void Apply(Reservation& reservation, const ReservationFulfilled& event);
void Apply(Reservation& reservation, const ReservationReleased& event);
void Apply(Reservation& reservation, const ReservationTransferred& event);
void Apply(Reservation& reservation, const ReservationMarkedShort& event);
void Apply(Reservation& reservation, const ReservationExpired& event);
void Apply(Reservation& reservation, const ReservationRejected& event);

}  // namespace omo::inventory
