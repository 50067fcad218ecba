#include "services/inventory/domain/stock/stock.h"

#include <algorithm>
#include <utility>

#include "services/inventory/domain/stock/crossings.h"
#include "services/inventory/domain/stock/level_rows.h"
#include "services/inventory/domain/stock/postings.h"
#include "services/inventory/domain/stock/terms.h"

namespace omo::inventory {
namespace {

// The first figures of a SKU anywhere fix its scale.
void MarkMoved(StockState& state, const SkuId& sku) {
  Unit unit = state.units.Get(sku);
  if (unit.moved) return;
  unit.moved = true;
  state.units.Put(sku, std::move(unit));
}

// The sums of the groups that count this location follow its figures.
void FollowInGroups(StockState& state, const FiguresKey& key, const Figures& before,
                    const Figures& after) {
  const NetworkPlace* place = state.network.places.Find(key.location);
  if (place == nullptr || place->groups.empty()) return;
  const GroupSum less = PartOf(state, key.sku, key.location, before);
  const GroupSum more = PartOf(state, key.sku, key.location, after);
  for (const GroupId& group : place->groups) {
    if (!Counts(state, key.sku, key.location, group)) continue;
    state.group_sums.Put({key.sku, group}, SumOver(state, key.sku, group) - less + more);
  }
}

// What the SKU's promises at groups are: few, so they stand together.
void CountAtGroup(StockState& state, const SkuId& sku, const GroupId& group, Method method,
                  Quantity more) {
  if (more == 0) return;
  SkuRules rules = state.sku_rules.Get(sku);
  HoldFor(rules.group_holds, group, method).held += more;
  std::erase_if(rules.group_holds, [](const GroupHold& hold) { return hold.held == 0; });
  const auto here = [&](const GroupHold& hold) { return hold.group == group; };
  if (std::any_of(rules.group_holds.begin(), rules.group_holds.end(), here)) {
    state.group_skus.Put({group, sku}, {});
  } else {
    state.group_skus.Erase({group, sku});
  }
  state.sku_rules.Put(sku, std::move(rules));
}

// Each change forgets up to so many old ones: more than it adds, so that they do not pile up.
constexpr int kForgottenAtOnce = 2;

// Forgets recent rows that no upload can ask for any more, oldest first.
void Forget(StockState& state, const FiguresKey& key, Second through, Tracking& tracking) {
  for (int i = 0; i < kForgottenAtOnce && tracking.first && *tracking.first <= through; ++i) {
    const RecentKey first{key.sku, key.location, *tracking.first};
    tracking.first = state.recent.Get(first).next;
    state.recent.Erase(first);
  }
  if (!tracking.first) tracking.last.reset();
}

// Keeps what changed on_hand by the second in which it happened.
void Remember(StockState& state, const FiguresKey& key, Time occurred_at, Quantity change) {
  if (change == 0 || occurred_at == Time{}) return;
  const Tracking* known = state.tracking.Find(key);
  const Second second = SecondOf(occurred_at);
  if (known != nullptr && known->Holds(second)) return;
  const RecentKey at{key.sku, key.location, second};
  if (const Recent* row = state.recent.Find(at)) {
    state.recent.Put(at, {row->on_hand + change, row->next});
    return;
  }
  Tracking tracking = known != nullptr ? *known : Tracking{};
  if (tracking.last) {
    const RecentKey last{key.sku, key.location, *tracking.last};
    state.recent.Put(last, {state.recent.Get(last).on_hand, second});
  } else {
    tracking.first = second;
  }
  tracking.last = second;
  state.recent.Put(at, {change, std::nullopt});
  const Second too_old = second - kUploadReach;
  Forget(state, key, tracking.newest ? std::max(too_old, tracking.newest->holds) : too_old,
         tracking);
  state.tracking.Put(key, std::move(tracking));
}

void Post(StockState& state, const auto& event) {
  EachPosting(event, [&](const auto& line, const LocationId& location, const Figures&,
                         const BucketChanges& changes) {
    const FiguresKey key{line.sku, location};
    const Figures* row = state.figures.Find(key);
    if (row == nullptr) MarkMoved(state, line.sku);
    const Figures before = row != nullptr ? *row : Figures{};
    Figures figures = before;
    for (const BucketChange& change : changes) Change(figures, change.bucket, change.quantity);
    if (IsGroup(location)) {
      CountAtGroup(state, line.sku, GroupAt(location), MethodOf(state, event),
                   figures.Promised() - before.Promised());
      CountAtGroup(state, line.sku, GroupAt(location), Method::kUnspecified,
                   figures.quota - before.quota);
    } else {
      FollowInGroups(state, key, before, figures);
    }
    state.figures.Put(key, figures);
    if constexpr (requires { event.occurred_at; }) {
      Remember(state, key, event.occurred_at, figures.on_hand - before.on_hand);
    }
  });
  EachQuotaChange(event, [&](const QuotaChanged& change) {
    const FiguresKey key{change.sku, change.location};
    PlaceQuotas there = state.quotas.Get(key);
    there.Change(change.id, change.quantity);
    state.quotas.Put(key, std::move(there));
  });
  if constexpr (requires { event.consequences; }) FollowLevels(state, event.consequences);
}

// A change of the network, here or taken in, can move any SKU across a mark.
void TakeIn(StockState& state, const auto& event) {
  const bool was_watched = IsWatched(state);
  Post(state, event);
  Apply(state.network, event.version, event.change);
  const bool matters = !event.change.put_reject_rules && (was_watched || IsWatched(state));
  if (matters) BeginSweep(state);
}

// What the buyer has of each SKU changes by `sign` times what the event's lines say.
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
void FollowDraws(Reservation& reservation, const auto& event) {
  EachQuotaChange(event, [&](const QuotaChanged& change) {
    if (change.move == QuotaMove::kDrawn) {
      reservation.draws.push_back({change.sku, change.location, change.id, -change.quantity});
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
  FollowDraws(reservation, event);
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

TimerKey QuotaTimerOf(const FiguresKey& key, const Quota& quota) {
  return {.due = quota.ends_at,
          .kind = kQuotaTimer,
          .subject = LeadingFields(key.sku, key.location, quota.id).bytes};
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

std::optional<UploadOutcome> OutcomeAgainst(const std::optional<Upload>& newest, const RecordId& id,
                                            Time as_of, Quantity on_hand) {
  if (!newest || as_of > newest->as_of) return std::nullopt;
  if (as_of < newest->as_of || id != newest->id) return UploadOutcome::kOutdated;
  return on_hand == newest->on_hand ? UploadOutcome::kAlreadyApplied
                                    : UploadOutcome::kRecordIdInUse;
}

Upload UploadOf(const UploadedRecord& record, Time uploaded_at) {
  return {.id = record.id,
          .as_of = record.as_of,
          .on_hand = record.on_hand,
          .holds = SecondOf(std::min(record.as_of, uploaded_at))};
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
  FollowDraws(reservation, event);
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

void Evolve(StockState& state, const SaleRecorded& event) {
  Post(state, event);
  state.sales.Put({event.device, event.sequence}, {event.content_hash});
}

void Evolve(StockState& state, const StockRulesSet& event) {
  Post(state, event);
  MarkMoved(state, event.sku);
  SkuRules wide = state.sku_rules.Get(event.sku);
  ++wide.version;
  if (event.location.value.empty()) {
    wide.rules = event.rules;
  } else {
    wide.at_places = true;
    wide.differs_at_places = wide.differs_at_places || !event.rules.excluded_from.empty() ||
                             event.rules.methods != MethodSwitches{};
    if (event.rules == StockRules{}) {
      state.place_rules.Erase({event.sku, event.location});
    } else {
      state.place_rules.Put({event.sku, event.location}, {event.rules});
    }
  }
  state.sku_rules.Put(event.sku, std::move(wide));
}

void Evolve(StockState& state, const PurchaseLimitSet& event) {
  MarkMoved(state, event.sku);
  if (event.per_customer) {
    state.purchase_limits.Put({event.sku, event.campaign}, {*event.per_customer});
  } else {
    state.purchase_limits.Erase({event.sku, event.campaign});
  }
}

void Evolve(StockState& state, const NetworkChanged& event) {
  TakeIn(state, event);
  state.network.changes.Put(event.version, event.change);
}

void Evolve(StockState& state, const NetworkApplied& event) { TakeIn(state, event); }

void Evolve(StockState& state, const StockReleveled& event) {
  Post(state, event);
  GoOn(state, event);
}

// An upload's own difference is not remembered: each upload that counts later is as of later.
void Evolve(StockState& state, const StockUploaded& event) {
  Post(state, event);
  for (const UploadedRecord& record : event.records) {
    if (!IsNewest(record.outcome)) continue;
    const FiguresKey key{record.sku, record.location};
    Tracking tracking = state.tracking.Get(key);
    tracking.newest = UploadOf(record, event.uploaded_at);
    Forget(state, key, tracking.newest->holds, tracking);
    state.tracking.Put(key, std::move(tracking));
  }
}

// The quota stands before what gives way to it is posted.
void Evolve(StockState& state, const QuotaSet& event) {
  const FiguresKey key{event.sku, event.location};
  PlaceQuotas there = state.quotas.Get(key);
  const Quota* before = there.Find(event.quota.id);
  if (before != nullptr && before->ends_at != Time{}) {
    state.timers.Erase(QuotaTimerOf(key, *before));
  }
  there.Put(event.quota);
  if (event.quota.left != 0 && event.quota.ends_at != Time{}) {
    state.timers.Put(QuotaTimerOf(key, event.quota), {});
  }
  if (there.quotas.empty()) {
    state.quotas.Erase(key);
  } else {
    state.quotas.Put(key, std::move(there));
  }
  Post(state, event);
  SkuRules rules = state.sku_rules.Get(event.sku);
  if (rules.has_quotas) return;
  rules.has_quotas = true;
  state.sku_rules.Put(event.sku, std::move(rules));
}

void Evolve(StockState& state, const KitDefined& event) {
  if (event.components.empty()) {
    state.kits.Erase(event.sku);
  } else {
    state.kits.Put(event.sku, {event.components});
  }
}

void Evolve(StockState& state, const UnitDefined& event) {
  Unit unit = state.units.Get(event.sku);
  unit.name = event.unit;
  unit.scale = event.scale;
  state.units.Put(event.sku, std::move(unit));
}

}  // namespace omo::inventory
