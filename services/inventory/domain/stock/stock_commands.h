// What can be asked of stock. A command's canonical bytes (Fields) are what its command id stands
// for; one Decide each, in its own file, answers with one event, a refusal, or nothing to do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "libs/core/amount.h"
#include "libs/core/decision.h"
#include "libs/core/types.h"
#include "services/inventory/domain/stock/stock.h"

namespace omo::inventory {

// Answers, not errors. The first that applies, in this order, is the one given.
enum class StockRefusal {
  // Bad input.
  kBadName,
  kBadLines,
  kBadScale,
  kBadQuantity,
  kQuantityNotExact,
  kBadHold,
  kBadBucket,
  kSamePlace,
  kOccurredInFuture,
  kBadRule,
  kRuleOverNothing,
  kGroupInItself,
  kNotPermitted,
  // Not there, or there already.
  kReservationNotFound,
  kGroupNotFound,
  kChannelNotFound,
  kRejectReasonUnknown,
  kReservationIdInUse,
  kSaleIdInUse,
  // In the way.
  kReservationCancelled,
  kReservationReleased,
  kReservationExpired,
  kReservationFulfilled,
  kReservationNotCommitted,
  kReservationCommitted,
  kTooManyExtensions,
  kHoldTooOld,
  kHoldNotLonger,
  kScaleFixed,
  kNetworkChanged,
  kNetworkBehind,
  kGroupInUse,
  kTooManyGroups,
  kTooManyWatches,
  kLineNotFound,
  kMoreThanOpen,
  kHeldAtGroup,
  kLocationPaused,
  kMethodOff,
  kBelowLineMinimum,
  kAboveLineMaximum,
  kAboveCustomerLimit,
  kNotEnoughAvailable,
  kNotEnoughInBucket,
  kKitInItself,
  kKitTooDeep,
  kKitHasStock,
  kIsAKit,
  kStale,
  kFiguresOutOfRange,
};
using StockDecision = Decision<StockEvent, StockRefusal>;

// So much of a SKU at a location. Lines of the same SKU and location in one command are summed.
struct Line {
  SkuId sku{};
  LocationId location{};
  Amount amount{};
  static auto Fields(auto& self) { return std::tie(self.sku, self.location, self.amount); }
};

struct ReceiptLine {
  SkuId sku{};
  LocationId location{};
  Amount amount{};
  Bucket bucket = Bucket::kAvailable;  // Not kReserved, kCommitted or kIncoming.
  Amount from_incoming{};              // 0: nothing of what was expected.
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.location, self.amount, self.bucket, self.from_incoming);
  }
};
struct ReceiveStock {
  std::vector<ReceiptLine> lines{};
  static auto Fields(auto& self) { return std::tie(self.lines); }
};
StockDecision Decide(const StockState& state, const ReceiveStock& command, Time now);

// A difference between ledger and shelf. Never refused for want of stock in kAvailable.
struct AdjustStock {
  SkuId sku{};
  LocationId location{};
  Bucket bucket = Bucket::kAvailable;  // Not kReserved, kCommitted or kQuota.
  Amount delta{};                      // Signed, not 0.
  std::string reason{};
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.location, self.bucket, self.delta, self.reason);
  }
};
StockDecision Decide(const StockState& state, const AdjustStock& command, Time now);

// What is on hand is so many, against what it was taken for: two who count at the same time cannot
// undo each other. The difference, 0 too, comes into kAvailable or leaves it.
struct SetStock {
  SkuId sku{};
  LocationId location{};
  Amount on_hand{};                       // Not negative.
  std::optional<Amount> expected_from{};  // Nothing: whatever it is.
  std::string reason{};
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.location, self.on_hand, self.expected_from, self.reason);
  }
};
StockDecision Decide(const StockState& state, const SetStock& command, Time now);

// on_hand was so much as of a time. What happened after that second stays.
struct UploadRecord {
  RecordId id{};
  SkuId sku{};
  LocationId location{};
  Amount on_hand{};  // Not negative.
  Time as_of{};
  static auto Fields(auto& self) {
    return std::tie(self.id, self.sku, self.location, self.on_hand, self.as_of);
  }
};
// Nothing to do: every record is ignored, by OutcomeAgainst its newest or as too old.
struct UploadStock {
  std::vector<UploadRecord> records{};  // A later one sees what an earlier one did.
  std::string source{};                 // May be empty, as the reason.
  std::string reason{};
  static auto Fields(auto& self) { return std::tie(self.records, self.source, self.reason); }
};
StockDecision Decide(const StockState& state, const UploadStock& command, Time now);

