// What holds whatever happens, in whatever order: state machine 2.1 and the ledger's laws.
#include <algorithm>

#include "services/inventory/domain/deciders/kits.h"
#include "services/inventory/domain/stock/foresight.h"
#include "services/inventory/domain/stock/terms.h"
#include "tests/property/support/random_stock.h"
#include "tests/support/catch.h"

namespace omo::inventory {
namespace {

using Laws = void (*)(const RandomStock&);

// RapidCheck draws 100 times; one draw has so many mixes.
constexpr int kMixes = 5;

// Runs random steps and checks a law behind each.
bool Always(const std::string& law, Laws holds) {
  return rc::check(law, [holds] {
    for (int mix = 0; mix < kMixes; ++mix) {
      RandomStock shop;
      const auto steps = *RandomSteps();
      for (const Step& step : steps) {
        shop.Run(step);
        holds(shop);
      }
    }
  });
}

Figures Open(const RandomStock& shop, const FiguresKey& key) {
  Figures open;
  for (const auto& [id, reservation] : shop.live.reservations.rows) {
    for (const ReservationLine& line : reservation.lines) {
      if (line.sku != key.sku || line.location != key.location) continue;
      Quantity& sum = reservation.life.stage == hold::Stage::kHeld ? open.reserved : open.committed;
      sum += line.units.Open();
    }
  }
  return open;
}

const std::vector<Consequence>* ConsequencesOf(const InventoryEvent& event) {
  return std::visit(
      [](const auto& fact) -> const std::vector<Consequence>* {
        if constexpr (requires { fact.consequences; }) return &fact.consequences;
        return nullptr;
      },
      event);
}

Quantity NamedBy(const InventoryEvent& event, const FiguresKey& key) {
  Quantity named = 0;
  if (const auto* consequences = ConsequencesOf(event)) {
    for (const Consequence& consequence : *consequences) {
      const auto* shortfall = std::get_if<StockShortfall>(&consequence);
      if (shortfall == nullptr) continue;
      if (shortfall->sku == key.sku && shortfall->location == key.location) {
        named += shortfall->quantity;
      }
    }
  }
  return named;
}

using Rows = std::map<FiguresKey, Figures>;

// How things stood before the last step's i-th event, and behind its last.
const Rows& RowsBefore(const RandomStock& shop, std::size_t i) {
  return i < shop.happened.size() ? shop.happened[i].before : shop.live.figures.rows;
}

// What was short at each place behind the last step's i-th event.
std::map<FiguresKey, Quantity> MissingBehind(const RandomStock& shop, std::size_t i) {
  if (i + 1 < shop.happened.size()) return shop.happened[i + 1].missing_before;
  std::map<FiguresKey, Quantity> missing;
  for (const auto& [key, row] : shop.live.figures.rows) {
    missing[key] = Foresight(shop.live.state.stock).ShortfallAt(key);
  }
  return missing;
}

Quantity OnHand(const Rows& figures, const FiguresKey& key) {
  const auto found = figures.find(key);
  return found == figures.end() ? 0 : found->second.on_hand;
}

}  // namespace

TEST_CASE("A balance is the sum of its movements, bucket by bucket", "[inventory]") {
  CHECK(Always("balance = fold of movements", [](const RandomStock& shop) {
    for (const auto& [key, row] : shop.live.figures.rows) {
      const auto found = shop.balances.find(key);
      if (found == shop.balances.end()) {
        RC_ASSERT((row == Figures{}));
        continue;
      }
      Quantity on_hand = 0;
      for (auto [bucket, quantity] : found->second) {
        if (bucket == Bucket::kUnspecified) continue;
        RC_ASSERT(In(row, bucket) == quantity);
        if (bucket != Bucket::kIncoming) on_hand += quantity;
      }
      RC_ASSERT(row.on_hand == on_hand);
    }
  }));
}

TEST_CASE("What is reserved is what live reservations have open", "[inventory]") {
  CHECK(Always("reserved, committed = sum(open)", [](const RandomStock& shop) {
    for (const auto& [key, row] : shop.live.figures.rows) {
      const Figures open = Open(shop, key);
      RC_ASSERT(row.reserved == open.reserved);
      RC_ASSERT(row.committed == open.committed);
    }
  }));
}

TEST_CASE("No more is promised than there is, but for shortfalls named to the unit",
          "[inventory]") {
  CHECK(Always("a deficit grows by what its event names", [](const RandomStock& shop) {
    for (std::size_t i = 0; i < shop.happened.size(); ++i) {
      const auto& before = shop.happened[i].missing_before;
      for (const auto& [key, missing] : MissingBehind(shop, i)) {
        const auto found = before.find(key);
        const Quantity was = found == before.end() ? 0 : found->second;
        const Quantity named = NamedBy(shop.happened[i].event, key);
        RC_ASSERT(named == std::max<Quantity>(0, missing - was));
      }
    }
  }));
}

TEST_CASE("Buckets other than available never fall below zero", "[inventory]") {
  CHECK(Always("buckets >= 0", [](const RandomStock& shop) {
    for (const auto& [key, row] : shop.live.figures.rows) {
      for (int bucket = 2; bucket <= 8; ++bucket) {
        RC_ASSERT(In(row, static_cast<Bucket>(bucket)) >= 0);
      }
    }
  }));
}

TEST_CASE("Only goods that come, go, or are counted change what is on hand", "[inventory]") {
  CHECK(Always("a state move conserves on_hand", [](const RandomStock& shop) {
    for (std::size_t i = 0; i < shop.happened.size(); ++i) {
      const InventoryEvent& event = shop.happened[i].event;
      const bool physical = std::holds_alternative<StockReceived>(event) ||
                            std::holds_alternative<StockAdjusted>(event) ||
                            std::holds_alternative<ReservationFulfilled>(event) ||
                            std::holds_alternative<SaleRecorded>(event) ||
                            std::holds_alternative<StockUploaded>(event) ||
                            std::holds_alternative<ReservationRejected>(event);
      if (physical) continue;
      const Rows& after = RowsBefore(shop, i + 1);
      for (const auto& [key, row] : RowsBefore(shop, i)) {
        RC_ASSERT(OnHand(after, key) == row.on_hand);
      }
      for (const auto& [key, row] : after) {
        RC_ASSERT(row.on_hand == OnHand(RowsBefore(shop, i), key));
      }
    }
  }));
}

TEST_CASE("Every held unit is fulfilled, released, expired or open", "[inventory]") {
  CHECK(Always("held = fulfilled + released + expired + open", [](const RandomStock& shop) {
    for (const auto& [id, reservation] : shop.live.reservations.rows) {
      for (const ReservationLine& line : reservation.lines) {
        const hold::Units& units = line.units;
        RC_ASSERT(units.Open() >= 0);
        RC_ASSERT(units.fulfilled >= 0 && units.released >= 0 && units.expired >= 0);
        RC_ASSERT(units.missing >= 0 && units.missing <= units.Open());
        RC_ASSERT(line.granted <= line.ordered);
      }
      const bool ended = hold::IsEnd(reservation.life.stage);
      RC_ASSERT(ended == (reservation.Total().Open() == 0));
    }
  }));
}

TEST_CASE("An ended reservation never changes, and its id is never free again", "[inventory]") {
  CHECK(Always("ends are sticky", [](const RandomStock& shop) {
    for (const auto& last : shop.happened) {
      for (const auto& [id, before] : last.reservations_before) {
        const Reservation* now = shop.live.reservations.Find(id);
        RC_ASSERT(now != nullptr);
        if (hold::IsEnd(before.life.stage)) RC_ASSERT((*now == before));
      }
    }
  }));
}

TEST_CASE("What is open somewhere is in the index of holds, and nothing else is", "[inventory]") {
  CHECK(Always("holds = open lines", [](const RandomStock& shop) {
    std::map<HoldKey, HoldRow> open;
    for (const auto& [id, reservation] : shop.live.reservations.rows) {
      for (const ReservationLine& line : reservation.lines) {
        if (line.units.Open() == 0) continue;
        open[{line.sku, line.location, -ToMillis(reservation.life.made_at), id}] = {};
      }
    }
    RC_ASSERT(shop.live.holds.rows == open);
  }));
}

TEST_CASE("A shortfall names whose units are missing: enough of them, or all", "[inventory]") {
  CHECK(Always("open(affected) >= total", [](const RandomStock& shop) {
    if (shop.happened.empty()) return;
    const auto* consequences = ConsequencesOf(shop.happened.back().event);
    if (consequences == nullptr) return;
    for (const Consequence& consequence : *consequences) {
      const auto* shortfall = std::get_if<StockShortfall>(&consequence);
      if (shortfall == nullptr) continue;
      const FiguresKey key{shortfall->sku, shortfall->location};
      Quantity named = 0;
      bool committed = false;
      for (const ReservationId& id : shortfall->affected) {
        const Reservation reservation = shop.live.reservations.Get(id);
        RC_ASSERT(OpenOf(reservation, key) > 0);
        RC_ASSERT(named < shortfall->total);
        RC_ASSERT((!committed || reservation.life.stage != hold::Stage::kHeld));
        committed = reservation.life.stage != hold::Stage::kHeld;
        named += OpenOf(reservation, key);
      }
      const Figures there = shop.live.figures.Get(key);
      RC_ASSERT(named >= std::min(shortfall->total, there.reserved + there.committed));
    }
  }));
}

TEST_CASE("Every hold and quota that can end has its timer, and nothing else has", "[inventory]") {
  CHECK(Always("timers = held reservations + quotas that end", [](const RandomStock& shop) {
    std::size_t held = 0;
    for (const auto& [key, there] : shop.live.quotas.rows) {
      for (const Quota& quota : there.quotas) {
        if (quota.ends_at == Time{}) continue;
        ++held;
        RC_ASSERT(shop.live.timers.Find(QuotaTimerOf(key, quota)) != nullptr);
      }
    }
    std::size_t live = 0;
    for (const auto& [id, reservation] : shop.live.reservations.rows) {
      if (hold::IsEnd(reservation.life.stage)) continue;
      ++live;
      RC_ASSERT(shop.live.live_reservations.Find({reservation.life.made_at, id}) != nullptr);
      if (reservation.life.stage != hold::Stage::kHeld) continue;
      ++held;
      RC_ASSERT(shop.live.timers.Find(ExpiryTimerOf(id, reservation)) != nullptr);
    }
    const std::size_t sweeps = shop.live.level_sweep.rows.size();
    RC_ASSERT(shop.live.timers.rows.size() == held + sweeps);
    RC_ASSERT(shop.live.live_reservations.rows.size() == live);
  }));
}

TEST_CASE("Replaying the encoded events gives the same rows", "[inventory]") {
  CHECK(Always("replay = live",
               [](const RandomStock& shop) { RC_ASSERT(shop.live.SameRows(shop.replayed)); }));
}

TEST_CASE("The ledger shows the figures as they stood at every position", "[inventory]") {
  CHECK(rc::check("as of = then", [] {
    RandomStock shop;
    for (const Step& step : *RandomSteps()) shop.Run(step);
    for (std::size_t offset = 0; offset < shop.history.size(); ++offset) {
      for (const auto& [key, then] : shop.history[offset]) {
        const MovementKey next{key.sku, key.location, static_cast<Offset>(offset) + 1, 0};
        auto row = shop.movements.rows.lower_bound(next);
        const bool any = row != shop.movements.rows.begin() && (--row)->first.sku == key.sku &&
                         row->first.location == key.location;
        RC_ASSERT((any ? row->second.after : Figures{}) == then);
      }
    }
  }));
}

TEST_CASE("A kit has no figures, and what is kept for it is among its reservation's lines",
          "[inventory]") {
  CHECK(Always("kits are their components", [](const RandomStock& shop) {
    for (const auto& [key, row] : shop.live.figures.rows) {
      RC_ASSERT(row == Figures{} || shop.live.kits.Find(key.sku) == nullptr);
    }
    for (const auto& [id, kept] : shop.live.reservation_kits.rows) {
      std::map<FiguresKey, Quantity> needed;
      for (const ReservedKit& kit : kept.kits) {
        RC_ASSERT(kit.quantity >= 0 && kit.quantity <= kit.ordered);
        for (const KitComponent& part : kit.components) {
          RC_ASSERT(shop.live.kits.Find(part.sku) == nullptr);
          needed[{part.sku, kit.location}] += kit.quantity * part.quantity;
        }
      }
      const Reservation reservation = shop.live.reservations.Get(id);
      for (const auto& [key, quantity] : needed) {
        const ReservationLine* line = reservation.Line(key.sku, key.location);
        RC_ASSERT(line != nullptr);
        RC_ASSERT(line->granted >= quantity);
      }
    }
  }));
}

TEST_CASE("Of a kit as many are promised as would be reserved, whatever came before",
          "[inventory]") {
  CHECK(Always("promised = reserved", [](const RandomStock& shop) {
    const StockState& state = shop.live.state.stock;
    const LocationId place{"place-0"};
    const auto reserve = [&](const SkuId& kit, Quantity quantity) {
      return shop.live.Decide(ReserveStock{.id = {"new"},
                                           .owner = "cart",
                                           .lines = {Of(quantity, place, kit)},
                                           .hold_for = std::chrono::minutes{15}},
                              shop.now);
    };
    for (const auto& [kit, row] : shop.live.kits.rows) {
      const Foresight foresight(state);
      const auto left = [&](const SkuId& sku) { return foresight.Promisable(sku, place, {}); };
      const Quantity whole = WholeKits(PartsOf(state, kit).value(), left);
      RC_ASSERT(!reserve(kit, whole + 1).event);
      if (whole == 0) continue;
      const auto all = reserve(kit, whole);
      const bool by_line = all.refusal == StockRefusal::kBelowLineMinimum ||
                           all.refusal == StockRefusal::kAboveLineMaximum;
      RC_ASSERT(by_line || all.event.has_value());
    }
  }));
}

TEST_CASE("The random mixes above reach every event and most refusals", "[inventory]") {
  CHECK(RandomStock::events_seen.size() == std::variant_size_v<StockEvent>);
  CHECK(RandomStock::refusals_seen.size() >= 18);
  CHECK(RandomStock::kits_given > 100);
}

}  // namespace omo::inventory
