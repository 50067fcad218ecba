#include "services/inventory/codec/inventory_codec.h"

#include <google/protobuf/arena.h>

#include "libs/codec/envelope.h"
#include "services/inventory/codec/facts.h"

namespace omo::inventory {
namespace {

// Most events fit into this; what does not goes to the heap.
constexpr std::size_t kArenaBytes = 4096;

pb::InventoryEvent& ToProto(const InventoryEvent& event, google::protobuf::Arena& arena) {
  auto& out = *google::protobuf::Arena::CreateMessage<pb::InventoryEvent>(&arena);
  std::visit([&](const auto& fact) { Write(fact, out); }, event);
  return out;
}

std::optional<InventoryEvent> ReadFact(const pb::InventoryEvent& in) {
  switch (in.fact_case()) {  // No default: a new fact that is not read here does not compile.
    case pb::InventoryEvent::kStockReceived:
      return Read(in.stock_received());
    case pb::InventoryEvent::kStockAdjusted:
      return Read(in.stock_adjusted());
    case pb::InventoryEvent::kStockStateMoved:
      return Read(in.stock_state_moved());
    case pb::InventoryEvent::kStockReserved:
      return Read(in.stock_reserved());
    case pb::InventoryEvent::kReservationExtended:
      return Read(in.reservation_extended());
    case pb::InventoryEvent::kReservationCommitted:
      return Read(in.reservation_committed());
    case pb::InventoryEvent::kReservationFulfilled:
      return Read(in.reservation_fulfilled());
    case pb::InventoryEvent::kReservationReleased:
      return Read(in.reservation_released());
    case pb::InventoryEvent::kReservationTransferred:
      return Read(in.reservation_transferred());
    case pb::InventoryEvent::kReservationMarkedShort:
      return Read(in.reservation_marked_short());
    case pb::InventoryEvent::kReservationExpired:
      return Read(in.reservation_expired());
    case pb::InventoryEvent::kSaleRecorded:
      return Read(in.sale_recorded());
    case pb::InventoryEvent::kUnitDefined:
      return Read(in.unit_defined());
    case pb::InventoryEvent::kStockRulesSet:
      return Read(in.stock_rules_set());
    case pb::InventoryEvent::kPurchaseLimitSet:
      return Read(in.purchase_limit_set());
    case pb::InventoryEvent::kNetworkChanged:
      return Read(in.network_changed());
    case pb::InventoryEvent::kNetworkApplied:
      return Read(in.network_applied());
    case pb::InventoryEvent::kStockUploaded:
      return Read(in.stock_uploaded());
    case pb::InventoryEvent::kReservationRejected:
      return Read(in.reservation_rejected());
    case pb::InventoryEvent::kQuotaSet:
      return Read(in.quota_set());
    case pb::InventoryEvent::kKitDefined:
      return Read(in.kit_defined());
    case pb::InventoryEvent::kStockReleveled:
      return Read(in.stock_releveled());
    case pb::InventoryEvent::kLocationOpened:
      return Read(in.location_opened());
    case pb::InventoryEvent::kLocationUpdated:
      return Read(in.location_updated());
    case pb::InventoryEvent::kLocationClosed:
      return Read(in.location_closed());
    case pb::InventoryEvent::FACT_NOT_SET:
      break;
  }
  return std::nullopt;
}

std::string_view Name(const StockReceived&) { return "omo.inventory.events.v1.StockReceived"; }
std::string_view Name(const StockAdjusted&) { return "omo.inventory.events.v1.StockAdjusted"; }
std::string_view Name(const StockStateMoved&) { return "omo.inventory.events.v1.StockStateMoved"; }
std::string_view Name(const StockReserved&) { return "omo.inventory.events.v1.StockReserved"; }
std::string_view Name(const ReservationExtended&) {
  return "omo.inventory.events.v1.ReservationExtended";
}
std::string_view Name(const ReservationCommitted&) {
  return "omo.inventory.events.v1.ReservationCommitted";
}
std::string_view Name(const ReservationFulfilled&) {
  return "omo.inventory.events.v1.ReservationFulfilled";
}
std::string_view Name(const ReservationReleased&) {
  return "omo.inventory.events.v1.ReservationReleased";
}
std::string_view Name(const ReservationTransferred&) {
  return "omo.inventory.events.v1.ReservationTransferred";
}
std::string_view Name(const ReservationMarkedShort&) {
  return "omo.inventory.events.v1.ReservationMarkedShort";
}
std::string_view Name(const ReservationExpired&) {
  return "omo.inventory.events.v1.ReservationExpired";
}
std::string_view Name(const SaleRecorded&) { return "omo.inventory.events.v1.SaleRecorded"; }
std::string_view Name(const UnitDefined&) { return "omo.inventory.events.v1.UnitDefined"; }
std::string_view Name(const StockRulesSet&) { return "omo.inventory.events.v1.StockRulesSet"; }
std::string_view Name(const PurchaseLimitSet&) {
  return "omo.inventory.events.v1.PurchaseLimitSet";
}
std::string_view Name(const NetworkChanged&) { return "omo.inventory.events.v1.NetworkChanged"; }
std::string_view Name(const NetworkApplied&) { return "omo.inventory.events.v1.NetworkApplied"; }
std::string_view Name(const StockUploaded&) { return "omo.inventory.events.v1.StockUploaded"; }
std::string_view Name(const ReservationRejected&) {
  return "omo.inventory.events.v1.ReservationRejected";
}
std::string_view Name(const QuotaSet&) { return "omo.inventory.events.v1.QuotaSet"; }
std::string_view Name(const KitDefined&) { return "omo.inventory.events.v1.KitDefined"; }
std::string_view Name(const StockReleveled&) { return "omo.inventory.events.v1.StockReleveled"; }
std::string_view Name(const LocationOpened&) { return "omo.inventory.events.v1.LocationOpened"; }
std::string_view Name(const LocationUpdated&) { return "omo.inventory.events.v1.LocationUpdated"; }
std::string_view Name(const LocationClosed&) { return "omo.inventory.events.v1.LocationClosed"; }

const std::string& Key(const StockAdjusted& event) { return event.line.sku.value; }
const std::string& Key(const StockStateMoved& event) { return event.line.sku.value; }
const std::string& Key(const ReservationExtended& event) { return event.sku.value; }
const std::string& Key(const ReservationReleased& event) { return event.sku.value; }
const std::string& Key(const UnitDefined& event) { return event.sku.value; }
const std::string& Key(const StockRulesSet& event) { return event.sku.value; }
const std::string& Key(const QuotaSet& event) { return event.sku.value; }
const std::string& Key(const KitDefined& event) { return event.sku.value; }
const std::string& Key(const PurchaseLimitSet& event) { return event.sku.value; }
const std::string& NetworkKeyName() {
  static const std::string kKey = kNetworkKey;
  return kKey;
}
const std::string& Key(const NetworkChanged&) { return NetworkKeyName(); }
const std::string& Key(const NetworkApplied&) { return NetworkKeyName(); }
const std::string& Key(const StockReleveled&) { return NetworkKeyName(); }
const std::string& Key(const StockUploaded& event) { return event.records.front().sku.value; }
const std::string& Key(const LocationOpened& event) { return event.id.value; }
const std::string& Key(const LocationUpdated& event) { return event.id.value; }
const std::string& Key(const LocationClosed& event) { return event.id.value; }
const std::string& Key(const auto& event) { return event.lines.front().sku.value; }

}  // namespace

std::string Encode(const InventoryEvent& event, const Envelope& envelope) {
  alignas(8) char block[kArenaBytes];
  google::protobuf::Arena arena(block, sizeof(block));
  pb::InventoryEvent& out = ToProto(event, arena);
  if (envelope != Envelope{}) codec::Write(envelope, *out.mutable_envelope());
  return out.SerializeAsString();
}

std::optional<Recorded> Decode(std::string_view bytes) {
  alignas(8) char block[kArenaBytes];
  google::protobuf::Arena arena(block, sizeof(block));
  auto& in = *google::protobuf::Arena::CreateMessage<pb::InventoryEvent>(&arena);
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  std::optional<InventoryEvent> event = ReadFact(in);
  if (!event) return std::nullopt;
  return Recorded{codec::Read(in.envelope()), std::move(*event)};
}

std::string_view TypeOf(const InventoryEvent& event) {
  return std::visit([](const auto& fact) { return Name(fact); }, event);
}

const std::string& KeyOf(const InventoryEvent& event) {
  return std::visit([](const auto& fact) -> const std::string& { return Key(fact); }, event);
}

std::string Describe(const InventoryEvent& event) {
  google::protobuf::Arena arena;
  return ToProto(event, arena).ShortDebugString();
}

}  // namespace omo::inventory
