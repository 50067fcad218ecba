// What holds while the network changes under sales, reservations and reads.
#include <algorithm>

#include "services/inventory/domain/stock/foresight.h"
#include "services/inventory/domain/stock/terms.h"
#include "tests/property/support/random_stock.h"
#include "tests/support/catch.h"

namespace omo::inventory {
namespace {

using Laws = void (*)(const RandomStock&);

// RapidCheck draws 100 times; one draw has so many mixes: a fault in rules that overlap is rare.
constexpr int kMixes = 15;

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

bool Names(const std::vector<GroupId>& ids, const GroupId& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// All locations of a group, from what was put and nothing else.
void AddMembers(const RandomStock& shop, const GroupId& id, std::set<LocationId>& members) {
  const Group* group = shop.live.groups.Find(id);
  if (group == nullptr) return;
  members.insert(group->group.locations.begin(), group->group.locations.end());
  for (const GroupId& inner : group->group.groups) AddMembers(shop, inner, members);
}

bool IsCounted(const RandomStock& shop, const SkuId& sku, const LocationId& location,
               const GroupId& group) {
  std::set<LocationId> members;
  AddMembers(shop, group, members);
  return members.contains(location) &&
         !Names(shop.live.sku_rules.Get(sku).rules.excluded_from, group) &&
         !Names(shop.live.place_rules.Get({sku, location}).rules.excluded_from, group);
}

// One promise at a group, as its reservations tell it.
struct Demanded {
  GroupId group;
  Method method = Method::kUnspecified;
  auto operator<=>(const Demanded&) const = default;  // NOLINT(modernize-use-nullptr)
};
std::map<Demanded, Quantity> DemandsOf(const std::map<ReservationId, Reservation>& reservations,
                                       const SkuId& sku) {
  std::map<Demanded, Quantity> demands;
  for (const auto& [id, reservation] : reservations) {
    for (const ReservationLine& line : reservation.lines) {
      if (line.sku != sku || !IsGroup(line.location) || line.units.Open() == 0) continue;
      demands[{GroupAt(line.location), reservation.method}] += line.units.Open();
    }
  }
  return demands;
}

// How many units, at best, cannot be given to those they are promised to: over all choices of
// promises at groups the greatest lack, by the figures and the rules of now.
Quantity Lack(const RandomStock& shop, const SkuId& sku,
              const std::map<FiguresKey, Figures>& figures,
              const std::map<ReservationId, Reservation>& reservations) {
  const auto demands = DemandsOf(reservations, sku);
  const std::vector<std::pair<Demanded, Quantity>> list(demands.begin(), demands.end());
  Quantity lack = 0;
  for (unsigned chosen = 1; chosen < 1U << list.size(); ++chosen) {
    Quantity promised = 0;
    std::set<LocationId> serving;
    for (std::size_t i = 0; i < list.size(); ++i) {
      if ((chosen >> i & 1) == 0) continue;
      promised += list[i].second;
      for (const auto& [key, row] : figures) {
        if (key.sku != sku || !IsCounted(shop, sku, key.location, list[i].first.group)) continue;
        const Method method = list[i].first.method;
        if (method != Method::kUnspecified &&
            !TermsAt(shop.live.state.stock, sku, key.location).IsOn(method)) {
          continue;
        }
        serving.insert(key.location);
      }
    }
    for (const LocationId& location : serving) {
      const Quantity supply = TermsAt(shop.live.state.stock, sku, location).backorder.Allowed();
      promised -= std::max<Quantity>(0, figures.at({sku, location}).Available() + supply);
    }
    lack = std::max(lack, promised);
  }
  return lack;
}

}  // namespace

TEST_CASE("A group's figures are the sum of its members', whatever changes", "[inventory]") {
  CHECK(Always("kept sums = derived sums", [](const RandomStock& shop) {
    for (const auto& [id, group] : shop.live.groups.rows) {
      for (const SkuId& sku : {SkuId{"sku-0"}, SkuId{"sku-1"}}) {
        Figures sum;
        for (const auto& [key, row] : shop.live.figures.rows) {
          if (key.sku == sku && IsCounted(shop, sku, key.location, id)) sum = sum + row;
        }
        RC_ASSERT(Foresight(shop.live.state.stock).SumOf(sku, id).figures == sum);
      }
    }
  }));
}

TEST_CASE("What is kept at groups by method is what reservations have open there", "[inventory]") {
  CHECK(Always("group holds = sum(open)", [](const RandomStock& shop) {
    for (const SkuId& sku : {SkuId{"sku-0"}, SkuId{"sku-1"}}) {
      std::map<Demanded, Quantity> kept;
      for (const GroupHold& hold : shop.live.sku_rules.Get(sku).group_holds) {
        kept[{hold.group, hold.method}] += hold.held;
      }
      RC_ASSERT(kept == DemandsOf(shop.live.reservations.rows, sku));
      for (const auto& [demand, quantity] : kept) {
        RC_ASSERT(shop.live.group_skus.Find({demand.group, sku}) != nullptr);
      }
    }
  }));
}

TEST_CASE("No reservation takes a unit that a promise at any group needs", "[inventory]") {
  CHECK(Always("a new promise never adds to what is lacking", [](const RandomStock& shop) {
    for (std::size_t i = 0; i < shop.happened.size(); ++i) {
      if (!std::holds_alternative<StockReserved>(shop.happened[i].event)) continue;
      RC_ASSERT(i + 1 == shop.happened.size());
      for (const SkuId& sku : {SkuId{"sku-0"}, SkuId{"sku-1"}}) {
        const Quantity before =
            Lack(shop, sku, shop.happened[i].before, shop.happened[i].reservations_before);
        const Quantity after = Lack(shop, sku, shop.live.figures.rows, shop.live.reservations.rows);
        RC_ASSERT(after <= before);
      }
    }
  }));
}

TEST_CASE("A customer has never more than what he holds and bought", "[inventory]") {
  CHECK(Always("purchases = open + fulfilled", [](const RandomStock& shop) {
    std::map<PurchaseKey, Quantity> bought;
    for (const auto& [id, reservation] : shop.live.reservations.rows) {
      if (!reservation.buyer.IsCounted()) continue;
      for (const ReservationLine& line : reservation.lines) {
        bought[{line.sku, reservation.buyer}] += line.units.Open() + line.units.fulfilled;
      }
    }
    for (const auto& [key, purchase] : shop.live.purchases.rows) {
      RC_ASSERT(purchase.quantity == bought[key]);
    }
    for (const auto& [key, quantity] : bought) {
      RC_ASSERT(quantity == shop.live.purchases.Get(key).quantity);
    }
  }));
}

}  // namespace omo::inventory
