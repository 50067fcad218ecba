// What can happen to stock: the facts in the log, as plain values. `after` is always the figures
// right behind that line, so that an answer, a ledger page or an auditor needs the event only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "libs/core/types.h"
#include "libs/hold/hold.h"
#include "services/inventory/domain/ids.h"
#include "services/inventory/domain/network/network_change.h"
#include "services/inventory/domain/stock/figures.h"
#include "services/inventory/domain/stock/movement_kind.h"
#include "services/inventory/domain/stock/quota.h"
#include "services/inventory/domain/stock/stock_levels.h"
#include "services/inventory/domain/stock/stock_rules.h"

namespace omo::inventory {

// More is promised at a location than is there: a consequence, decided with the event that causes
// it.
struct StockShortfall {
  SkuId sku{};
  LocationId location{};  // Or a group: then what is promised there and at no member of its.
  Quantity quantity = 0;  // What this event made missing; 0: it tells again what is.
  Quantity total = 0;     // All that is missing there behind it.
  std::int32_t scale = 0;
  // Whose units those are: held before committed, the newest first; until they have `total` open.
  std::vector<ReservationId> affected{};
  bool operator==(const StockShortfall&) const = default;
};

// Why a quota changed. Numbers are stored: they are for ever.
enum class QuotaMove : std::int32_t {
  kUnspecified = 0,
  kDrawn = 1,     // The event's reservation takes the units.
  kReturned = 2,  // The event's reservation gives them back.
  kCut = 3,       // No more than this can be kept of what is there.
};
// Units went from a quota into available (below zero), or back: posted before the event's own
// lines, so that these leave the figures behind all of it.
struct QuotaChanged {
  SkuId sku{};
  LocationId location{};  // Or a group.
  QuotaId id{};
  QuotaMove move = QuotaMove::kUnspecified;
  Quantity quantity = 0;
  std::int32_t scale = 0;
  Figures after{};
  bool operator==(const QuotaChanged&) const = default;
};

// A watch of the network is told: low, out of stock, back.
struct StockCrossed {
  SkuId sku{};
  ChannelId channel{};
  std::string watch{};
  LocationId place{};  // Or a group's.
  StockLevel from = StockLevel::kUnspecified;
  StockLevel to = StockLevel::kUnspecified;
  Quantity quantity = 0;  // What can be promised there behind the event.
  std::int32_t scale = 0;
  bool operator==(const StockCrossed&) const = default;
};
// Where a watch begins with a SKU, without a word; kUnspecified: it watches it no longer.
struct StockLeveled {
  SkuId sku{};
  ChannelId channel{};
  std::string watch{};
  StockLevel level = StockLevel::kUnspecified;
  bool operator==(const StockLeveled&) const = default;
};
// More was crossed than one record holds: every SKU is looked at again.
struct LevelsDeferred {
  bool operator==(const LevelsDeferred&) const = default;
};
// More places are short, or more quotas give way, than one record holds: all that is missing is
// told again, place by place.
struct ShortfallsDeferred {
  SkuId from{};  // The first of which something was left out.
  bool operator==(const ShortfallsDeferred&) const = default;
};
using Consequence = std::variant<StockShortfall, QuotaChanged, StockCrossed, StockLeveled,
                                 LevelsDeferred, ShortfallsDeferred>;

// Who buys in which campaign; both empty: nobody counts.
struct Buyer {
  std::string campaign{};
  std::string customer{};
  bool IsCounted() const { return !campaign.empty() && !customer.empty(); }
  auto operator<=>(const Buyer&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.campaign, self.customer); }
};

struct StockLine {
  SkuId sku{};
  LocationId location{};
  Quantity quantity = 0;
  std::int32_t scale = 0;
  Figures after{};
  bool already_counted = false;  // Of a sale: an upload holds it; no figure changes.
  bool operator==(const StockLine&) const = default;
};

