#include "tests/unit/inventory_api/bad_requests.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>

#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

using google::protobuf::Message;

const std::vector<Good> kGood = {
    {"ReceiveStock", "lines { sku: 'milk' location: 'shop' quantity { value: 1 } }"},
    {"AdjustStock", "sku: 'milk' location: 'shop' delta { value: -1 } reason: 'broken'"},
    {"SetStock",
     "sku: 'milk' location: 'shop' on_hand { value: 2 } expected_from { value: 1 }"
     " reason: 'count'"},
    {"UploadStock",
     "records { record_id: 'e1' sku: 'milk' location: 'shop' on_hand { value: 1 } as_of_ms: 1 }"},
    {"MoveStockState", "sku: 'milk' location: 'shop' to: BUCKET_DISPLAY quantity { value: 1 }"},
    {"ReserveStock",
     "reservation_id: 'r1' owner: 'cart' hold_seconds: 60"
     " lines { sku: 'milk' location: 'shop' quantity { value: 1 } }"},
    {"ExtendReservation", "reservation_id: 'r1' sku: 'milk' hold_seconds: 60"},
    {"CommitReservation", "reservation_id: 'r1' sku: 'milk'"},
    {"FulfilReservation", "reservation_id: 'r1' sku: 'milk'"},
    {"ReleaseReservation", "reservation_id: 'r1' sku: 'milk'"},
    {"TransferReservation",
     "reservation_id: 'r1'"
     " lines { sku: 'milk' from_location: 'a' to_location: 'b' quantity { value: 1 } }"},
    {"MarkReservationShort",
     "reservation_id: 'r1' reason: 'gone'"
     " lines { sku: 'milk' location: 'shop' quantity { value: 1 } }"},
    {"RejectReservation",
     "reservation_id: 'r1' sku: 'milk' reason: 'DAMAGE'"
     " lines { sku: 'milk' location: 'shop' quantity { value: 1 } }"},
    {"RecordSale",
     "device: 'till' sequence: 1 occurred_at_ms: 1"
     " lines { sku: 'milk' location: 'shop' quantity { value: 1 } }"},
    {"DefineUnit", "sku: 'milk' unit: 'piece'"},
    {"DefineKit",
     "sku: '" + SkuIn(0) + "' components { sku: '" + SkuIn(0, 1) + "' quantity { value: 1 } }"},
    {"SetStockRules", "sku: 'milk' rules { safety { value: 1 } }"},
    {"SetPurchaseLimit", "sku: 'milk' campaign: 'may' per_customer { value: 2 }"},
    {"SetQuota",
     "sku: 'milk' location: 'shop' quota_id: 'q' owner { channel: 'web' } quantity { value: 0 }"},
    {"ChangeNetwork", "change { put_group { group_id: 'city' group { locations: 'shop' } } }"},
    {"OpenLocation",
     "location_id: 'shop'"
     " profile { kind: LOCATION_KIND_STORE name: 'Shop' time_zone: 'Asia/Shanghai' }"},
    {"UpdateLocation",
     "location_id: 'shop'"
     " profile { kind: LOCATION_KIND_STORE name: 'Shop' time_zone: 'Asia/Shanghai' }"},
    {"CloseLocation", "location_id: 'shop' reason: 'moved'"},
    {"GetAvailability", "skus: 'milk'"},
    {"WatchAvailability", "skus: 'milk'"},
    {"GetNetwork", ""},
    {"GetReservation", "reservation_id: 'r1' sku: 'milk'"},
    {"ListReservations", ""},
    {"PreviewNetworkChange", "change { put_methods { ship: true } }"},
    {"ListMovements", "sku: 'milk'"},
    {"GetStockAsOf", "sku: 'milk' time_ms: 1"},
    {"GetLocation", "location_id: 'shop'"},
    {"ListLocations", ""},
    {"FindNearbyStock", "wanted { sku: 'milk' } origin { latitude_e7: 1 }"},
};

const std::string kLong129(129, 'x');
const std::string kLong1001(1001, 'x');
const std::string kFarFuture = std::to_string(ToMillis(shard::WallNow()) + 3'600'000);

std::string Repeat(const std::string& text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text + " ";
  return repeated;
}

