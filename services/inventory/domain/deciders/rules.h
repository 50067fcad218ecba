// What several of stock's deciders ask in the same words. For this folder's own .cc files.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/inventory/domain/stock/crossings.h"
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

// What the quotas get back of `quantity` units of a line that are given up: those that still are.
void ReturnQuotas(const StockState& state, const Reservation& reservation, const SkuId& sku,
                  const LocationId& location, Quantity quantity,
                  std::vector<Consequence>& consequences);
// The same for all lines of `event`.
void ReturnQuotas(const StockState& state, const Reservation& reservation, auto& event) {
  if (reservation.draws.empty()) return;
  for (const auto& line : event.lines) {
    ReturnQuotas(state, reservation, line.sku, line.location, line.quantity, event.consequences);
  }
}

inline constexpr std::size_t kAffectedMax = 100;
// Of all shortfalls of one event: beside its lines and crossings a record has room for no more.
inline constexpr std::size_t kAffectedBytesMax = 64 << 10;

// As many of them as fit, and one at least.
inline void Shorten(std::vector<ReservationId>& ids, std::size_t bytes_max) {
  constexpr std::size_t kBytesOfFrame = 2;
  std::size_t bytes = 0;
  std::size_t count = 0;
  for (; count < ids.size(); ++count) {
    bytes += ids[count].value.size() + kBytesOfFrame;
    if (bytes > bytes_max && count > 0) break;
  }
  ids.resize(count);
}

// Says of each shortfall which reservations it hits, as they stand behind `event`.
template <class Event>
void NameAffected(const StockState& state, Event& event) {
  std::optional<ReservationThen> changed;
  if constexpr (requires(Reservation then) { Apply(then, event); }) {
    changed = ReservationThen{event.id, state.reservations.Get(event.id)};
    Apply(changed->then, event);
  }
  const auto shortfalls = static_cast<std::size_t>(std::count_if(
      event.consequences.begin(), event.consequences.end(),
      [](const Consequence& each) { return std::holds_alternative<StockShortfall>(each); }));
  Naming naming{.most = kAffectedMax};
  for (Consequence& consequence : event.consequences) {
    auto* shortfall = std::get_if<StockShortfall>(&consequence);
    if (shortfall == nullptr) continue;
    const FiguresKey key{shortfall->sku, shortfall->location};
    shortfall->affected =
        AffectedAt(state, key, shortfall->total, naming, changed ? &*changed : nullptr);
    Shorten(shortfall->affected, kAffectedBytesMax / shortfalls);
  }
}

// Fills in what every line of `event` leaves behind, and its consequences if it can have any.
template <class Event>
StockDecision Settle(const StockState& state, Event event) {
  constexpr bool kHasConsequences = requires { event.consequences; };
  const bool watched = kHasConsequences && IsWatched(state);
  // Only how much can still be promised at groups depends on the method, and only watches ask it.
  Foresight foresight(state, watched ? MethodOf(state, event) : Method::kUnspecified);
  foresight.Post(event);
  if (!foresight.AllInRange()) return StockRefusal::kFiguresOutOfRange;
  if constexpr (kHasConsequences) {
    const std::vector<QuotaChanged> cuts = foresight.CutQuotas();
    event.consequences.insert(event.consequences.end(), cuts.begin(), cuts.end());
    // With them, the figures behind every line are others.
    if (!cuts.empty()) return Settle(state, std::move(event));
    const std::vector<Consequence> shortfalls = foresight.Shortfalls();
    event.consequences.insert(event.consequences.end(), shortfalls.begin(), shortfalls.end());
    if (!shortfalls.empty()) NameAffected(state, event);
    if (watched) AddCrossings(foresight, event.consequences);
  }
  return StockEvent(std::move(event));
}

}  // namespace omo::inventory