struct ReceivedLine {
  SkuId sku{};
  LocationId location{};
  Quantity quantity = 0;
  std::int32_t scale = 0;
  Figures after{};
  Bucket bucket = Bucket::kAvailable;
  Quantity from_incoming = 0;
  bool operator==(const ReceivedLine&) const = default;
};
struct StockReceived {
  static constexpr MovementKind kMovement = MovementKind::kReceived;
  std::vector<ReceivedLine> lines{};
  Time occurred_at{};  // As in all that change on_hand; unknown in events of old.
  std::vector<Consequence> consequences{};
  bool operator==(const StockReceived&) const = default;
};

struct StockAdjusted {
  static constexpr MovementKind kMovement = MovementKind::kAdjusted;
  StockLine line{};  // Signed.
  Bucket bucket = Bucket::kAvailable;
  std::string reason{};
  std::vector<Consequence> consequences{};
  Time occurred_at{};
  bool operator==(const StockAdjusted&) const = default;
};

struct StockStateMoved {
  static constexpr MovementKind kMovement = MovementKind::kStateMoved;
  StockLine line{};
  Bucket from = Bucket::kUnspecified;
  Bucket to = Bucket::kUnspecified;
  std::string reason{};
  std::vector<Consequence> consequences{};
  bool operator==(const StockStateMoved&) const = default;
};

// So much of a SKU in one kit.
struct KitComponent {
  SkuId sku{};
  Quantity quantity = 0;
  std::int32_t scale = 0;
  bool operator==(const KitComponent&) const = default;
  static auto Fields(auto& self) { return std::tie(self.sku, self.quantity, self.scale); }
};
// A kit that was asked for: what it is made of stands among the reservation's lines.
struct ReservedKit {
  SkuId sku{};
  LocationId location{};
  Quantity quantity = 0;  // Whole kits.
  Quantity ordered = 0;
  std::vector<KitComponent> components{};  // Of one, all the way down, as it was then.
  bool operator==(const ReservedKit&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.location, self.quantity, self.ordered, self.components);
  }
};

struct ReservedLine {
  SkuId sku{};
  LocationId location{};
  Quantity quantity = 0;
  std::int32_t scale = 0;
  Figures after{};
  Quantity ordered = 0;  // Above `quantity`: this line is short.
  bool operator==(const ReservedLine&) const = default;
};
struct StockReserved {
  static constexpr MovementKind kMovement = MovementKind::kReserved;
  ReservationId id{};
  std::string owner{};
  ChannelId channel{};
  std::vector<ReservedLine> lines{};
  Time reserved_at{};
  Time expires_at{};
  Method method = Method::kUnspecified;
  Buyer buyer{};
  SegmentId segment{};
  std::vector<Consequence> consequences{};
  std::vector<ReservedKit> kits{};
  bool operator==(const StockReserved&) const = default;
};

struct ReservationExtended {
  ReservationId id{};
  SkuId sku{};  // Of the reservation: the record's key.
  Time expires_at{};
  std::int32_t extensions = 0;
  bool operator==(const ReservationExtended&) const = default;
};

struct ReservationCommitted {
  static constexpr MovementKind kMovement = MovementKind::kCommitted;
  ReservationId id{};
  std::string owner{};
  std::vector<StockLine> lines{};
  bool operator==(const ReservationCommitted&) const = default;
};

struct FulfilledLine {
  SkuId sku{};
  LocationId location{};
  Quantity quantity = 0;
  std::int32_t scale = 0;
  Figures after{};
  Quantity over = 0;  // Of `quantity`: was not held, came from available.
  bool operator==(const FulfilledLine&) const = default;
};
struct ReservationFulfilled {
  static constexpr MovementKind kMovement = MovementKind::kFulfilled;
  ReservationId id{};
  std::vector<FulfilledLine> lines{};
  std::vector<Consequence> consequences{};
  hold::Stage stage = hold::Stage::kNone;  // Behind it.
  Time occurred_at{};
  bool operator==(const ReservationFulfilled&) const = default;
};