// The faults that a list of sku, location, quantity lines can have.
std::vector<Fault> LineFaults(const std::string& rpc) {
  const auto line = [](const std::string& sku, const std::string& location,
                       const std::string& quantity) {
    return "lines { sku: '" + sku + "' location: '" + location + "' " + quantity + " }";
  };
  const std::string one = "quantity { value: 1 }";
  return {
      {rpc, "lines", line("", "shop", one), "REQUIRED", "lines[0].sku"},
      {rpc, "lines", line(kLong129, "shop", one), "TOO_LONG", "lines[0].sku"},
      {rpc, "lines", line("oat milk", "shop", one), "NOT_PRINTABLE", "lines[0].sku"},
      {rpc, "lines", line("milk", "", one), "REQUIRED", "lines[0].location"},
      {rpc, "lines", line("milk", kLong129, one), "TOO_LONG", "lines[0].location"},
      {rpc, "lines", line("milk", "shop", ""), "REQUIRED", "lines[0].quantity"},
      {rpc, "lines", line("milk", "shop", "quantity { value: 0 }"), "NOT_POSITIVE",
       "lines[0].quantity.value"},
      {rpc, "lines", line("milk", "shop", "quantity { value: -3 }"), "NOT_POSITIVE",
       "lines[0].quantity.value"},
      {rpc, "lines", line("milk", "shop", "quantity { value: 9223372036854775807 }"),
       "OUT_OF_RANGE", "lines[0].quantity.value"},
      {rpc, "lines", line("milk", "shop", "quantity { value: 1 scale: 10 }"), "OUT_OF_RANGE",
       "lines[0].quantity.scale"},
      {rpc, "lines", line("milk", "shop", "quantity { value: 1 scale: -1 }"), "OUT_OF_RANGE",
       "lines[0].quantity.scale"},
      {rpc, "lines", Repeat(line("milk", "shop", one), 101), "TOO_LONG", "lines"},
      {rpc, "lines", line(SkuIn(0), "shop", one) + line(SkuIn(1), "shop", one),
       "LINES_OF_SEVERAL_SHARDS",
       rpc[0] == 'F' || rpc == "ReleaseReservation" || rpc == "RejectReservation" ? ""
                                                                                  : "lines[1].sku"},
  };
}

std::vector<Fault> GroupFault(const std::string& rpc) {
  return {{rpc, "lines", "lines { sku: 'milk' group: 'city' quantity { value: 1 } }",
           "UNKNOWN_VALUE", "lines[0].group"}};
}

std::vector<Fault> ProfileFaults(const std::string& rpc) {
  const auto fault = [&](const std::string& damage, const std::string& reason,
                         const std::string& field) {
    return Fault{rpc, "", "profile { " + damage + " }", reason, "profile." + field};
  };
  return {
      {rpc, "profile", "", "REQUIRED", "profile"},
      {rpc, "location_id", "", "REQUIRED", "location_id"},
      {rpc, "", "location_id: '" + kLong129 + "'", "TOO_LONG", "location_id"},
      fault("kind: LOCATION_KIND_UNSPECIFIED", "UNKNOWN_VALUE", "kind"),
      fault("kind: 77", "UNKNOWN_VALUE", "kind"),
      fault("name: ''", "REQUIRED", "name"),
      fault("name: '" + kLong129 + "'", "TOO_LONG", "name"),
      fault("name: 'a\\nb'", "NOT_PRINTABLE", "name"),
      fault("brand: '" + kLong129 + "'", "TOO_LONG", "brand"),
      fault("time_zone: ''", "REQUIRED", "time_zone"),
      fault("time_zone: 'Asia/Atlantis'", "BAD_PROFILE", "time_zone"),
      fault("time_zone: 'localtime'", "BAD_PROFILE", "time_zone"),
      fault("time_zone: '../zoneinfo/Asia/Shanghai'", "BAD_PROFILE", "time_zone"),
      fault("pickup_lead_minutes: -1", "BAD_PROFILE", "pickup_lead_minutes"),
      fault("pickup_lead_minutes: 43201", "BAD_PROFILE", "pickup_lead_minutes"),
      fault("franchise_parent: '" + kLong129 + "'", "TOO_LONG", "franchise_parent"),
      fault("address { city: '" + kLong1001 + "' }", "TOO_LONG", "address.city"),
      fault("geo { latitude_e7: 900000001 }", "BAD_PROFILE", "geo.latitude_e7"),
      fault("geo { longitude_e7: -1800000001 }", "BAD_PROFILE", "geo.longitude_e7"),
      fault("hours { weekday: 8 opens_minute: 1 closes_minute: 2 }", "BAD_PROFILE", "hours"),
      fault("exceptions { date: 20260231 }", "BAD_PROFILE", "exceptions"),
      fault("capabilities: 99", "UNKNOWN_VALUE", "capabilities[0]"),
  };
}

