// Inventory's events as bytes in the log, and as text for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/core/envelope.h"
#include "services/inventory/domain/inventory.h"

namespace omo::inventory {

// One record's value: an omo.inventory.events.v1.InventoryEvent.
std::string Encode(const InventoryEvent& event, const Envelope& envelope = {});

struct Recorded {
  Envelope envelope;
  InventoryEvent event;
};
// Nothing, where the bytes are torn or of a kind that this build does not know (a control record's
// among them): the shard stops there.
std::optional<Recorded> Decode(std::string_view bytes);

// The full name of the event's message, e.g. "omo.inventory.events.v1.StockReserved": the record's
// ce_type. Good for ever.
std::string_view TypeOf(const InventoryEvent& event);

// The record's key: the SKU (of its first line) or the location id, which names the shard.
const std::string& KeyOf(const InventoryEvent& event);

// For test failures and people; not a format.
std::string Describe(const InventoryEvent& event);

}  // namespace omo::inventory
