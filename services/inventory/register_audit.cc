#include "services/inventory/register_audit.h"

#include <utility>

namespace omo::inventory {
namespace {

constexpr std::size_t kRowsOfAStep = 256;  // Some tenths of a millisecond under the lock.
constexpr std::size_t kReservationsOfASku = 4'096;

Kept KeptIn(const Figures& figures) { return {figures.reserved, figures.committed}; }

void Add(std::map<LocationId, Kept>& places, const Reservation& reservation, const SkuId& sku) {
  for (const ReservationLine& line : reservation.lines) {
    if (!(line.sku == sku) || line.units.Open() == 0) continue;
    Kept& kept = places[line.location];
    const bool held = reservation.bucket() == Bucket::kReserved;
    (held ? kept.reserved : kept.committed) += line.units.Open();
  }
}

}  // namespace

std::optional<RegisterFindings> RegisterAudit::Step(const InventoryModel& model, Time stamp,
                                                    Time now) {
  switch (stage_) {
    case Stage::kStart:
      began_ = stamp;
      stage_ = Stage::kRegister;
      [[fallthrough]];
    case Stage::kRegister:
      WalkRegister(model, now);
      return std::nullopt;
    case Stage::kFigures:
      WalkFigures(model);
      return std::nullopt;
    case Stage::kSuspects:
      break;
  }
  if (!suspects_.empty()) {
    SumUpSuspect(model);
    return std::nullopt;
  }
  RegisterFindings findings = std::move(findings_);
  *this = {};
  return findings;
}

void RegisterAudit::WalkRegister(const InventoryModel& model, Time now) {
  std::size_t rows = 0;
  bool more = false;
  model.live_reservations.Scan(next_live_, [&](const LiveKey& key, const Live&) {
    if (rows++ == kRowsOfAStep) {
      next_live_ = key;
      more = true;
      return false;
    }
    const Reservation reservation =
        model.reservations.FindConfirmed(key.id).value_or(Reservation{});
    const bool has_timer = model.timers.HasConfirmed(ExpiryTimerOf(key.id, reservation));
    const Leak leak = LeakOf(reservation, has_timer, now);
    if (leak != Leak::kNone) findings_.leaks.push_back({key.id, leak});
    NoteReservation(key.id, reservation);
    return true;
  });
  if (!more) stage_ = Stage::kFigures;
}

void RegisterAudit::NoteReservation(const ReservationId& id, const Reservation& reservation) {
  ++findings_.reservations;
  std::set<SkuId> skus;
  for (const ReservationLine& line : reservation.lines) skus.insert(line.sku);
  for (const SkuId& sku : skus) {
    Summed& summed = summed_[sku];
    Add(summed.places, reservation, sku);
    summed.reservations.push_back(id);
  }
}

// Every SKU of the register is a suspect until its figures were met and fit.
void RegisterAudit::WalkFigures(const InventoryModel& model) {
  std::size_t rows = 0;
  bool more = false;
  model.figures.Scan(next_figures_, [&](const FiguresKey& key, const Figures& figures) {
    if (rows++ == kRowsOfAStep) {
      next_figures_ = key;
      more = true;
      return false;
    }
    ++findings_.figures;
    const auto summed = summed_.find(key.sku);
    const Kept kept = KeptIn(figures);
    if (summed == summed_.end()) {
      if (!(kept == Kept{})) suspects_.insert(key.sku);
      return true;
    }
    const auto place = summed->second.places.find(key.location);
    const bool known = place != summed->second.places.end();
    if (!(kept == (known ? place->second : Kept{}))) suspects_.insert(key.sku);
    if (known) summed->second.places.erase(place);
    return true;
  });
  if (more) return;
  for (const auto& [sku, summed] : summed_) {
    if (!summed.places.empty()) suspects_.insert(sku);
  }
  stage_ = Stage::kSuspects;
}

// All reservations of the SKU: those that the pass met, and those made since it began. A line moves
// to another place, but a reservation never takes up another SKU's units.
void RegisterAudit::SumUpSuspect(const InventoryModel& model) {
  const SkuId sku = std::move(suspects_.extract(suspects_.begin()).value());
  std::set<ReservationId> ids(summed_[sku].reservations.begin(), summed_[sku].reservations.end());
  std::size_t looked_at = ids.size();
  model.live_reservations.Scan(LiveKey{.reserved_at = began_},
                               [&](const LiveKey& key, const Live&) {
                                 ids.insert(key.id);
                                 return ++looked_at <= kReservationsOfASku;
                               });
  if (looked_at > kReservationsOfASku) {
    ++findings_.unproven;
    return;
  }
  std::map<LocationId, Kept> places;
  for (const ReservationId& id : ids) {
    if (const auto reservation = model.reservations.FindConfirmed(id)) {
      Add(places, *reservation, sku);
    }
  }
  Compare(model, sku, places);
}

void RegisterAudit::Compare(const InventoryModel& model, const SkuId& sku,
                            const std::map<LocationId, Kept>& places) {
  std::map<LocationId, Kept> left = places;
  model.figures.Scan(store::LeadingFields(sku), [&](const FiguresKey& key, const Figures& figures) {
    const Kept kept = left[key.location];
    left.erase(key.location);
    if (!(KeptIn(figures) == kept)) findings_.sums.push_back({key, KeptIn(figures), kept});
    return true;
  });
  for (const auto& [location, kept] : left) findings_.sums.push_back({{sku, location}, {}, kept});
}

}  // namespace omo::inventory