// The faults that an upload's records can have.
std::vector<Fault> RecordFaults() {
  const auto record = [](const std::string& id, const std::string& place, const std::string& rest) {
    return "records { record_id: '" + id + "' " + place + " " + rest + " }";
  };
  const auto fault = [](const std::string& damage, const std::string& reason,
                        const std::string& field) {
    return Fault{"UploadStock", "records", damage, reason, field};
  };
  const std::string place = "sku: 'milk' location: 'shop'";
  const std::string one = "on_hand { value: 1 }";
  const std::string good = record("e1", place, one + " as_of_ms: 1");
  return {
      fault("", "REQUIRED", "records"),
      fault(Repeat(good, 101), "TOO_LONG", "records"),
      fault(record("", place, one + " as_of_ms: 1"), "REQUIRED", "records[0].record_id"),
      fault(good + record(kLong129, place, one + " as_of_ms: 1"), "TOO_LONG",
            "records[1].record_id"),
      fault(record("e1", "location: 'shop'", one + " as_of_ms: 1"), "REQUIRED", "records[0].sku"),
      fault(record("e1", "sku: 'milk'", one + " as_of_ms: 1"), "REQUIRED", "records[0].location"),
      fault(record("e1", place, "as_of_ms: 1"), "REQUIRED", "records[0].on_hand"),
      fault(record("e1", place, "on_hand { value: -1 } as_of_ms: 1"), "OUT_OF_RANGE",
            "records[0].on_hand.value"),
      fault(record("e1", place, "on_hand { scale: 10 } as_of_ms: 1"), "OUT_OF_RANGE",
            "records[0].on_hand.scale"),
      fault(record("e1", place, one), "NOT_POSITIVE", "records[0].as_of_ms"),
      fault(good + record("e1", place, one + " as_of_ms: " + kFarFuture), "OCCURRED_IN_FUTURE",
            "records[1].as_of_ms"),
      fault(record("e1", "sku: '" + SkuIn(0) + "' location: 'shop'", one + " as_of_ms: 1") +
                record("e2", "sku: '" + SkuIn(1) + "' location: 'shop'", one + " as_of_ms: 1"),
            "LINES_OF_SEVERAL_SHARDS", "records[1].sku"),
      {"UploadStock", "", "source: '" + kLong129 + "'", "TOO_LONG", "source"},
      {"UploadStock", "", "reason: '" + kLong1001 + "'", "TOO_LONG", "reason"},
  };
}

// The faults that a kit's components can have.
std::vector<Fault> KitFaults() {
  const auto fault = [](const std::string& part, const std::string& reason,
                        const std::string& field) {
    return Fault{"DefineKit", "components", "components { " + part + " }", reason,
                 "components[0]." + field};
  };
  const std::string milk = "sku: '" + SkuIn(0, 1) + "' ";
  return {
      {"DefineKit", "sku", "", "REQUIRED", "sku"},
      {"DefineKit", "", "sku: '" + kLong129 + "'", "TOO_LONG", "sku"},
      {"DefineKit", "", Repeat("components { " + milk + "quantity { value: 1 } }", 100), "TOO_LONG",
       "components"},
      fault("quantity { value: 1 }", "REQUIRED", "sku"),
      fault("sku: 'oat milk' quantity { value: 1 }", "NOT_PRINTABLE", "sku"),
      fault(milk, "REQUIRED", "quantity"),
      fault(milk + "quantity { value: 0 }", "NOT_POSITIVE", "quantity.value"),
      fault(milk + "quantity { value: -2 }", "NOT_POSITIVE", "quantity.value"),
      fault(milk + "quantity { value: 9223372036854775807 }", "OUT_OF_RANGE", "quantity.value"),
      fault(milk + "quantity { value: 1 scale: 10 }", "OUT_OF_RANGE", "quantity.scale"),
      fault("sku: '" + SkuIn(1) + "' quantity { value: 1 }", "LINES_OF_SEVERAL_SHARDS", "sku"),
  };
}

// The reservation and SKU that several commands name.
std::vector<Fault> ReservationFaults(const std::string& rpc) {
  return {
      {rpc, "reservation_id", "", "REQUIRED", "reservation_id"},
      {rpc, "", "reservation_id: '" + kLong129 + "'", "TOO_LONG", "reservation_id"},
      {rpc, "sku", "", "REQUIRED", "sku"},
      {rpc, "", "sku: '" + kLong129 + "'", "TOO_LONG", "sku"},
  };
}

