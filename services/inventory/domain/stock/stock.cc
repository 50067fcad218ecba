#include "services/inventory/domain/stock/stock.h"

#include <utility>

#include "services/inventory/domain/stock/postings.h"

namespace omo::inventory {
namespace {

// The first figures of a SKU anywhere fix its scale.
void MarkMoved(StockState& state, const SkuId& sku) {
  Unit unit = state.units.Get(sku);
  if (unit.moved) return;
  unit.moved = true;
  state.units.Put(sku, std::move(unit));
}

void Post(StockState& state, const auto& event) {
  EachPosting(event, [&](const auto& line, const LocationId& location, const Figures&,
                         const BucketChanges& changes) {
    const FiguresKey key{line.sku, location};
    const Figures* row = state.figures.Find(key);
    if (row == nullptr) MarkMoved(state, line.sku);
    Figures figures = row != nullptr ? *row : Figures{};
    for (const BucketChange& change : changes) Change(figures, change.bucket, change.quantity);
    state.figures.Put(key, figures);
  });
}

ReservationLine& LineFor(Reservation& reservation, const SkuId& sku, const LocationId& location) {
  for (ReservationLine& line : reservation.lines) {
    if (line.sku == sku && line.location == location) return line;
  }
  ReservationLine& line = reservation.lines.emplace_back();
  line.sku = sku;
  line.location = location;
  return line;
}

LiveKey LiveKeyOf(const ReservationId& id, const Reservation& reservation) {
  return {.reserved_at = reservation.life.made_at, .id = id};
}

void MoveStage(Reservation& reservation) {
  reservation.life.stage = hold::StageAfter(reservation.life.stage, reservation.Total());
}

// Applies an event to its reservation's row; ends its timer with its time limit, and its place in
// the register with its life.
void ChangeReservation(StockState& state, const auto& event) {
  Reservation reservation = state.reservations.Get(event.id);
  const bool was_held = reservation.life.stage == hold::Stage::kHeld;
  Apply(reservation, event);
  if (was_held && reservation.life.stage != hold::Stage::kHeld) {
    state.timers.Erase(ExpiryTimerOf(event.id, reservation));
  }
  if (hold::IsEnd(reservation.life.stage)) {
    state.live_reservations.Erase(LiveKeyOf(event.id, reservation));
  }
  state.reservations.Put(event.id, std::move(reservation));
}

}  // namespace

TimerKey ExpiryTimerOf(const ReservationId& id, const Reservation& reservation) {
  return {.due = reservation.life.ends_at, .kind = kExpiryTimer, .subject = id.value};
}

const ReservationLine* Reservation::Line(const SkuId& sku, const LocationId& location) const {
  for (const ReservationLine& line : lines) {
    if (line.sku == sku && line.location == location) return &line;
  }
  return nullptr;
}

hold::Units Reservation::Total() const {
  hold::Units total;
  for (const ReservationLine& line : lines) total = total + line.units;
  return total;
}

void Apply(Reservation& reservation, const ReservationFulfilled& event) {
  for (const FulfilledLine& done : event.lines) {
    hold::Units& units = LineFor(reservation, done.sku, done.location).units;
    hold::MoveIn(units, done.over);
    hold::Fulfil(units, done.quantity);
  }
  MoveStage(reservation);
}

void Apply(Reservation& reservation, const ReservationReleased& event) {
  for (const StockLine& done : event.lines) {
    hold::Release(LineFor(reservation, done.sku, done.location).units, done.quantity);
  }
  if (event.lines.empty()) {
    reservation.life.stage = hold::Stage::kCancelled;
  } else {
    MoveStage(reservation);
  }
}

void Apply(Reservation& reservation, const ReservationTransferred& event) {
  for (const TransferredLine& done : event.lines) {
    hold::MoveAway(LineFor(reservation, done.sku, done.from).units, done.quantity);
    hold::MoveIn(LineFor(reservation, done.sku, done.to).units, done.quantity);
  }
  MoveStage(reservation);
}

void Apply(Reservation& reservation, const ReservationMarkedShort& event) {
  for (const StockLine& done : event.lines) {
    hold::MarkMissing(LineFor(reservation, done.sku, done.location).units, done.quantity);
  }
  MoveStage(reservation);
}

void Apply(Reservation& reservation, const ReservationExpired&) {
  for (ReservationLine& line : reservation.lines) hold::ExpireAll(line.units);
  MoveStage(reservation);
}

void Evolve(StockState& state, const StockReceived& event) { Post(state, event); }
void Evolve(StockState& state, const StockAdjusted& event) { Post(state, event); }
void Evolve(StockState& state, const StockStateMoved& event) { Post(state, event); }

void Evolve(StockState& state, const StockReserved& event) {
  Post(state, event);
  Reservation reservation;
  reservation.life = {.stage = hold::Stage::kHeld,
                      .made_at = event.reserved_at,
                      .ends_at = event.expires_at,
                      .extensions = 0};
  reservation.first_ends_at = event.expires_at;
  reservation.owner = event.owner;
  reservation.channel = event.channel;
  reservation.lines.reserve(event.lines.size());
  for (const ReservedLine& line : event.lines) {
    reservation.lines.push_back({.sku = line.sku,
                                 .location = line.location,
                                 .ordered = line.ordered,
                                 .granted = line.quantity,
                                 .units = {.held = line.quantity}});
  }
  state.timers.Put(ExpiryTimerOf(event.id, reservation), {});
  state.live_reservations.Put(LiveKeyOf(event.id, reservation), {});
  state.reservations.Put(event.id, std::move(reservation));
}

void Evolve(StockState& state, const ReservationExtended& event) {
  Reservation reservation = state.reservations.Get(event.id);
  state.timers.Erase(ExpiryTimerOf(event.id, reservation));
  reservation.life.ends_at = event.expires_at;
  reservation.life.extensions = event.extensions;
  state.timers.Put(ExpiryTimerOf(event.id, reservation), {});
  state.reservations.Put(event.id, std::move(reservation));
}

void Evolve(StockState& state, const ReservationCommitted& event) {
  Post(state, event);
  Reservation reservation = state.reservations.Get(event.id);
  state.timers.Erase(ExpiryTimerOf(event.id, reservation));
  reservation.life.stage = hold::Stage::kCommitted;
  reservation.owner = event.owner;
  state.reservations.Put(event.id, std::move(reservation));
}

void Evolve(StockState& state, const ReservationFulfilled& event) {
  Post(state, event);
  ChangeReservation(state, event);
}
void Evolve(StockState& state, const ReservationReleased& event) {
  Post(state, event);
  ChangeReservation(state, event);
}
void Evolve(StockState& state, const ReservationTransferred& event) {
  Post(state, event);
  ChangeReservation(state, event);
}
void Evolve(StockState& state, const ReservationMarkedShort& event) {
  ChangeReservation(state, event);
}
void Evolve(StockState& state, const ReservationExpired& event) {
  Post(state, event);
  ChangeReservation(state, event);
}

void Evolve(StockState& state, const SaleRecorded& event) {
  Post(state, event);
  state.sales.Put({event.device, event.sequence}, {event.content_hash});
}

void Evolve(StockState& state, const UnitDefined& event) {
  Unit unit = state.units.Get(event.sku);
  unit.name = event.unit;
  unit.scale = event.scale;
  state.units.Put(event.sku, std::move(unit));
}

}  // namespace omo::inventory
