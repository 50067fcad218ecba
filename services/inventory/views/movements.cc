#include "services/inventory/views/movements.h"

#include <limits>
#include <utility>
#include <variant>

#include "services/inventory/domain/stock/postings.h"

namespace omo::inventory {
namespace {

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
// These change no figure.
MovementKind KindOf(const ReservationExtended&) { return MovementKind::kUnspecified; }
MovementKind KindOf(const ReservationMarkedShort&) { return MovementKind::kUnspecified; }
MovementKind KindOf(const UnitDefined&) { return MovementKind::kUnspecified; }

// What all movements of an event have in common.
template <class Event>
Movement Outline(const Event& event, const Circumstances& circumstances) {
  const Context& context = circumstances.envelope.context;
  Movement outline{
      .kind = KindOf(event),
      .actor = context.actor,
      .reference = context.reference,
      .cause = context.cause,
      .recorded_at = circumstances.recorded_at,
      .occurred_at = circumstances.envelope.occurred_at.value_or(circumstances.recorded_at)};
  if constexpr (requires { event.reason; }) outline.reason = event.reason;
  if constexpr (requires { event.id; }) outline.reservation_id = event.id.value;
  if constexpr (requires { event.device; }) {
    if (outline.reference.empty()) {
      outline.reference = event.device.value + "/" + std::to_string(event.sequence);
    }
  }
  return outline;
}

template <class Event>
void ProjectStock(const Event& event, const Circumstances& circumstances,
                  Table<MovementKey, Movement>& movements) {
  if (KindOf(event) == MovementKind::kUnspecified) return;
  const Movement outline = Outline(event, circumstances);
  std::int32_t line = 0;
  EachPosting(event, [&](const SkuId& sku, const LocationId& location, const Figures& after,
                         BucketChanges changes) {
    if (changes[0].quantity == 0) std::swap(changes[0], changes[1]);
    if (changes[0].quantity == 0) return;
    Movement movement = outline;
    movement.bucket = changes[0].bucket;
    movement.quantity = changes[0].quantity;
    if (changes[1].quantity != 0) {
      movement.other_bucket = changes[1].bucket;
      movement.other_quantity = changes[1].quantity;
    }
    movement.after = after;
    movements.Put({sku, location, circumstances.offset, line++}, std::move(movement));
  });
}

std::optional<std::pair<MovementKey, Movement>> LastAt(const MovementTable& movements,
                                                       const SkuId& sku, const LocationId& location,
                                                       Offset offset) {
  return movements.FindLastAtOrBefore(
      {sku, location, offset, std::numeric_limits<std::int32_t>::max()},
      store::LeadingFields(sku, location));
}

}  // namespace

void ProjectMovements(const InventoryEvent& event, const Circumstances& circumstances,
                      Table<MovementKey, Movement>& movements) {
  std::visit(
      [&](const auto& fact) {
        using Fact = std::remove_cvref_t<decltype(fact)>;
        if constexpr (std::constructible_from<StockEvent, const Fact&>) {
          ProjectStock(fact, circumstances, movements);
        }
      },
      event);
}

std::optional<Figures> FiguresAt(const MovementTable& movements, const SkuId& sku,
                                 const LocationId& location, Offset offset) {
  const auto last = LastAt(movements, sku, location, offset);
  if (!last) return std::nullopt;
  return last->second.after;
}

// Halves the stretch of the log, the newest first: most questions are about lately.
std::optional<Figures> FiguresAtTime(const MovementTable& movements, const SkuId& sku,
                                     const LocationId& location, Time time, Offset newest) {
  std::optional<Figures> figures;
  Offset least = 0;
  Offset most = newest;
  Offset probe = newest;
  while (least <= most) {
    const auto last = LastAt(movements, sku, location, probe);
    if (last && last->second.recorded_at > time) {
      most = last->first.offset - 1;
    } else {
      if (last) figures = last->second.after;
      least = probe + 1;
    }
    probe = least + (most - least) / 2;
  }
  return figures;
}

}  // namespace omo::inventory
