// Each event to and from its message: for codec's own .cc files.
#pragma once

#include "omo/inventory/events/v1/inventory_events.pb.h"
#include "services/inventory/domain/inventory.h"

namespace omo::inventory {

namespace pb = omo::inventory::events::v1;

void Write(const StockReceived& event, pb::InventoryEvent& out);
void Write(const StockAdjusted& event, pb::InventoryEvent& out);
void Write(const StockStateMoved& event, pb::InventoryEvent& out);
void Write(const StockReserved& event, pb::InventoryEvent& out);
void Write(const ReservationExtended& event, pb::InventoryEvent& out);
void Write(const ReservationCommitted& event, pb::InventoryEvent& out);
void Write(const ReservationFulfilled& event, pb::InventoryEvent& out);
void Write(const ReservationReleased& event, pb::InventoryEvent& out);
void Write(const ReservationTransferred& event, pb::InventoryEvent& out);
void Write(const ReservationMarkedShort& event, pb::InventoryEvent& out);
void Write(const ReservationExpired& event, pb::InventoryEvent& out);
void Write(const SaleRecorded& event, pb::InventoryEvent& out);
void Write(const UnitDefined& event, pb::InventoryEvent& out);
void Write(const StockRulesSet& event, pb::InventoryEvent& out);
void Write(const PurchaseLimitSet& event, pb::InventoryEvent& out);
void Write(const NetworkChanged& event, pb::InventoryEvent& out);
void Write(const NetworkApplied& event, pb::InventoryEvent& out);
void Write(const StockUploaded& event, pb::InventoryEvent& out);
void Write(const ReservationRejected& event, pb::InventoryEvent& out);
void Write(const QuotaSet& event, pb::InventoryEvent& out);
void Write(const KitDefined& event, pb::InventoryEvent& out);
void Write(const StockReleveled& event, pb::InventoryEvent& out);
void Write(const LocationOpened& event, pb::InventoryEvent& out);
void Write(const LocationUpdated& event, pb::InventoryEvent& out);
void Write(const LocationClosed& event, pb::InventoryEvent& out);

InventoryEvent Read(const pb::StockReceived& in);
InventoryEvent Read(const pb::StockAdjusted& in);
InventoryEvent Read(const pb::StockStateMoved& in);
InventoryEvent Read(const pb::StockReserved& in);
InventoryEvent Read(const pb::ReservationExtended& in);
InventoryEvent Read(const pb::ReservationCommitted& in);
InventoryEvent Read(const pb::ReservationFulfilled& in);
InventoryEvent Read(const pb::ReservationReleased& in);
InventoryEvent Read(const pb::ReservationTransferred& in);
InventoryEvent Read(const pb::ReservationMarkedShort& in);
InventoryEvent Read(const pb::ReservationExpired& in);
InventoryEvent Read(const pb::SaleRecorded& in);
InventoryEvent Read(const pb::UnitDefined& in);
InventoryEvent Read(const pb::StockRulesSet& in);
InventoryEvent Read(const pb::PurchaseLimitSet& in);
InventoryEvent Read(const pb::NetworkChanged& in);
InventoryEvent Read(const pb::NetworkApplied& in);
InventoryEvent Read(const pb::StockUploaded& in);
InventoryEvent Read(const pb::ReservationRejected& in);
InventoryEvent Read(const pb::QuotaSet& in);
InventoryEvent Read(const pb::KitDefined& in);
InventoryEvent Read(const pb::StockReleveled& in);
InventoryEvent Read(const pb::LocationOpened& in);
InventoryEvent Read(const pb::LocationUpdated& in);
InventoryEvent Read(const pb::LocationClosed& in);

}  // namespace omo::inventory