struct MoveStockState {
  SkuId sku{};
  LocationId location{};
  Bucket from = Bucket::kUnspecified;  // Not kReserved, kCommitted or kIncoming.
  Bucket to = Bucket::kUnspecified;
  Amount amount{};
  std::string reason{};
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.location, self.from, self.to, self.amount, self.reason);
  }
};
StockDecision Decide(const StockState& state, const MoveStockState& command, Time now);

// Nothing to do: the id already stands for a reservation of the same lines; its row has the first
// outcome (granted, first_ends_at).
struct ReserveStock {
  ReservationId id{};
  std::string owner{};
  ChannelId channel{};
  std::vector<Line> lines{};  // At locations, or at groups.
  Duration hold_for{0};
  bool allow_partial = false;
  Method method = Method::kUnspecified;
  Buyer buyer{};
  SegmentId segment{};  // May be empty.
  static auto Fields(auto& self) {
    return std::tie(self.id, self.owner, self.channel, self.lines, self.hold_for,
                    self.allow_partial, self.method, self.buyer, self.segment);
  }
};
StockDecision Decide(const StockState& state, const ReserveStock& command, Time now);

struct ExtendReservation {
  ReservationId id{};
  SkuId sku{};
  Duration hold_for{0};  // From now.
  static auto Fields(auto& self) { return std::tie(self.id, self.sku, self.hold_for); }
};
StockDecision Decide(const StockState& state, const ExtendReservation& command, Time now);

// Nothing to do: it is committed, or was and is fulfilled.
struct CommitReservation {
  ReservationId id{};
  SkuId sku{};
  std::string owner{};  // Empty: as before.
  static auto Fields(auto& self) { return std::tie(self.id, self.sku, self.owner); }
};
StockDecision Decide(const StockState& state, const CommitReservation& command, Time now);

// Nothing to do: all of it was asked for, and it is fulfilled.
struct FulfilReservation {
  ReservationId id{};
  SkuId sku{};
  std::vector<Line> lines{};  // None: all that is open.
  bool over_fulfil = false;
  bool may_override = false;  // The caller's role permits over_fulfil.
  static auto Fields(auto& self) {
    return std::tie(self.id, self.sku, self.lines, self.over_fulfil, self.may_override);
  }
};
StockDecision Decide(const StockState& state, const FulfilReservation& command, Time now);

// Nothing to do: nothing of what was asked for is open; the row has the outcome.
struct ReleaseReservation {
  ReservationId id{};
  SkuId sku{};
  std::vector<Line> lines{};  // None: all that is open.
  static auto Fields(auto& self) { return std::tie(self.id, self.sku, self.lines); }
};
StockDecision Decide(const StockState& state, const ReleaseReservation& command, Time now);

struct TransferLine {
  SkuId sku{};
  LocationId from{};  // A location or a group.
  LocationId to{};
  Amount amount{};
  static auto Fields(auto& self) { return std::tie(self.sku, self.from, self.to, self.amount); }
};
struct TransferReservation {
  ReservationId id{};
  std::vector<TransferLine> lines{};
  bool ignore_availability = false;
  bool may_override = false;  // The caller's role permits ignore_availability.
  static auto Fields(auto& self) {
    return std::tie(self.id, self.lines, self.ignore_availability, self.may_override);
  }
};
StockDecision Decide(const StockState& state, const TransferReservation& command, Time now);

struct MarkReservationShort {
  ReservationId id{};
  std::vector<Line> lines{};
  std::string reason{};
  static auto Fields(auto& self) { return std::tie(self.id, self.lines, self.reason); }
};
StockDecision Decide(const StockState& state, const MarkReservationShort& command, Time now);

// A store says that it cannot deliver: the units are given up, and stock follows the reason.
struct RejectReservation {
  ReservationId id{};
  SkuId sku{};
  std::vector<Line> lines{};  // At locations.
  std::string reason{};       // One that the network knows, or of the defaults.
  std::string note{};         // May be empty.
  static auto Fields(auto& self) {
    return std::tie(self.id, self.sku, self.lines, self.reason, self.note);
  }
};
StockDecision Decide(const StockState& state, const RejectReservation& command, Time now);

// The shard's own, for a due timer. Nothing to do: it is not held any more, or ends later.
struct ExpireReservation {
  ReservationId id{};
  static auto Fields(auto& self) { return std::tie(self.id); }
};
StockDecision Decide(const StockState& state, const ExpireReservation& command, Time now);

