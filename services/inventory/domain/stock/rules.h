// What several of stock's deciders ask in the same words. For domain/stock's own .cc files.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/inventory/domain/stock/postings.h"
#include "services/inventory/domain/stock/stock_commands.h"

namespace omo::inventory {

inline constexpr std::size_t kLinesMax = 100;

// The clock of a till, or of whoever uploads, is its own; much ahead of ours it is wrong.
inline constexpr Duration kClockLeeway = std::chrono::minutes{10};

// A cart forgotten overnight must not empty a shelf: four hours at a time, a day in all.
inline constexpr hold::Limits kReservationLimits{.term_max = std::chrono::seconds{14'400},
                                                 .extensions_max = 5,
                                                 .life_max = std::chrono::hours{24}};

// A refusal, or nothing in the way.
using InTheWay = std::optional<StockDecision>;

StockRefusal RefusalOf(hold::Obstacle obstacle);

// Fills in the quantity and scale of `line` from `amount`, in the unit of the line's SKU. Refused:
// a bad scale, out of range, not exact.
InTheWay ReadAmount(const StockState& state, const Amount& amount, StockLine& line);

// Lines as asked, checked, in their SKU's unit, each (SKU, location) once, in the order of their
// first appearance: whoever checks such a line has summed it. Quantities are above 0.
InTheWay ReadLines(const StockState& state, const std::vector<Line>& asked,
                   std::vector<StockLine>& lines);

// The reason that comes first, of two.
void KeepFirst(InTheWay& first, InTheWay other);

// All that is open of a reservation.
std::vector<StockLine> OpenLines(const StockState& state, const Reservation& reservation);

std::int32_t ScaleOf(const StockState& state, const SkuId& sku);

// Figures as an event leaves them, line by line, before there is such an event.
class Foresight {
 public:
  explicit Foresight(const StockState& state) : state_(state) {}
  // The figures so far; the reference is good until the next call.
  Figures& Of(const SkuId& sku, const LocationId& location);
  // Lets the event happen here, and fills in what each of its lines leaves behind.
  void Post(auto& event) {
    EachPosting(event, [&](auto& line, const LocationId& location, Figures& after,
                           const BucketChanges& changes) {
      Figures& figures = Of(line.sku, location);
      for (const BucketChange& change : changes) Change(figures, change.bucket, change.quantity);
      after = figures;
    });
  }
  // A shortfall for each place that is more promised now than it was.
  std::vector<Consequence> Shortfalls() const;
  bool AllInRange() const;

 private:
  struct Place {
    FiguresKey key;
    Figures before;
    Figures now;
  };
  const StockState& state_;
  std::vector<Place> places_;
};

// Fills in what every line of `event` leaves behind, and its consequences if it can have any.
template <class Event>
StockDecision Settle(const StockState& state, Event event) {
  Foresight foresight(state);
  foresight.Post(event);
  if (!foresight.AllInRange()) return StockRefusal::kFiguresOutOfRange;
  if constexpr (requires { event.consequences; }) event.consequences = foresight.Shortfalls();
  return StockEvent(std::move(event));
}

}  // namespace omo::inventory