const std::vector<Fault> kFaults = {
    {"ReceiveStock", "lines", "", "REQUIRED", "lines"},
    {"ReceiveStock", "", "lines { sku: 'milk' location: 'shop' quantity { value: 1 } bucket: 99 }",
     "UNKNOWN_VALUE", "lines[1].bucket"},
    {"ReceiveStock", "",
     "lines { sku: 'milk' location: 'shop' quantity { value: 1 } bucket: BUCKET_COMMITTED }",
     "BAD_BUCKET", "lines[1].bucket"},
    {"ReceiveStock", "",
     "lines { sku: 'milk' location: 'shop' quantity { value: 1 } from_incoming { value: -1 } }",
     "OUT_OF_RANGE", "lines[1].from_incoming.value"},

    {"AdjustStock", "sku", "", "REQUIRED", "sku"},
    {"AdjustStock", "location", "", "REQUIRED", "location"},
    {"AdjustStock", "delta", "", "REQUIRED", "delta"},
    {"AdjustStock", "", "delta { value: 0 }", "OUT_OF_RANGE", "delta.value"},
    {"AdjustStock", "", "delta { value: -9223372036854775808 }", "OUT_OF_RANGE", "delta.value"},
    {"AdjustStock", "", "delta { scale: 12 }", "OUT_OF_RANGE", "delta.scale"},
    {"AdjustStock", "", "bucket: BUCKET_RESERVED", "BAD_BUCKET", "bucket"},
    {"AdjustStock", "", "bucket: 99", "UNKNOWN_VALUE", "bucket"},
    {"AdjustStock", "reason", "", "REQUIRED", "reason"},
    {"AdjustStock", "", "reason: '" + kLong1001 + "'", "TOO_LONG", "reason"},
    {"SetStock", "sku", "", "REQUIRED", "sku"},
    {"SetStock", "location", "", "REQUIRED", "location"},
    {"SetStock", "on_hand", "", "REQUIRED", "on_hand"},
    {"SetStock", "", "on_hand { value: -1 }", "OUT_OF_RANGE", "on_hand.value"},
    {"SetStock", "", "on_hand { value: 9223372036854775807 }", "OUT_OF_RANGE", "on_hand.value"},
    {"SetStock", "", "on_hand { scale: 10 }", "OUT_OF_RANGE", "on_hand.scale"},
    {"SetStock", "expected_from", "", "REQUIRED", "expected_from"},
    {"SetStock", "", "expected_from { value: -9223372036854775808 }", "OUT_OF_RANGE",
     "expected_from.value"},
    {"SetStock", "", "expected_from { scale: -1 }", "OUT_OF_RANGE", "expected_from.scale"},
    {"SetStock", "", "from_any: 5", "UNKNOWN_VALUE", "from_any"},
    {"SetStock", "reason", "", "REQUIRED", "reason"},
    {"SetStock", "", "reason: '" + kLong1001 + "'", "TOO_LONG", "reason"},

    {"MoveStockState", "sku", "", "REQUIRED", "sku"},
    {"MoveStockState", "location", "", "REQUIRED", "location"},
    {"MoveStockState", "to", "", "SAME_PLACE", "to"},
    {"MoveStockState", "", "to: BUCKET_INCOMING", "BAD_BUCKET", "to"},
    {"MoveStockState", "", "from: BUCKET_RESERVED", "BAD_BUCKET", "from"},
    {"MoveStockState", "", "from: 99", "UNKNOWN_VALUE", "from"},
    {"MoveStockState", "quantity", "", "REQUIRED", "quantity"},
    {"MoveStockState", "", "quantity { value: -1 }", "NOT_POSITIVE", "quantity.value"},
    {"MoveStockState", "", "reason: '" + kLong1001 + "'", "TOO_LONG", "reason"},

    {"ReserveStock", "reservation_id", "", "REQUIRED", "reservation_id"},
    {"ReserveStock", "", "reservation_id: '" + kLong129 + "'", "TOO_LONG", "reservation_id"},
    {"ReserveStock", "owner", "", "REQUIRED", "owner"},
    {"ReserveStock", "lines", "", "REQUIRED", "lines"},
    {"ReserveStock", "hold_seconds", "", "OUT_OF_RANGE", "hold_seconds"},
    {"ReserveStock", "", "hold_seconds: -1", "OUT_OF_RANGE", "hold_seconds"},
    {"ReserveStock", "", "hold_seconds: 14401", "OUT_OF_RANGE", "hold_seconds"},

    {"ExtendReservation", "hold_seconds", "", "OUT_OF_RANGE", "hold_seconds"},
    {"ExtendReservation", "", "hold_seconds: 14401", "OUT_OF_RANGE", "hold_seconds"},
    {"CommitReservation", "", "owner: '" + kLong129 + "'", "TOO_LONG", "owner"},
    {"FulfilReservation", "", "lines { sku: '" + SkuIn(0) + "' } lines { sku: '" + SkuIn(1) + "' }",
     "REQUIRED", "lines[0].location"},
    {"ReleaseReservation", "", "lines { sku: 'a b' location: 'shop' quantity { value: 1 } }",
     "NOT_PRINTABLE", "lines[0].sku"},

    {"TransferReservation", "lines", "", "REQUIRED", "lines"},
    {"TransferReservation", "reservation_id", "", "REQUIRED", "reservation_id"},
    {"TransferReservation", "lines",
     "lines { sku: 'milk' from_location: 'a' to_location: 'a' quantity { value: 1 } }",
     "SAME_PLACE", "lines[0].to_location"},
    {"TransferReservation", "lines", "lines { sku: 'milk' to_location: 'a' quantity { value: 1 } }",
     "REQUIRED", "lines[0].from_location"},
    {"TransferReservation", "lines",
     "lines { sku: 'milk' from_location: 'a' to_location: 'b' quantity { value: 0 } }",
     "NOT_POSITIVE", "lines[0].quantity.value"},
    {"TransferReservation", "lines",
     "lines { sku: '" + SkuIn(2) +
         "' from_location: 'a' to_location: 'b' quantity { value: 1 } }"
         "lines { sku: '" +
         SkuIn(3) + "' from_location: 'a' to_location: 'b' quantity { value: 1 } }",
     "LINES_OF_SEVERAL_SHARDS", "lines[1].sku"},

    {"MarkReservationShort", "lines", "", "REQUIRED", "lines"},
    {"MarkReservationShort", "reason", "", "REQUIRED", "reason"},
    {"MarkReservationShort", "reservation_id", "", "REQUIRED", "reservation_id"},

    {"RejectReservation", "lines", "", "REQUIRED", "lines"},
    {"RejectReservation", "reason", "", "REQUIRED", "reason"},
    {"RejectReservation", "", "reason: '" + kLong129 + "'", "TOO_LONG", "reason"},
    {"RejectReservation", "", "note: '" + kLong1001 + "'", "TOO_LONG", "note"},

    {"RecordSale", "lines", "", "REQUIRED", "lines"},
    {"RecordSale", "device", "", "REQUIRED", "device"},
    {"RecordSale", "", "device: '" + kLong129 + "'", "TOO_LONG", "device"},
    {"RecordSale", "", "sequence: -1", "OUT_OF_RANGE", "sequence"},
    {"RecordSale", "occurred_at_ms", "", "NOT_POSITIVE", "occurred_at_ms"},
    {"RecordSale", "", "occurred_at_ms: " + kFarFuture, "OCCURRED_IN_FUTURE", "occurred_at_ms"},
    {"RecordSale", "", "occurred_at_ms: 9223372036854775807", "OCCURRED_IN_FUTURE",
     "occurred_at_ms"},

    {"DefineUnit", "sku", "", "REQUIRED", "sku"},
    {"DefineUnit", "unit", "", "REQUIRED", "unit"},
    {"DefineUnit", "", "unit: '" + kLong129 + "'", "TOO_LONG", "unit"},
    {"DefineUnit", "", "scale: 10", "OUT_OF_RANGE", "scale"},
    {"DefineUnit", "", "scale: -1", "OUT_OF_RANGE", "scale"},

    {"ReserveStock", "", "method: 99", "UNKNOWN_VALUE", "method"},
    {"ReserveStock", "", "campaign: 'may'", "REQUIRED", "customer"},
    {"ReserveStock", "", "customer: 'li'", "REQUIRED", "campaign"},
    {"ReserveStock", "lines", "lines { sku: 'milk' group: '' quantity { value: 1 } }", "REQUIRED",
     "lines[0].group"},
    {"ReserveStock", "lines", "lines { sku: 'milk' location: '@city' quantity { value: 1 } }",
     "BAD_NAME", "lines[0].location"},
    {"TransferReservation", "lines",
     "lines { sku: 'milk' from_group: 'city' from_location: 'a' to_location: 'b'"
     " quantity { value: 1 } }",
     "UNKNOWN_VALUE", "lines[0].from_location"},

    {"SetStockRules", "sku", "", "REQUIRED", "sku"},
    {"SetStockRules", "", "location: '@city'", "BAD_NAME", "location"},
    {"SetStockRules", "rules", "", "REQUIRED", "rules"},
    {"SetStockRules", "", "rules { safety { value: -1 } }", "OUT_OF_RANGE", "rules.safety.value"},
    {"SetStockRules", "", "rules { line_max { scale: 10 } }", "OUT_OF_RANGE",
     "rules.line_max.scale"},
    {"SetStockRules", "", "rules { backorder: 99 }", "UNKNOWN_VALUE", "rules.backorder"},
    {"SetStockRules", "", "rules { classes: '' }", "REQUIRED", "rules.classes[0]"},
    {"SetStockRules", "", "rules { excluded_from: '' }", "REQUIRED", "rules.excluded_from[0]"},
    {"SetPurchaseLimit", "campaign", "", "REQUIRED", "campaign"},
    {"SetPurchaseLimit", "", "per_customer { value: -9 }", "NOT_POSITIVE", "per_customer.value"},
    {"SetQuota", "location", "", "REQUIRED", "location"},
    {"SetQuota", "", "location: '@city'", "BAD_NAME", "location"},
    {"SetQuota", "", "group: '" + kLong129 + "'", "TOO_LONG", "group"},
    {"SetQuota", "quota_id", "", "REQUIRED", "quota_id"},
    {"SetQuota", "owner", "", "REQUIRED", "owner"},
    {"SetQuota", "", "owner { segment: '" + kLong129 + "' }", "TOO_LONG", "owner.segment"},
    {"SetQuota", "", "owner { channel: '" + kLong129 + "' }", "TOO_LONG", "owner.channel"},
    {"SetQuota", "quantity", "", "REQUIRED", "quantity"},
    {"SetQuota", "", "quantity { value: -1 }", "OUT_OF_RANGE", "quantity.value"},
    {"SetQuota", "", "quantity { value: 1 scale: 10 }", "OUT_OF_RANGE", "quantity.scale"},
    {"SetQuota", "", "ends_at_ms: -1", "OUT_OF_RANGE", "ends_at_ms"},
    {"SetQuota", "", "ends_at_ms: 10000000000001", "OUT_OF_RANGE", "ends_at_ms"},
    {"SetQuota", "", Repeat("lends_to { }", 21), "TOO_LONG", "lends_to"},
    {"SetQuota", "", "lends_to { segment: '" + kLong129 + "' }", "TOO_LONG", "lends_to[0].segment"},
    {"PreviewNetworkChange", "change", "", "REQUIRED", "change"},
    {"PreviewNetworkChange", "change", "change { put_group { group_id: '' } }", "BAD_NAME",
     "change.put_group.group_id"},
    {"PreviewNetworkChange", "", "channel: '" + kLong129 + "'", "TOO_LONG", "channel"},
    {"PreviewNetworkChange", "", "segment: '" + kLong129 + "'", "TOO_LONG", "segment"},
    {"PreviewNetworkChange", "", "method: 99", "UNKNOWN_VALUE", "method"},
    {"PreviewNetworkChange", "", "page_size: -1", "OUT_OF_RANGE", "page_size"},
    {"PreviewNetworkChange", "", "page_token: 'a,b,c'", "PAGE_TOKEN", "page_token"},
    {"ReserveStock", "", "segment: '" + kLong129 + "'", "TOO_LONG", "segment"},
    {"GetAvailability", "", "segment: '" + kLong129 + "'", "TOO_LONG", "segment"},
    {"FindNearbyStock", "", "segment: '" + kLong129 + "'", "TOO_LONG", "segment"},
    {"ChangeNetwork", "change", "", "REQUIRED", "change"},
    {"ChangeNetwork", "", "expected_version: -1", "OUT_OF_RANGE", "expected_version"},
    {"ChangeNetwork", "change", "change { put_group { } }", "BAD_NAME",
     "change.put_group.group_id"},
    {"ChangeNetwork", "change", "change { put_group { group_id: 'a' group { groups: '' } } }",
     "BAD_NAME", "change.put_group.group.groups"},
    {"ChangeNetwork", "change",
     "change { put_safety_rules { rules { places { all: true } quantity { value: 1 } } } }",
     "RULE_OVER_NOTHING", "change.put_safety_rules.rules[0].skus"},
    {"ChangeNetwork", "change",
     "change { put_safety_rules { rules { skus { all: true } places { all: true }"
     " quantity { value: -1 } } } }",
     "BAD_QUANTITY", "change.put_safety_rules.rules[0].quantity.value"},
    {"ChangeNetwork", "change",
     "change { put_channel { channel: 'web' rules { skus { all: true } places { all: true }"
     " buffer_percent: 101 } } }",
     "BAD_RULE", "change.put_channel.rules[0].buffer_percent"},
    {"ChangeNetwork", "change", "change { pause_location { location: 'shop' paused: true } }",
     "BAD_NAME", "change.pause_location.reason"},
    {"ChangeNetwork", "change", "change { put_reject_rules { rules { reason: 'x' effect: 9 } } }",
     "BAD_RULE", "change.put_reject_rules.rules[0].effect"},

    {"UpdateLocation", "", "expected_version: -1", "OUT_OF_RANGE", "expected_version"},
    {"CloseLocation", "location_id", "", "REQUIRED", "location_id"},
    {"CloseLocation", "reason", "", "REQUIRED", "reason"},

    {"GetAvailability", "skus", "", "REQUIRED", "skus"},
    {"GetAvailability", "", "skus: ''", "REQUIRED", "skus[1]"},
    {"GetAvailability", "", Repeat("skus: 'a'", 100), "TOO_LONG", "skus"},
    {"GetAvailability", "", "locations: '" + kLong129 + "'", "TOO_LONG", "locations[0]"},
    {"GetAvailability", "", "groups: ''", "REQUIRED", "groups[0]"},
    {"GetAvailability", "", Repeat("groups: 'a'", 21), "TOO_LONG", "groups"},
    {"GetAvailability", "", "method: 99", "UNKNOWN_VALUE", "method"},
    {"GetAvailability", "", "locations: 'a' locations: 'a'", "REPEATED", "locations[1]"},
    {"WatchAvailability", "skus", "", "REQUIRED", "skus"},
    {"WatchAvailability", "", "skus: ''", "REQUIRED", "skus[1]"},
    {"WatchAvailability", "", Repeat("skus: 'milk'", 100), "TOO_LONG", "skus"},
    {"WatchAvailability", "skus", "skus: '" + SkuIn(2) + "' skus: '" + SkuIn(3) + "'",
     "LINES_OF_SEVERAL_SHARDS", "skus[1]"},
    {"WatchAvailability", "", "shard: 1", "UNKNOWN_VALUE", "shard"},
    {"WatchAvailability", "skus", "shard: 4", "OUT_OF_RANGE", "shard"},
    {"WatchAvailability", "skus", "shard: -1", "OUT_OF_RANGE", "shard"},
    {"WatchAvailability", "", "locations: ''", "REQUIRED", "locations[0]"},
    {"WatchAvailability", "", Repeat("locations: 'a'", 101), "TOO_LONG", "locations"},
    {"WatchAvailability", "", "from { shard: 77 }", "OUT_OF_RANGE", "from.shard"},
    {"WatchAvailability", "", "from { offset: -1 }", "OUT_OF_RANGE", "from.offset"},
    {"ListReservations", "", "state: 99", "UNKNOWN_VALUE", "state"},
    {"ListReservations", "", "state: RESERVATION_STATE_EXPIRED", "OUT_OF_RANGE", "state"},
    {"ListReservations", "", "owner: '" + kLong129 + "'", "TOO_LONG", "owner"},
    {"ListReservations", "", "channel: '" + kLong129 + "'", "TOO_LONG", "channel"},
    {"ListReservations", "", "min_age_seconds: -1", "OUT_OF_RANGE", "min_age_seconds"},
    {"ListReservations", "", "min_age_seconds: 9223372036854775807", "OUT_OF_RANGE",
     "min_age_seconds"},
    {"ListReservations", "", "page_size: -1", "OUT_OF_RANGE", "page_size"},
    {"ListReservations", "", "page_token: 'tomorrow,r1'", "PAGE_TOKEN", "page_token"},
    {"ListReservations", "", "page_token: '1'", "PAGE_TOKEN", "page_token"},
    {"ListMovements", "sku", "", "REQUIRED", "sku"},
    {"ListMovements", "", "location: '" + kLong129 + "'", "TOO_LONG", "location"},
    {"ListMovements", "", "page_size: -1", "OUT_OF_RANGE", "page_size"},
    {"ListMovements", "", "page_token: 'bread,,shop,7,0'", "PAGE_TOKEN", "page_token"},
    {"ListMovements", "", "page_token: 'milk,,shop,-7,0'", "PAGE_TOKEN", "page_token"},
    {"GetStockAsOf", "sku", "", "REQUIRED", "sku"},
    {"GetStockAsOf", "time_ms", "", "REQUIRED", "at"},
    {"GetStockAsOf", "", "time_ms: -1", "OUT_OF_RANGE", "time_ms"},
    {"GetStockAsOf", "", "time_ms: " + kFarFuture, "OUT_OF_RANGE", "time_ms"},
    {"GetStockAsOf", "", "position { shard: 77 offset: 1 }", "OUT_OF_RANGE", "position.shard"},
    {"GetStockAsOf", "", "position { offset: -1 }", "OUT_OF_RANGE", "position.offset"},
    {"GetStockAsOf", "", "locations: ''", "REQUIRED", "locations[0]"},
    {"GetLocation", "location_id", "", "REQUIRED", "location_id"},
    {"GetLocation", "", "location_id: '" + kLong129 + "'", "TOO_LONG", "location_id"},
    {"FindNearbyStock", "wanted", "", "REQUIRED", "wanted"},
    {"FindNearbyStock", "", Repeat("wanted { sku: 'a' }", 20), "TOO_LONG", "wanted"},
    {"FindNearbyStock", "", "wanted { sku: '' }", "REQUIRED", "wanted[1].sku"},
    {"FindNearbyStock", "", "wanted { sku: '" + kLong129 + "' }", "TOO_LONG", "wanted[1].sku"},
    {"FindNearbyStock", "", "wanted { sku: 'milk' }", "REPEATED", "wanted[1].sku"},
    {"FindNearbyStock", "", "wanted { sku: 'a' quantity { value: 0 } }", "NOT_POSITIVE",
     "wanted[1].quantity.value"},
    {"FindNearbyStock", "", "wanted { sku: 'a' quantity { value: 9223372036854775807 } }",
     "OUT_OF_RANGE", "wanted[1].quantity.value"},
    {"FindNearbyStock", "", "wanted { sku: 'a' quantity { value: 1 scale: 10 } }", "OUT_OF_RANGE",
     "wanted[1].quantity.scale"},
    {"FindNearbyStock", "", "wanted { sku: 'a' quantity { value: 15 scale: 1 } }",
     "QUANTITY_NOT_EXACT", "wanted[1].quantity"},
    {"FindNearbyStock", "origin", "", "REQUIRED", "origin"},
    {"FindNearbyStock", "", "origin { latitude_e7: 900000001 }", "OUT_OF_RANGE",
     "origin.latitude_e7"},
    {"FindNearbyStock", "", "origin { longitude_e7: -1800000001 }", "OUT_OF_RANGE",
     "origin.longitude_e7"},
    {"FindNearbyStock", "", "max_distance_m: -1", "OUT_OF_RANGE", "max_distance_m"},
    {"FindNearbyStock", "", "max_distance_m: 20015115", "OUT_OF_RANGE", "max_distance_m"},
    {"FindNearbyStock", "", "max_places: -1", "OUT_OF_RANGE", "max_places"},
    {"FindNearbyStock", "", "max_places: 101", "OUT_OF_RANGE", "max_places"},
    {"FindNearbyStock", "", "capabilities: 99", "UNKNOWN_VALUE", "capabilities[0]"},
    {"FindNearbyStock", "", Repeat("capabilities: CAPABILITY_SHIP", 21), "TOO_LONG",
     "capabilities"},
    {"FindNearbyStock", "", "kinds: LOCATION_KIND_STORE kinds: 99", "UNKNOWN_VALUE", "kinds[1]"},
    {"FindNearbyStock", "", "kinds: LOCATION_KIND_UNSPECIFIED", "UNKNOWN_VALUE", "kinds[0]"},
    {"FindNearbyStock", "", "open_at_ms: -1", "OUT_OF_RANGE", "open_at_ms"},
    {"FindNearbyStock", "", "open_at_ms: 9223372036854775807", "OUT_OF_RANGE", "open_at_ms"},
    {"FindNearbyStock", "", "display: 99", "UNKNOWN_VALUE", "display"},
    {"FindNearbyStock", "", "low_at_most: -1", "OUT_OF_RANGE", "low_at_most"},
    {"FindNearbyStock", "", "channel: '" + kLong129 + "'", "TOO_LONG", "channel"},
    {"FindNearbyStock", "", "method: 99", "UNKNOWN_VALUE", "method"},
    {"FindNearbyStock", "", "low_at_most: 1000001", "OUT_OF_RANGE", "low_at_most"},
    {"ListLocations", "", "kind: 99", "UNKNOWN_VALUE", "kind"},
    {"ListLocations", "", "page_size: -1", "OUT_OF_RANGE", "page_size"},
    {"ListLocations", "", "page_token: 'a,b'", "PAGE_TOKEN", "page_token"},
};

