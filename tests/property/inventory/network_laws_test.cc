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

const std::vector<LocationId> kPlaces{{"place-0"}, {"place-1"}};

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

// Units that are promised, and which locations can give them out.
struct Claim {
  std::set<LocationId> servers;
  Quantity units = 0;
};
std::set<LocationId> ServersOf(const RandomStock& shop, const SkuId& sku, const Demanded& demand) {
  std::set<LocationId> servers;
  for (const LocationId& place : kPlaces) {
    if (!IsCounted(shop, sku, place, demand.group)) continue;
    const Terms terms = TermsAt(shop.live.state.stock, sku, place);
    if (demand.method == Method::kUnspecified || terms.IsOn(demand.method)) servers.insert(place);
  }
  return servers;
}
// Of reservations, and of quotas that are kept at a group.
std::vector<Claim> ClaimsOf(const RandomStock& shop, const SkuId& sku,
                            const std::map<FiguresKey, Figures>& figures,
                            const std::map<ReservationId, Reservation>& reservations) {
  std::vector<Claim> claims;
  for (const auto& [key, row] : figures) {
    if (key.sku != sku || !IsGroup(key.location) || row.quota == 0) continue;
    claims.push_back({ServersOf(shop, sku, {GroupAt(key.location)}), row.quota});
  }
  for (const auto& [demand, units] : DemandsOf(reservations, sku)) {
    claims.push_back({ServersOf(shop, sku, demand), units});
  }
  return claims;
}

// How many units, at best, cannot be given to those they are promised to, over all choices of
// claims the greatest lack.
Quantity Lack(const std::vector<Claim>& claims, const std::map<LocationId, Quantity>& there) {
  Quantity lack = 0;
  for (unsigned chosen = 1; chosen < 1U << claims.size(); ++chosen) {
    Quantity promised = 0;
    std::set<LocationId> servers;
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if ((chosen >> i & 1) == 0) continue;
      promised += claims[i].units;
      servers.insert(claims[i].servers.begin(), claims[i].servers.end());
    }
    for (const LocationId& server : servers) promised -= there.at(server);
    lack = std::max(lack, promised);
  }
  return lack;
}

// The same by these figures and the rules of now: what is there, or may be promised on supply.
Quantity LackNow(const RandomStock& shop, const SkuId& sku,
                 const std::map<FiguresKey, Figures>& figures,
                 const std::map<ReservationId, Reservation>& reservations) {
  std::map<LocationId, Quantity> there;
  for (const LocationId& place : kPlaces) {
    const auto row = figures.find({sku, place});
    there[place] =
        PartOf(shop.live.state.stock, sku, place, row != figures.end() ? row->second : Figures{})
            .free;
  }
  return Lack(ClaimsOf(shop, sku, figures, reservations), there);
}

// Where nothing is lacking: that so many units more are possible at a group, and not one more.
void RequireExact(const RandomStock& shop, const SkuId& sku, const Demanded& demand) {
  const StockState& stock = shop.live.state.stock;
  std::map<LocationId, Quantity> there;
  for (const LocationId& place : kPlaces) {
    there[place] = PartOf(stock, sku, place, shop.live.figures.Get({sku, place})).promisable;
  }
  std::vector<Claim> claims =
      ClaimsOf(shop, sku, shop.live.figures.rows, shop.live.reservations.rows);
  if (claims.size() >= 8 || Lack(claims, there) > 0) return;
  const Quantity said =
      Foresight(stock).CommonAt(sku, PlaceOf(demand.group), {.method = demand.method});
  claims.push_back({ServersOf(shop, sku, demand), said});
  RC_ASSERT(Lack(claims, there) == 0);
  ++claims.back().units;
  RC_ASSERT(Lack(claims, there) > 0);
}

}  // namespace

TEST_CASE("A group's figures are the sum of its members', whatever changes", "[inventory]") {
  CHECK(Always("kept sums = derived sums", [](const RandomStock& shop) {
    for (const auto& [id, group] : shop.live.groups.rows) {
      for (const SkuId& sku : {SkuId{"sku-0"}, SkuId{"sku-1"}}) {
        GroupSum sum;
        for (const LocationId& place : kPlaces) {
          if (!IsCounted(shop, sku, place, id)) continue;
          sum =
              sum + PartOf(shop.live.state.stock, sku, place, shop.live.figures.Get({sku, place}));
        }
        const GroupSum kept = Foresight(shop.live.state.stock).SumOf(sku, id);
        RC_ASSERT(kept.figures == sum.figures);
        RC_ASSERT(kept.free == sum.free);
        RC_ASSERT(kept.promisable == sum.promisable);
      }
    }
  }));
}

TEST_CASE("What groups are short of, together, is what nobody can give", "[inventory]") {
  CHECK(Always("sum of shortfalls = greatest lack", [](const RandomStock& shop) {
    const StockState& stock = shop.live.state.stock;
    for (const SkuId& sku : {SkuId{"sku-0"}, SkuId{"sku-1"}}) {
      std::vector<Claim> claims;
      Quantity told = 0;
      for (const auto& [key, row] : shop.live.figures.rows) {
        if (key.sku != sku || !IsGroup(key.location) || row.Promised() == 0) continue;
        claims.push_back({ServersOf(shop, sku, {GroupAt(key.location)}), row.Promised()});
        told += Foresight(stock).ShortfallAt(key);
      }
      std::map<LocationId, Quantity> there;
      for (const LocationId& place : kPlaces) {
        there[place] = PartOf(stock, sku, place, shop.live.figures.Get({sku, place})).free;
      }
      RC_ASSERT(told == Lack(claims, there));
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
      std::map<Demanded, Quantity> open = DemandsOf(shop.live.reservations.rows, sku);
      for (const auto& [key, row] : shop.live.figures.rows) {
        if (key.sku != sku || !IsGroup(key.location) || row.quota == 0) continue;
        open[{GroupAt(key.location), Method::kUnspecified}] += row.quota;
      }
      RC_ASSERT(kept == open);
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
            LackNow(shop, sku, shop.happened[i].before, shop.happened[i].reservations_before);
        const Quantity after =
            LackNow(shop, sku, shop.live.figures.rows, shop.live.reservations.rows);
        RC_ASSERT(after <= before);
      }
    }
  }));
}

TEST_CASE("A group promises all that it can, and no unit more", "[inventory]") {
  CHECK(Always("promisable is exact", [](const RandomStock& shop) {
    for (const auto& [id, group] : shop.live.groups.rows) {
      for (const SkuId& sku : {SkuId{"sku-0"}, SkuId{"sku-1"}}) {
        for (const Method method : {Method::kUnspecified, Method::kShip}) {
          RequireExact(shop, sku, {id, method});
        }
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
