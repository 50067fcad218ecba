#include <algorithm>
#include <utility>

#include "services/inventory/domain/stock/post.h"
#include "services/inventory/domain/stock/stock.h"

namespace omo::inventory {
namespace {

// What the buyer has of each SKU changes by what `quantity_of` says of each line.
void CountPurchases(StockState& state, const Buyer& buyer, const auto& lines, auto quantity_of) {
  if (!buyer.IsCounted()) return;
  for (const auto& line : lines) {
    const PurchaseKey key{line.sku, buyer};
    Purchase purchase = state.purchases.Get(key);
    purchase.quantity += quantity_of(line);
    state.purchases.Put(key, purchase);
  }
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

// What of the reservation's units is a quota's, as the event says; and never more than is open:
// what was available to all is used up first.
void FollowDraws(const StockState& state, Reservation& reservation, const auto& event) {
  EachQuotaChange(event, [&](const QuotaChanged& change) {
    if (change.move == QuotaMove::kDrawn) {
      const PlaceQuotas* there = state.quotas.Find({change.sku, change.location});
      const Quota* quota = there != nullptr ? there->Find(change.id) : nullptr;
      reservation.draws.push_back({.sku = change.sku,
                                   .location = change.location,
                                   .id = change.id,
                                   .made_at = quota != nullptr ? quota->made_at : Time{},
                                   .quantity = -change.quantity});
    }
    if (change.move != QuotaMove::kReturned) return;
    for (QuotaDraw& draw : reservation.draws) {
      const bool same = draw.sku == change.sku && draw.location == change.location;
      if (same && draw.id == change.id) draw.quantity -= change.quantity;
    }
  });
  if (reservation.draws.empty()) return;
  for (const ReservationLine& line : reservation.lines) {
    Quantity room = line.units.Open();
    for (QuotaDraw& draw : reservation.draws) {
      if (draw.sku != line.sku || draw.location != line.location) continue;
      draw.quantity = std::clamp<Quantity>(draw.quantity, 0, room);
      room -= draw.quantity;
    }
  }
  std::erase_if(reservation.draws, [](const QuotaDraw& draw) { return draw.quantity == 0; });
}

HoldKey HoldOf(const ReservationId& id, const Reservation& reservation,
               const ReservationLine& line) {
  return {line.sku, line.location, -ToMillis(reservation.life.made_at), id};
}

// Keeps the index of holds: `before` are the lines as they were.
void FollowHolds(StockState& state, const ReservationId& id, const Reservation& reservation,
                 const std::vector<ReservationLine>& before) {
  for (std::size_t i = 0; i < reservation.lines.size(); ++i) {
    const ReservationLine& line = reservation.lines[i];
    const bool was_open = i < before.size() && before[i].units.Open() > 0;
    const bool is_open = line.units.Open() > 0;
    if (was_open == is_open) continue;
    const HoldKey key = HoldOf(id, reservation, line);
    is_open ? state.holds.Put(key, {}) : state.holds.Erase(key);
  }
}

void MoveStage(Reservation& reservation) {
  reservation.life.stage = hold::StageAfter(reservation.life.stage, reservation.Total());
}

// Applies an event to its reservation's row; ends its timer with its time limit, and its place in
// the register with its life.
void ChangeReservation(StockState& state, const auto& event) {
  Reservation reservation = state.reservations.Get(event.id);
  const bool was_held = reservation.life.stage == hold::Stage::kHeld;
  const std::vector<ReservationLine> before = reservation.lines;
  Apply(reservation, event);
  FollowHolds(state, event.id, reservation, before);
  FollowDraws(state, reservation, event);
  if constexpr (requires { event.lines.front().over; }) {
    CountPurchases(state, reservation.buyer, event.lines,
                   [](const auto& line) { return line.over; });
  } else if constexpr (std::is_same_v<std::decay_t<decltype(event)>, ReservationReleased> ||
                       std::is_same_v<std::decay_t<decltype(event)>, ReservationRejected> ||
                       std::is_same_v<std::decay_t<decltype(event)>, ReservationExpired>) {
    CountPurchases(state, reservation.buyer, event.lines,
                   [](const auto& line) { return -line.quantity; });
  }
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

void Apply(Reservation& reservation, const ReservationRejected& event) {
  for (const RejectedLine& done : event.lines) {
    hold::Release(LineFor(reservation, done.sku, done.location).units, done.quantity);
  }
  MoveStage(reservation);
}

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
  reservation.method = event.method;
  reservation.buyer = event.buyer;
  reservation.lines.reserve(event.lines.size());
  for (const ReservedLine& line : event.lines) {
    reservation.lines.push_back({.sku = line.sku,
                                 .location = line.location,
                                 .ordered = line.ordered,
                                 .granted = line.quantity,
                                 .units = {.held = line.quantity}});
  }
  FollowHolds(state, event.id, reservation, {});
  FollowDraws(state, reservation, event);
  CountPurchases(state, event.buyer, event.lines, [](const auto& line) { return line.quantity; });
  state.timers.Put(ExpiryTimerOf(event.id, reservation), {});
  state.live_reservations.Put(LiveKeyOf(event.id, reservation), {});
  state.reservations.Put(event.id, std::move(reservation));
  if (!event.kits.empty()) state.reservation_kits.Put(event.id, {event.kits});
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
void Evolve(StockState& state, const ReservationRejected& event) {
  Post(state, event);
  ChangeReservation(state, event);
}
void Evolve(StockState& state, const ReservationExpired& event) {
  Post(state, event);
  ChangeReservation(state, event);
}

}  // namespace omo::inventory