// Without lines: an unknown id was cancelled, and will never be taken.
struct ReservationReleased {
  static constexpr MovementKind kMovement = MovementKind::kReleased;
  ReservationId id{};
  SkuId sku{};  // The record's key.
  std::vector<StockLine> lines{};
  hold::Stage stage = hold::Stage::kNone;
  Bucket from = Bucket::kUnspecified;  // kReserved or kCommitted.
  std::vector<Consequence> consequences{};
  bool operator==(const ReservationReleased&) const = default;
};

struct TransferredLine {
  SkuId sku{};
  LocationId from{};
  LocationId to{};
  Quantity quantity = 0;
  std::int32_t scale = 0;
  Figures from_after{};
  Figures to_after{};
  bool operator==(const TransferredLine&) const = default;
};
struct ReservationTransferred {
  static constexpr MovementKind kMovement = MovementKind::kTransferred;
  ReservationId id{};
  std::vector<TransferredLine> lines{};
  std::vector<Consequence> consequences{};
  hold::Stage stage = hold::Stage::kNone;
  bool operator==(const ReservationTransferred&) const = default;
};

struct ReservationMarkedShort {
  // Changes no figure, but tells how they stand.
  static constexpr MovementKind kMovement = MovementKind::kUnspecified;
  ReservationId id{};
  std::vector<StockLine> lines{};
  std::string reason{};
  bool operator==(const ReservationMarkedShort&) const = default;
};

struct FreedUnits {
  Bucket bucket = Bucket::kUnspecified;  // What they leave for available.
  Quantity quantity = 0;
  Figures after{};
  bool operator==(const FreedUnits&) const = default;
};
// The effect stands in the event: whoever reads it needs no rules.
struct RejectedLine {
  SkuId sku{};
  LocationId location{};
  Quantity quantity = 0;  // Is not kept for the reservation any more.
  std::int32_t scale = 0;
  Figures after{};
  RejectEffect effect = RejectEffect::kUnspecified;
  Quantity on_hand = 0;  // By how much it changed, signed.
  // Where nothing is there: first, what was there and not for sale.
  std::vector<FreedUnits> freed{};
  bool operator==(const RejectedLine&) const = default;
};
struct ReservationRejected {
  static constexpr MovementKind kMovement = MovementKind::kRejected;
  ReservationId id{};
  std::vector<RejectedLine> lines{};
  std::string reason{};
  std::string note{};
  std::vector<Consequence> consequences{};
  hold::Stage stage = hold::Stage::kNone;
  Time occurred_at{};
  std::vector<ReservedKit> kits{};  // Those that these SKUs were reserved as a part of.
  bool operator==(const ReservationRejected&) const = default;
};

struct ReservationExpired {
  static constexpr MovementKind kMovement = MovementKind::kExpired;
  ReservationId id{};
  std::vector<StockLine> lines{};
  std::vector<Consequence> consequences{};
  bool operator==(const ReservationExpired&) const = default;
};

struct SaleRecorded {
  static constexpr MovementKind kMovement = MovementKind::kSold;
  DeviceId device{};
  std::int64_t sequence = 0;
  std::vector<StockLine> lines{};
  std::vector<Consequence> consequences{};
  std::uint64_t content_hash = 0;
  Time occurred_at{};  // By the till, but not later than it was told.
  bool operator==(const SaleRecorded&) const = default;
};

// What became of one record of an upload. Numbers are stored: they are for ever.
enum class UploadOutcome : std::int32_t {
  kUnspecified = 0,
  kApplied = 1,         // on_hand changed by the difference.
  kUnchanged = 2,       // It said what was known: no figure changed. Both are the newest now.
  kAlreadyApplied = 3,  // Ignored, as all that follow: it is the newest already.
  kOutdated = 4,        // As of no later than the newest.
  kTooOld = 5,
  kRecordIdInUse = 6,  // The newest has this id and time, and says another quantity.
};

