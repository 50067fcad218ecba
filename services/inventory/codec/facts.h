// Every event and its message: for codec's own .cc files.
#pragma once

#include "omo/inventory/events/v1/inventory_events.pb.h"
#include "services/inventory/domain/inventory.h"

namespace omo::inventory {

namespace pb = omo::inventory::events::v1;

// The one list of them: the event, which is called as its message is, and its field. One that is
// missing here does not compile.
// clang-format off
#define OMO_INVENTORY_EVENTS(event)                       \
  event(StockReceived, stock_received)                    \
  event(StockAdjusted, stock_adjusted)                    \
  event(StockStateMoved, stock_state_moved)               \
  event(StockReserved, stock_reserved)                    \
  event(ReservationExtended, reservation_extended)        \
  event(ReservationCommitted, reservation_committed)      \
  event(ReservationFulfilled, reservation_fulfilled)      \
  event(ReservationReleased, reservation_released)        \
  event(ReservationTransferred, reservation_transferred)  \
  event(ReservationMarkedShort, reservation_marked_short) \
  event(ReservationExpired, reservation_expired)          \
  event(SaleRecorded, sale_recorded)                      \
  event(UnitDefined, unit_defined)                        \
  event(StockRulesSet, stock_rules_set)                   \
  event(PurchaseLimitSet, purchase_limit_set)             \
  event(NetworkChanged, network_changed)                  \
  event(NetworkApplied, network_applied)                  \
  event(StockUploaded, stock_uploaded)                    \
  event(ReservationRejected, reservation_rejected)        \
  event(QuotaSet, quota_set)                              \
  event(KitDefined, kit_defined)                          \
  event(StockReleveled, stock_releveled)                  \
  event(LocationOpened, location_opened)                  \
  event(LocationUpdated, location_updated)                \
  event(LocationClosed, location_closed)
// clang-format on

// To and from the message; each defined with those of its area.
#define OMO_DECLARE(Event, field)                          \
  void Write(const Event& event, pb::InventoryEvent& out); \
  InventoryEvent Read(const pb::Event& in);
OMO_INVENTORY_EVENTS(OMO_DECLARE)
#undef OMO_DECLARE

}  // namespace omo::inventory
