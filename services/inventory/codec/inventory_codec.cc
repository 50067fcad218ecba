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
#define OMO_READ(Event, field) \
  if (in.has_##field()) return Read(in.field());
  OMO_INVENTORY_EVENTS(OMO_READ)
#undef OMO_READ
  return std::nullopt;
}

#define OMO_NAME(Event, field) \
  std::string_view Name(const Event&) { return "omo.inventory.events.v1." #Event; }
OMO_INVENTORY_EVENTS(OMO_NAME)
#undef OMO_NAME

// Its SKU, of a receipt or a reservation that of its first line; the network's own; a location.
const std::string& Key(const auto& event) {
  if constexpr (requires { event.sku; }) {
    return event.sku.value;
  } else if constexpr (requires { event.line; }) {
    return event.line.sku.value;
  } else if constexpr (requires { event.lines; }) {
    return event.lines.front().sku.value;
  } else if constexpr (requires { event.records; }) {
    return event.records.front().sku.value;
  } else if constexpr (requires { event.version; }) {
    static const std::string kKey = kNetworkKey;
    return kKey;
  } else {
    return event.id.value;
  }
}

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