// Whether a record with this outcome is the newest of its SKU and location.
inline bool IsNewest(UploadOutcome outcome) {
  return outcome == UploadOutcome::kApplied || outcome == UploadOutcome::kUnchanged;
}

struct UploadedRecord {
  RecordId id{};
  SkuId sku{};
  LocationId location{};
  Quantity on_hand = 0;  // As was said.
  Time as_of{};
  UploadOutcome outcome = UploadOutcome::kUnspecified;
  Quantity quantity = 0;  // The difference, signed.
  std::int32_t scale = 0;
  Figures after{};  // Zeros where it was ignored.
  bool operator==(const UploadedRecord&) const = default;
};
struct StockUploaded {
  static constexpr MovementKind kMovement = MovementKind::kUploaded;
  std::string source{};
  std::string reason{};
  std::vector<UploadedRecord> records{};
  std::vector<Consequence> consequences{};
  Time uploaded_at{};  // A record as of later counts as of this.
  bool operator==(const StockUploaded&) const = default;
};

struct UnitDefined {
  SkuId sku{};
  std::string unit{};
  std::int32_t scale = 0;
  bool operator==(const UnitDefined&) const = default;
};

// Without components it is a kit no more.
struct KitDefined {
  SkuId sku{};
  std::vector<KitComponent> components{};  // Kits among them are not taken apart.
  bool operator==(const KitDefined&) const = default;
};

// Replaces what was said for the SKU everywhere, or (with a location) at one place.
struct StockRulesSet {
  SkuId sku{};
  LocationId location{};  // Empty: everywhere.
  StockRules rules{};
  std::vector<Consequence> consequences{};
  bool operator==(const StockRulesSet&) const = default;
};

struct PurchaseLimitSet {
  SkuId sku{};
  std::string campaign{};
  std::optional<Quantity> per_customer{};  // Nothing: no limit any more.
  std::int32_t scale = 0;
  bool operator==(const PurchaseLimitSet&) const = default;
};

// Units are kept for some, or given back to all: in place of the quota of that id.
struct QuotaSet {
  static constexpr MovementKind kMovement = MovementKind::kQuota;
  SkuId sku{};
  LocationId location{};  // Or a group.
  Quota quota{};
  Quantity quantity = 0;  // By how much what is kept changed, signed.
  std::int32_t scale = 0;
  Figures after{};
  std::vector<Consequence> consequences{};
  bool operator==(const QuotaSet&) const = default;
};

// The network's own shard decided a change; each other shard took it in.
struct NetworkChanged {
  std::int64_t version = 0;
  NetworkChange change{};
  std::vector<Consequence> consequences{};
  bool operator==(const NetworkChanged&) const = default;
};
struct NetworkApplied {
  std::int64_t version = 0;
  NetworkChange change{};
  std::vector<Consequence> consequences{};
  bool operator==(const NetworkApplied&) const = default;
};

// Some SKUs were looked at again, because the network has changed or a record had no room.
struct StockReleveled {
  std::int64_t version = 0;
  SkuId from{};                 // Those from here on,
  std::optional<SkuId> next{};  // and before this one: there it goes on. Nothing: that was all.
  LocationId next_place{};      // Where in `next`, if the places before were looked at.
  Time next_at{};
  std::vector<Consequence> consequences{};
  bool operator==(const StockReleveled&) const = default;
};

using StockEvent =
    std::variant<StockReceived, StockAdjusted, StockStateMoved, StockReserved, ReservationExtended,
                 ReservationCommitted, ReservationFulfilled, ReservationReleased,
                 ReservationTransferred, ReservationMarkedShort, ReservationExpired, SaleRecorded,
                 UnitDefined, StockUploaded, StockRulesSet, PurchaseLimitSet, NetworkChanged,
                 NetworkApplied, ReservationRejected, QuotaSet, KitDefined, StockReleveled>;

}  // namespace omo::inventory
