// What holds of units that are kept for some, whatever happens to stock, rules and the network.
#include "services/inventory/domain/stock/foresight.h"
#include "services/inventory/domain/stock/terms.h"
#include "tests/property/support/random_stock.h"
#include "tests/support/catch.h"

namespace omo::inventory {
namespace {

using Laws = void (*)(const RandomStock&);

constexpr int kMixes = 10;

bool Always(const std::string& law, Laws holds) {
  return rc::check(law, [holds] {
    for (int mix = 0; mix < kMixes; ++mix) {
      RandomStock shop;
      for (const Step& step : *RandomSteps()) {
        shop.Run(step);
        holds(shop);
      }
    }
  });
}

std::int32_t ScaleOfSku(const RandomStock& shop) {
  return ScaleOf(shop.live.state.stock, {"sku-0"});
}

}  // namespace

TEST_CASE("What is kept is the sum of its quotas, none of them below zero", "[inventory]") {
  CHECK(Always("figures.quota = sum(left)", [](const RandomStock& shop) {
    for (const auto& [key, row] : shop.live.figures.rows) {
      Quantity sum = 0;
      for (const Quota& quota : shop.live.quotas.Get(key).quotas) {
        RC_ASSERT(quota.left >= 0);
        sum += quota.left;
      }
      RC_ASSERT(row.quota == sum);
    }
    for (const auto& [key, there] : shop.live.quotas.rows) {
      RC_ASSERT(shop.live.figures.Find(key) != nullptr);
    }
  }));
}

TEST_CASE("Quotas are never above what is available to fulfil", "[inventory]") {
  CHECK(Always("sum(left) <= ATF", [](const RandomStock& shop) {
    const StockState& stock = shop.live.state.stock;
    for (const auto& [key, row] : shop.live.figures.rows) {
      if (row.quota == 0) continue;
      if (IsGroup(key.location)) {
        const GroupSum sum = SumOver(stock, key.sku, GroupAt(key.location));
        RC_ASSERT(row.quota <= sum.free - row.reserved - row.committed);
      } else {
        const Terms terms = TermsAt(stock, key.sku, key.location);
        const Quantity supply = terms.backorder.Allowed();
        RC_ASSERT(row.quota <= row.Available() + row.quota + (supply > 0 ? supply : -terms.safety));
      }
    }
  }));
}

TEST_CASE("Only those take of a quota whose it is, or whom it lends to", "[inventory]") {
  CHECK(Always("drawn = owned or lent", [](const RandomStock& shop) {
    for (const auto& happened : shop.happened) {
      const auto* made = std::get_if<StockReserved>(&happened.event);
      if (made == nullptr) continue;
      const Demand demand{.channel = made->channel, .segment = made->segment};
      for (const Consequence& consequence : made->consequences) {
        const auto* change = std::get_if<QuotaChanged>(&consequence);
        if (change == nullptr || change->move != QuotaMove::kDrawn) continue;
        const PlaceQuotas there = shop.live.quotas.Get({change->sku, change->location});
        const Quota* quota = there.Find(change->id);
        RC_ASSERT(quota != nullptr);
        RC_ASSERT((quota->owner.IsOf(demand) || quota->LendsTo(demand)));
      }
    }
  }));
}

// saleor/apps 1175: availability says yes, checkout says no, as there are two formulas.
TEST_CASE("Complaint 28: what is told can be reserved, and not one unit more", "[inventory]") {
  CHECK(Always("promisable = granted", [](const RandomStock& shop) {
    using enum StockRefusal;
    if (shop.happened.empty()) return;
    const Demand demands[] = {{}, {{"web"}, {}, Method::kShip}, {{"web"}, {"vip"}}};
    for (const LocationId& place :
         {LocationId{"place-0"}, LocationId{"place-1"}, PlaceOf({"both"}), PlaceOf({"second"})}) {
      if (IsGroup(place) && shop.live.groups.Find(GroupAt(place)) == nullptr) continue;
      for (const Demand& demand : demands) {
        const auto ask = [&](Quantity quantity) {
          return shop.live
              .Decide(ReserveStock{.id = {"asked"},
                                   .owner = "cart",
                                   .channel = demand.channel,
                                   .lines = {{{"sku-0"}, place, {quantity, ScaleOfSku(shop)}}},
                                   .hold_for = std::chrono::minutes{15},
                                   .method = demand.method,
                                   .segment = demand.segment},
                      shop.now)
              .refusal;
        };
        const Quantity told = Foresight(shop.live.state.stock).Promisable({"sku-0"}, place, demand);
        const auto is_limit = [](const std::optional<StockRefusal>& refusal) {
          return refusal == kBelowLineMinimum || refusal == kAboveLineMaximum;
        };
        if (told > 0) RC_ASSERT((!ask(told) || is_limit(ask(told))));
        const auto more = ask(told + 1);
        RC_ASSERT((is_limit(more) || more == kNotEnoughAvailable || more == kLocationPaused ||
                   more == kMethodOff));
      }
    }
  }));
}

TEST_CASE("A reservation never owes more to quotas than it has open", "[inventory]") {
  CHECK(Always("sum(draws) <= open", [](const RandomStock& shop) {
    for (const auto& [id, reservation] : shop.live.reservations.rows) {
      std::map<FiguresKey, Quantity> owed;
      for (const QuotaDraw& draw : reservation.draws) {
        RC_ASSERT(draw.quantity > 0);
        owed[{draw.sku, draw.location}] += draw.quantity;
      }
      for (const auto& [key, quantity] : owed) {
        const ReservationLine* line = reservation.Line(key.sku, key.location);
        RC_ASSERT(line != nullptr);
        RC_ASSERT(quantity <= line->units.Open());
      }
    }
  }));
}

}  // namespace omo::inventory
