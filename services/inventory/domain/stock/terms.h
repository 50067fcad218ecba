// The terms on which a SKU is given out at a place: what is said nearest to it holds.
#pragma once

#include <optional>
#include <vector>

#include "services/inventory/domain/stock/stock.h"

namespace omo::inventory {

struct Terms {
  bool paused = false;
  Quantity safety = 0;
  Backorder backorder{};
  MethodSwitches methods{};
  std::optional<Quantity> line_min{};
  std::optional<Quantity> line_max{};

  bool IsOn(Method method) const { return methods.On(method).value_or(true); }
};

// Which methods are on for a SKU wherever no place says otherwise.
MethodSwitches MethodsOf(const StockState& state, const SkuId& sku);

// Of a location, not of a group.
Terms TermsAt(const StockState& state, const SkuId& sku, const LocationId& location);

std::int32_t ScaleOf(const StockState& state, const SkuId& sku);

// `amount`, not negative, in units of ten to the power of minus `scale`; kFigureMax where it is
// more.
Quantity RoundedUp(const Amount& amount, std::int32_t scale);
Quantity RoundedDown(const Amount& amount, std::int32_t scale);

// Whether `group` counts this SKU at this location: it is a member and not excluded.
bool Counts(const StockState& state, const SkuId& sku, const LocationId& location,
            const GroupId& group);

// What is missing at a location: promised beyond what is there, and beyond what may be promised on
// supply.
inline Quantity ShortfallOf(const Figures& figures, const Backorder& backorder) {
  return std::max<Quantity>(0, -figures.Available() - backorder.Allowed());
}

// A reservation as an event leaves it.
struct ReservationThen {
  ReservationId id{};
  Reservation then{};
};
// How many reservations the shortfalls of one event name, each, and how many holds they may look at
// for them, together: one event can leave very many places short.
struct Naming {
  std::size_t most = 0;
  std::size_t looks_left = 10'000;
};
// The reservations that a shortfall of `total` units at a place hits, as StockShortfall names them,
// out of the newest. `changed`: the one that the event changes; may be null.
std::vector<ReservationId> AffectedAt(const StockState& state, const FiguresKey& key,
                                      Quantity total, Naming& naming,
                                      const ReservationThen* changed = nullptr);
// What a reservation has open at a place.
Quantity OpenOf(const Reservation& reservation, const FiguresKey& key);

// What one location adds to a group's sum.
GroupSum PartOf(const StockState& state, const SkuId& sku, const LocationId& location,
                const Figures& figures);
GroupSum operator+(const GroupSum& left, const GroupSum& right);
GroupSum operator-(const GroupSum& left, const GroupSum& right);

// The sum over a group's members: the row, if it rests on the rules of now, or made anew from the
// members' figures. Without what is kept at the group itself.
GroupSum SumOver(const StockState& state, const SkuId& sku, const GroupId& group);

}  // namespace omo::inventory
