#include "services/inventory/domain/stock/terms.h"

#include <algorithm>
#include <limits>

#include "services/inventory/domain/lists.h"

namespace omo::inventory {
namespace {

constexpr GroupSum kNothing{};
constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::min();
// A place with more holds than this names those among the newest.
constexpr std::size_t kHoldsLookedAt = 1'000;

// Where `nearer` says nothing, `wider` does.
MethodSwitches Or(const MethodSwitches& nearer, const MethodSwitches& wider) {
  const auto either = [](const auto& one, const auto& other) { return one ? one : other; };
  return {.in_store = either(nearer.in_store, wider.in_store),
          .pick_up = either(nearer.pick_up, wider.pick_up),
          .ship = either(nearer.ship, wider.ship),
          .same_city = either(nearer.same_city, wider.same_city)};
}

void Take(const StockRules& rules, Terms& terms, bool& safety_said) {
  if (rules.safety) terms.safety = *rules.safety;
  safety_said = safety_said || rules.safety.has_value();
  if (rules.backorder) terms.backorder = *rules.backorder;
  if (rules.line_min) terms.line_min = rules.line_min;
  if (rules.line_max) terms.line_max = rules.line_max;
  terms.methods = Or(rules.methods, terms.methods);
}

const std::vector<std::string>& ClassesOf(const SkuRules* rules) {
  static const std::vector<std::string> kNone;
  return rules != nullptr ? rules->rules.classes : kNone;
}

std::int64_t VersionOf(const Network* network) {
  return network != nullptr ? network->sums_version : 0;
}

}  // namespace

std::int32_t ScaleOf(const StockState& state, const SkuId& sku) {
  const Unit* unit = state.units.Find(sku);
  return unit != nullptr ? unit->scale : 0;
}

Quantity RoundedDown(const Amount& amount, std::int32_t scale) {
  if (const auto exact = InScale(amount, scale)) return std::min(*exact, kFigureMax);
  if (amount.scale <= scale) return kFigureMax;
  std::int64_t divisor = 1;
  for (std::int32_t i = scale; i < amount.scale; ++i) divisor *= 10;
  return std::min(amount.value / divisor, kFigureMax);
}

Quantity RoundedUp(const Amount& amount, std::int32_t scale) {
  const Quantity down = RoundedDown(amount, scale);
  return down == kFigureMax || InScale(amount, scale) ? down : down + 1;
}

MethodSwitches MethodsOf(const StockState& state, const SkuId& sku) {
  const Network* network = state.network.network.Find({});
  const SkuRules* rules = state.sku_rules.Find(sku);
  return Or(rules != nullptr ? rules->rules.methods : MethodSwitches{},
            network != nullptr ? network->methods : MethodSwitches{});
}

Terms TermsAt(const StockState& state, const SkuId& sku, const LocationId& location) {
  Terms terms;
  const Network* network = state.network.network.Find({});
  const SkuRules* wide = state.sku_rules.Find(sku);
  if (network == nullptr && wide == nullptr) return terms;
  bool safety_said = false;
  if (network != nullptr) terms.methods = network->methods;
  if (wide != nullptr) Take(wide->rules, terms, safety_said);
  if (wide != nullptr && wide->at_places) {
    if (const PlaceRules* here = state.place_rules.Find({sku, location})) {
      Take(here->rules, terms, safety_said);
    }
  }
  if (network == nullptr) return terms;
  const NetworkPlace* place = state.network.places.Find(location);
  terms.paused = place != nullptr && place->paused;
  if (!safety_said && !network->safety_rules.empty()) {
    static const NetworkPlace kNowhere;
    const auto rule =
        SafetyFor(*network, place != nullptr ? *place : kNowhere, sku, ClassesOf(wide), location);
    if (rule) terms.safety = RoundedUp(*rule, ScaleOf(state, sku));
  }
  return terms;
}

bool Counts(const StockState& state, const SkuId& sku, const LocationId& location,
            const GroupId& group) {
  const SkuRules* wide = state.sku_rules.Find(sku);
  if (wide == nullptr) return true;
  if (Contains(wide->rules.excluded_from, group)) return false;
  if (!wide->at_places) return true;
  const PlaceRules* here = state.place_rules.Find({sku, location});
  return here == nullptr || !Contains(here->rules.excluded_from, group);
}

GroupSum PartOf(const StockState& state, const SkuId& sku, const LocationId& location,
                const Figures& figures) {
  const Terms terms = TermsAt(state, sku, location);
  const Quantity supply = terms.backorder.Allowed();
  GroupSum part{.figures = figures};
  part.free = std::clamp<Quantity>(figures.Available() + supply, 0, kFigureMax);
  if (terms.paused) return part;
  // Who may promise what is still to come keeps nothing of what is there.
  part.promisable =
      supply > 0 ? part.free : std::max<Quantity>(0, figures.Available() - terms.safety);
  return part;
}

Quantity OpenOf(const Reservation& reservation, const FiguresKey& key) {
  const ReservationLine* line = reservation.Line(key.sku, key.location);
  return line != nullptr ? line->units.Open() : 0;
}

std::vector<ReservationId> AffectedAt(const StockState& state, const FiguresKey& key,
                                      Quantity total, Naming& naming,
                                      const ReservationThen* changed) {
  struct Affected {
    bool committed = false;
    HoldKey hold;
    Quantity open = 0;
  };
  std::vector<Affected> there;
  const auto add = [&](const HoldKey& hold, const Reservation& reservation) {
    const Quantity open = OpenOf(reservation, key);
    if (open > 0) there.push_back({reservation.life.stage != hold::Stage::kHeld, hold, open});
  };
  const std::size_t looks = std::clamp(naming.looks_left, naming.most, kHoldsLookedAt);
  std::size_t looked_at = 0;
  state.holds.Walk(LeadingFields(key.sku, key.location),
                   {.sku = key.sku, .location = key.location, .age = kNewest},
                   [&](const HoldKey& hold, const HoldRow&) {
                     const bool is_changed = changed != nullptr && hold.id == changed->id;
                     if (!is_changed) add(hold, state.reservations.Get(hold.id));
                     return ++looked_at < looks;
                   });
  naming.looks_left -= std::min(naming.looks_left, looked_at);
  if (changed != nullptr) {
    add({key.sku, key.location, -ToMillis(changed->then.life.made_at), changed->id}, changed->then);
  }
  std::sort(there.begin(), there.end(), [](const Affected& one, const Affected& other) {
    return std::tie(one.committed, one.hold) < std::tie(other.committed, other.hold);
  });
  std::vector<ReservationId> affected;
  for (const Affected& each : there) {
    if (total <= 0 || affected.size() == naming.most) break;
    affected.push_back(each.hold.id);
    total -= each.open;
  }
  return affected;
}

GroupSum operator+(const GroupSum& left, const GroupSum& right) {
  GroupSum sum = left;
  sum.figures = left.figures + right.figures;
  sum.free += right.free;
  sum.promisable += right.promisable;
  return sum;
}

GroupSum operator-(const GroupSum& left, const GroupSum& right) {
  GroupSum difference = left;
  difference.figures = left.figures - right.figures;
  difference.free -= right.free;
  difference.promisable -= right.promisable;
  return difference;
}

GroupSum SumOver(const StockState& state, const SkuId& sku, const GroupId& group) {
  const std::int64_t network_version = VersionOf(state.network.network.Find({}));
  const SkuRules* rules = state.sku_rules.Find(sku);
  const std::int64_t rules_version = rules != nullptr ? rules->version : 0;
  const GroupSum* row = state.group_sums.Find({sku, group});
  if (row != nullptr && row->network_version == network_version &&
      row->rules_version == rules_version) {
    return *row;
  }
  GroupSum sum = kNothing;
  sum.network_version = network_version;
  sum.rules_version = rules_version;
  const Group* found = state.network.groups.Find(group);
  if (found == nullptr) return sum;
  for (const LocationId& location : found->members) {
    if (!Counts(state, sku, location, group)) continue;
    // What was never there may still be promised on supply.
    sum = sum + PartOf(state, sku, location, state.figures.Get({sku, location}));
  }
  return sum;
}

}  // namespace omo::inventory
