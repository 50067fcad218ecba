#include "services/inventory/domain/stock/shortages.h"

#include <utility>

namespace omo::inventory {
namespace {

// A record of the log has its limits, and the change itself must fit beside them.
constexpr std::size_t kBytesMax = 192 << 10;
constexpr std::size_t kBytesOfIdsMax = 64 << 10;  // Rather fewer reservations than fewer places.
constexpr std::size_t kBytesOfFigures = 100;
constexpr std::size_t kAffectedMax = 10;  // One change may leave very many places short.

}  // namespace

Shortages::Shortages(const StockState& state) : state_(state), naming_{.most = kAffectedMax} {}

bool Shortages::IsFull() const { return bytes_ > kBytesMax; }

bool Shortages::Fits(const SkuId& sku, const LocationId& place, std::size_t more) {
  bytes_ += sku.value.size() + place.value.size() + more + kBytesOfFigures;
  return !IsFull();
}

std::size_t Shortages::WorkAt(const FiguresKey& key, const Foresight& then) const {
  if (!IsGroup(key.location)) return 1;
  const Figures* figures = state_.figures.Find(key);
  if (figures == nullptr || figures->Promised() == 0) return 1;
  return 1 + then.groups().MembersOf(GroupAt(key.location)).size();
}

std::size_t Shortages::LookAt(std::span<const FiguresKey> places, const Foresight* before,
                              Foresight& then) {
  if (!CutQuotas(places, then)) return 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const FiguresKey& key = places[i];
    work_ += WorkAt(key, then);
    const Quantity total = then.ShortfallAt(key);
    const Quantity known = before != nullptr ? before->ShortfallAt(key) : 0;
    if (total <= known) continue;
    if (!Fits(key.sku, key.location)) return i;
    AddShortfall(key, before != nullptr ? total - known : 0, total);
  }
  return places.size();
}

bool Shortages::CutQuotas(std::span<const FiguresKey> places, Foresight& then) {
  for (const FiguresKey& key : places) {
    const Figures* figures = state_.figures.Find(key);
    if (figures != nullptr && figures->quota > 0) then.Of(key.sku, key.location);
  }
  for (QuotaChanged& cut : then.CutQuotas()) {
    if (!Fits(cut.sku, cut.location, cut.id.value.size())) return false;
    found_.push_back(std::move(cut));
  }
  return true;
}

void Shortages::AddShortfall(const FiguresKey& key, Quantity more, Quantity total) {
  StockShortfall shortfall{.sku = key.sku,
                           .location = key.location,
                           .quantity = more,
                           .total = total,
                           .scale = ScaleOf(state_, key.sku)};
  for (const ReservationId& id : AffectedAt(state_, key, total, naming_)) {
    bytes_of_ids_ += id.value.size();
    if (bytes_of_ids_ <= kBytesOfIdsMax) shortfall.affected.push_back(id);
  }
  found_.push_back(std::move(shortfall));
}

void Shortages::MoveTo(std::vector<Consequence>& consequences) {
  consequences.insert(consequences.end(), std::make_move_iterator(found_.begin()),
                      std::make_move_iterator(found_.end()));
}

}  // namespace omo::inventory