const google::protobuf::MethodDescriptor* MethodNamed(const std::string& rpc) {
  for (const char* service : {"InventoryService", "InventoryQueryService"}) {
    const auto* found = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
        std::string("omo.inventory.v1.") + service + "." + rpc);
    if (found != nullptr) return found;
  }
  FAIL("no rpc " + rpc);
  return nullptr;
}

}  // namespace

const std::vector<Good>& GoodRequests() { return kGood; }

bool IsCommand(const std::string& rpc) {
  return MethodNamed(rpc)->service()->name() == "InventoryService";
}

std::string PathOf(const std::string& rpc) {
  return "/" + MethodNamed(rpc)->service()->full_name() + "/" + rpc;
}

// The good request of the rpc with a fresh id if it is a command.
std::unique_ptr<Message> GoodRequest(const std::string& rpc) {
  const auto* type = MethodNamed(rpc)->input_type();
  std::unique_ptr<Message> request(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  for (const Good& good : kGood) {
    if (good.rpc != rpc) continue;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(good.request, request.get()));
  }
  if (const auto* id = type->FindFieldByName("command_id")) {
    request->GetReflection()->SetString(request.get(), id, NewId());
  }
  return request;
}

std::unique_ptr<Message> BadRequest(const Fault& fault) {
  std::unique_ptr<Message> request = GoodRequest(fault.rpc);
  if (!fault.clear.empty()) {
    const auto* field = request->GetDescriptor()->FindFieldByName(fault.clear);
    REQUIRE(field != nullptr);
    request->GetReflection()->ClearField(request.get(), field);
  }
  google::protobuf::TextFormat::Parser parser;
  INFO(fault.damage);
  REQUIRE(parser.MergeFromString(fault.damage, request.get()));
  return request;
}

