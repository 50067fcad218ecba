#include "services/inventory/domain/stock/movements.h"

namespace omo::inventory {
MovementKind KindOf(const StockReceived&) { return MovementKind::kReceived; }
MovementKind KindOf(const StockAdjusted&) { return MovementKind::kAdjusted; }
MovementKind KindOf(const StockStateMoved&) { return MovementKind::kStateMoved; }
MovementKind KindOf(const StockReserved&) { return MovementKind::kReserved; }
MovementKind KindOf(const ReservationCommitted&) { return MovementKind::kCommitted; }
MovementKind KindOf(const ReservationFulfilled&) { return MovementKind::kFulfilled; }
MovementKind KindOf(const ReservationReleased&) { return MovementKind::kReleased; }
MovementKind KindOf(const ReservationExpired&) { return MovementKind::kExpired; }
MovementKind KindOf(const ReservationTransferred&) { return MovementKind::kTransferred; }
MovementKind KindOf(const SaleRecorded&) { return MovementKind::kSold; }
MovementKind KindOf(const StockUploaded&) { return MovementKind::kUploaded; }
MovementKind KindOf(const ReservationRejected&) { return MovementKind::kRejected; }
MovementKind KindOf(const QuotaSet&) { return MovementKind::kQuota; }
MovementKind KindOf(const ReservationExtended&) { return MovementKind::kUnspecified; }
MovementKind KindOf(const ReservationMarkedShort&) { return MovementKind::kUnspecified; }
MovementKind KindOf(const UnitDefined&) { return MovementKind::kUnspecified; }
MovementKind KindOf(const KitDefined&) { return MovementKind::kUnspecified; }
MovementKind KindOf(const StockRulesSet&) { return MovementKind::kUnspecified; }
MovementKind KindOf(const PurchaseLimitSet&) { return MovementKind::kUnspecified; }
MovementKind KindOf(const NetworkChanged&) { return MovementKind::kUnspecified; }
MovementKind KindOf(const NetworkApplied&) { return MovementKind::kUnspecified; }
MovementKind KindOf(const StockReleveled&) { return MovementKind::kUnspecified; }

}  // namespace omo::inventory
