// Inventory as one journal holds it: every event of every aggregate, and all rows of a shard.
#pragma once

#include <utility>
#include <variant>

#include "services/inventory/domain/location/location.h"
#include "services/inventory/domain/stock/stock.h"
#include "services/inventory/domain/stock/stock_commands.h"

namespace omo::inventory {

namespace inventory_internal {
template <class... A, class... B>
std::variant<A..., B...> Concat(std::variant<A...>, std::variant<B...>);
}  // namespace inventory_internal

using InventoryEvent =
    decltype(inventory_internal::Concat(std::declval<StockEvent>(), std::declval<LocationEvent>()));

struct InventoryState {
  StockState stock;
  LocationState location;
};

// An event of one aggregate as one of the journal.
template <class... Events>
InventoryEvent ToInventoryEvent(std::variant<Events...> event) {
  return std::visit([](auto& fact) { return InventoryEvent(std::move(fact)); }, event);
}

template <class Event>
void Evolve(InventoryState& state,
            const Event& event) requires std::constructible_from<StockEvent, const Event&> {
  Evolve(state.stock, event);
}
template <class Event>
void Evolve(InventoryState& state,
            const Event& event) requires std::constructible_from<LocationEvent, const Event&> {
  Evolve(state.location, event);
}
inline void Evolve(InventoryState& state, const InventoryEvent& event) {
  std::visit([&](const auto& fact) { Evolve(state, fact); }, event);
}

template <class Command>
auto Decide(const InventoryState& state, const Command& command, Time now)
    -> decltype(Decide(state.stock, command, now)) {
  return Decide(state.stock, command, now);
}
template <class Command>
auto Decide(const InventoryState& state, const Command& command, Time now)
    -> decltype(Decide(state.location, command, now)) {
  return Decide(state.location, command, now);
}

}  // namespace omo::inventory
