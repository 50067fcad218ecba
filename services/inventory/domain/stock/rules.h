// What several of stock's deciders ask in the same words. For domain/stock's own .cc files.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/inventory/domain/stock/foresight.h"
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

// Whether a SKU may be a kit: a kit has no stock that could come, go or be counted.
enum class Kits { kRefused, kTaken };

// Fills in the quantity and scale of `line` from `amount`, in the unit of the line's SKU. Refused:
// a bad scale, out of range, not exact, a kit.
InTheWay ReadAmount(const StockState& state, const Amount& amount, StockLine& line,
                    Kits kits = Kits::kRefused);

// Whether a line may name a group, too.
enum class Places { kLocations, kAlsoGroups };

// Lines as asked, checked, in their SKU's unit, each (SKU, location) once, in the order of their
// first appearance: whoever checks such a line has summed it. Quantities are above 0.
InTheWay ReadLines(const StockState& state, const std::vector<Line>& asked,
                   std::vector<StockLine>& lines, Places places = Places::kLocations,
                   Kits kits = Kits::kRefused);

// Refuses a SKU that is a kit.
InTheWay RefuseKit(const StockState& state, const SkuId& sku);

// The reason that comes first, of two.
void KeepFirst(InTheWay& first, InTheWay other);

// All that is open of a reservation.
std::vector<StockLine> OpenLines(const StockState& state, const Reservation& reservation);

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