std::vector<Fault> AllFaults() {
  std::vector<Fault> all = kFaults;
  const auto add = [&all](const std::vector<Fault>& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  for (const char* rpc : {"ReceiveStock", "ReserveStock", "MarkReservationShort", "RecordSale",
                          "FulfilReservation", "ReleaseReservation", "RejectReservation"}) {
    add(LineFaults(rpc));
  }
  for (const char* rpc : {"RecordSale", "FulfilReservation", "RejectReservation"})
    add(GroupFault(rpc));
  add(RecordFaults());
  add(KitFaults());
  for (const char* rpc : {"OpenLocation", "UpdateLocation"}) add(ProfileFaults(rpc));
  for (const char* rpc : {"ExtendReservation", "CommitReservation", "FulfilReservation",
                          "ReleaseReservation", "RejectReservation", "GetReservation"}) {
    add(ReservationFaults(rpc));
  }
  for (const Good& good : kGood) {
    if (IsCommand(good.rpc)) {
      add({{good.rpc, "command_id", "", "REQUIRED", "command_id"},
           {good.rpc, "", "command_id: 'mine'", "NOT_UUID7", "command_id"},
           {good.rpc, "", "command_id: '2f1b0f3e-7d0b-4c57-9a5e-0b6f7a1c2d3e'", "NOT_UUID7",
            "command_id"},
           {good.rpc, "", "min_position { shard: 1 offset: -1 }", "OUT_OF_RANGE",
            "min_position.offset"}});
    } else {
      add({{good.rpc, "", "read { level: 99 }", "UNKNOWN_VALUE", "read.level"},
           {good.rpc, "", "read { level: READ_LEVEL_MIN_POSITION }", "REQUIRED",
            "read.min_positions"},
           {good.rpc, "", "read { min_positions { shard: 99 } }", "OUT_OF_RANGE",
            "read.min_positions[0].shard"},
           {good.rpc, "", "read { min_positions { offset: -2 } }", "OUT_OF_RANGE",
            "read.min_positions[0].offset"},
           {good.rpc, "", "read { min_positions { shard: 1 } min_positions { shard: 1 } }",
            "REPEATED", "read.min_positions[1].shard"}});
    }
  }
  return all;
}

}  // namespace omo::inventory