// So much is kept from now on. Nothing to do: it is so already.
struct SetQuota {
  SkuId sku{};
  LocationId location{};  // Or a group.
  QuotaId id{};
  QuotaOwner owner{};  // Not everybody.
  Amount quantity{};   // Not negative; 0: there is no such quota any more.
  Time ends_at{};
  bool borrows = false;
  std::vector<QuotaOwner> lends_to{};
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.location, self.id, self.owner, self.quantity, self.ends_at,
                    self.borrows, self.lends_to);
  }
};
StockDecision Decide(const StockState& state, const SetQuota& command, Time now);
// The shard's own, for a due timer. Nothing to do: it is gone, or ends later.
struct EndQuota {
  FiguresKey key{};
  QuotaId id{};
  static auto Fields(auto& self) { return std::tie(self.key, self.id); }
};
StockDecision Decide(const StockState& state, const EndQuota& command, Time now);

// The shard's own, for a due timer: some more SKUs are looked at again, because the network has
// changed or a record had no room. Nothing to do: that is over.
struct RelevelStock {
  bool operator==(const RelevelStock&) const = default;
  static auto Fields(auto&) { return std::tuple<>(); }
};
StockDecision Decide(const StockState& state, const RelevelStock& command, Time now);

// What a due timer of this service asks for; nullopt for a kind that is not ours.
using TimerCommand = std::variant<ExpireReservation, EndQuota, RelevelStock>;
std::optional<TimerCommand> CommandFor(const TimerKey& timer);

// A physical fact: never refused for want of stock. Nothing to do: the sale is known.
struct RecordSale {
  DeviceId device{};
  std::int64_t sequence = 0;  // Not below 0.
  Time occurred_at{};
  std::vector<Line> lines{};
  static auto Fields(auto& self) {
    return std::tie(self.device, self.sequence, self.occurred_at, self.lines);
  }
};
StockDecision Decide(const StockState& state, const RecordSale& command, Time now);

struct DefineUnit {
  SkuId sku{};
  std::string unit{};
  std::int32_t scale = 0;
  static auto Fields(auto& self) { return std::tie(self.sku, self.unit, self.scale); }
};
StockDecision Decide(const StockState& state, const DefineUnit& command, Time now);

struct KitComponentAsked {
  SkuId sku{};      // May be a kit.
  Amount amount{};  // In one kit.
  static auto Fields(auto& self) { return std::tie(self.sku, self.amount); }
};
// From now on the SKU is these, and has no stock of its own. Nothing to do: it is so already.
struct DefineKit {
  SkuId sku{};
  std::vector<KitComponentAsked> components{};  // None: it is a kit no more.
  static auto Fields(auto& self) { return std::tie(self.sku, self.components); }
};
StockDecision Decide(const StockState& state, const DefineKit& command, Time now);

// What is said of quantities, in whatever scale the caller has.
struct StockRulesAsked {
  std::optional<Amount> safety{};
  std::optional<BackorderKind> backorder{};
  Amount backorder_limit{};
  std::int32_t restock_days = 0;
  MethodSwitches methods{};
  std::optional<Amount> line_min{};
  std::optional<Amount> line_max{};
  std::vector<GroupId> excluded_from{};
  std::vector<std::string> classes{};
  static auto Fields(auto& self) {
    return std::tie(self.safety, self.backorder, self.backorder_limit, self.restock_days,
                    self.methods, self.line_min, self.line_max, self.excluded_from, self.classes);
  }
};
// Nothing to do: these are the rules already.
struct SetStockRules {
  SkuId sku{};
  LocationId location{};  // Empty: everywhere.
  StockRulesAsked rules{};
  static auto Fields(auto& self) { return std::tie(self.sku, self.location, self.rules); }
};
StockDecision Decide(const StockState& state, const SetStockRules& command, Time now);

// Nothing to do: this is the limit already.
struct SetPurchaseLimit {
  SkuId sku{};
  std::string campaign{};
  std::optional<Amount> per_customer{};  // Nothing: no limit any more.
  static auto Fields(auto& self) { return std::tie(self.sku, self.campaign, self.per_customer); }
};
StockDecision Decide(const StockState& state, const SetPurchaseLimit& command, Time now);

// At the network's own key. Nothing to do: it is so already.
struct ChangeNetwork {
  NetworkChange change{};
  std::int64_t expected_version = 0;  // 0: whatever it is.
  static auto Fields(auto& self) { return std::tie(self.change, self.expected_version); }
};
StockDecision Decide(const StockState& state, const ChangeNetwork& command, Time now);

// The shard's own: the next change of the network is taken in. Nothing to do: it was.
struct ApplyNetworkChange {
  std::int64_t version = 0;
  NetworkChange change{};
  static auto Fields(auto& self) { return std::tie(self.version, self.change); }
};
StockDecision Decide(const StockState& state, const ApplyNetworkChange& command, Time now);

}  // namespace omo::inventory
