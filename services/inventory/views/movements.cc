#include "services/inventory/views/movements.h"

#include <chrono>
#include <utility>

namespace omo::inventory {
namespace {

std::vector<Movement> MovementsIn(const InventoryEvent& event) {
  return std::visit(
      [](const auto& fact) -> std::vector<Movement> {
        if constexpr (std::constructible_from<StockEvent, const decltype(fact)&>) {
          return Movements(fact);
        } else {
          return {};
        }
      },
      event);
}

}  // namespace

void Project(MovementTables& view, const InventoryEvent& event, const Envelope& envelope,
             Offset offset, Time stamp) {
  const MinuteKey minute{std::chrono::floor<std::chrono::minutes>(stamp)};
  if (view.minutes.Find(minute) == nullptr) view.minutes.Put(minute, {offset});
  std::int32_t line = 0;
  for (Movement& movement : MovementsIn(event)) {
    view.movements.Put({std::move(movement.sku), std::move(movement.location), offset, line++},
                       {.kind = movement.kind,
                        .scale = movement.scale,
                        .first = movement.changes[0],
                        .second = movement.changes[1],
                        .reason = std::move(movement.reason),
                        .reservation = std::move(movement.reservation),
                        .actor = envelope.context.actor,
                        .reference = envelope.context.reference,
                        .cause = envelope.context.cause,
                        .recorded_at = stamp,
                        .occurred_at = envelope.occurred_at.value_or(stamp),
                        .after = movement.after});
  }
}

}  // namespace omo::inventory
