#include "services/inventory/domain/stock/foresight.h"

#include <algorithm>
#include <utility>

#include "services/inventory/domain/lists.h"
#include "services/inventory/domain/stock/group_room.h"

namespace omo::inventory {
namespace {

const std::vector<std::string>& ClassesOf(const StockState& state, const SkuId& sku) {
  static const std::vector<std::string> kNone;
  const SkuRules* rules = state.sku_rules.Find(sku);
  return rules != nullptr ? rules->rules.classes : kNone;
}

NetworkPlace NetworkPlaceOf(const StockState& state, const LocationId& place) {
  if (!IsGroup(place)) return state.network.places.Get(place);
  return {.groups = {GroupAt(place)}};  // A rule for the group is one for what is promised there.
}

}  // namespace

Figures& Foresight::Of(const SkuId& sku, const LocationId& location) {
  for (Place& place : places_) {
    if (place.key.sku == sku && place.key.location == location) return place.now;
  }
  FiguresKey key{sku, location};
  const Figures figures = state_.figures.Get(key);
  return places_.emplace_back(Place{std::move(key), figures, figures}).now;
}

const Foresight::Place* Foresight::Find(const SkuId& sku, const LocationId& location) const {
  for (const Place& place : places_) {
    if (place.key.sku == sku && place.key.location == location) return &place;
  }
  return nullptr;
}

Figures Foresight::Now(const SkuId& sku, const LocationId& location) const {
  if (const Place* place = Find(sku, location)) return place->now;
  return state_.figures.Get({sku, location});
}

GroupSum Foresight::PartAt(const SkuId& sku, const LocationId& location) const {
  return PartOf(state_, sku, location, Now(sku, location));
}

bool Foresight::IsCounted(const SkuId& sku, const LocationId& location,
                          const GroupId& group) const {
  const NetworkPlace* place = state_.network.places.Find(location);
  return place != nullptr && Contains(place->groups, group) && Counts(state_, sku, location, group);
}

bool Foresight::MayServe(const SkuId& sku, const LocationId& location,
                         const GroupHold& hold) const {
  return IsCounted(sku, location, hold.group) &&
         (hold.method == Method::kUnspecified || TermsAt(state_, sku, location).IsOn(hold.method));
}

GroupSum Foresight::SumOf(const SkuId& sku, const GroupId& group) const {
  GroupSum sum = groups_->SumOf(sku, group);
  EachChanged(sku, [&](const LocationId& location, const Figures& before, const Figures& now) {
    if (!IsCounted(sku, location, group)) return;
    sum = sum - PartOf(state_, sku, location, before) + PartOf(state_, sku, location, now);
  });
  return sum;
}

std::vector<GroupHold> Foresight::HoldsOf(const SkuId& sku) const {
  std::vector<GroupHold> holds;
  if (const SkuRules* rules = state_.sku_rules.Find(sku)) holds = rules->group_holds;
  for (const Place& place : places_) {
    if (!IsGroup(place.key.location) || place.key.sku != sku) continue;
    const GroupId group = GroupAt(place.key.location);
    const Quantity promised = place.now.Promised() - place.before.Promised();
    if (promised != 0) HoldFor(holds, group, method_).held += promised;
    const Quantity kept = place.now.quota - place.before.quota;
    if (kept != 0) HoldFor(holds, group, Method::kUnspecified).held += kept;
  }
  // As the rows will be: a group at which nothing is kept stands in nobody's way.
  std::erase_if(holds, [](const GroupHold& hold) { return hold.held == 0; });
  return holds;
}

Barrier Foresight::BarrierAt(const SkuId& sku, const LocationId& place,
                             const Demand& demand) const {
  if (IsGroup(place)) return Barrier::kNone;
  const Terms terms = TermsAt(state_, sku, place);
  if (terms.paused) return Barrier::kPaused;
  return terms.IsOn(demand.method) ? Barrier::kNone : Barrier::kMethodOff;
}

bool Foresight::SellsFrom(const ChannelExposure& channel, const LocationId& place) const {
  if (channel.sells_from.value.empty()) return true;
  const Group* from = state_.network.groups.Find(channel.sells_from);
  if (from == nullptr) return false;
  if (!IsGroup(place)) {
    return Contains(from->members, place);
  }
  const Group* asked = state_.network.groups.Find(GroupAt(place));
  return asked != nullptr && std::includes(from->members.begin(), from->members.end(),
                                           asked->members.begin(), asked->members.end());
}

const ChannelExposure* Foresight::ExposureOf(const ChannelId& channel) const {
  const Network* network = state_.network.network.Find({});
  return network != nullptr && !channel.value.empty() ? network->Channel(channel) : nullptr;
}

const ExposureRule* Foresight::RuleAt(const ChannelExposure& channel, const SkuId& sku,
                                      const LocationId& place) const {
  return ExposureFor(channel, NetworkPlaceOf(state_, place), sku, ClassesOf(state_, sku), place);
}

std::optional<DisplayPolicy> Foresight::DisplayAt(const SkuId& sku, const LocationId& place,
                                                  const ChannelId& channel) const {
  const ChannelExposure* exposure = ExposureOf(channel);
  if (exposure == nullptr) return std::nullopt;
  const ExposureRule* rule = RuleAt(*exposure, sku, place);
  return DisplayPolicy{.exact = !exposure->display.band,
                       .low = exposure->display.low,
                       .most = rule != nullptr ? rule->shown_max : std::nullopt};
}

// What the channel gets of `free` units; nothing, less than nothing never.
Quantity Foresight::Exposed(const SkuId& sku, const LocationId& place, const Demand& demand,
                            Quantity free) const {
  const ChannelExposure* channel = ExposureOf(demand.channel);
  if (channel == nullptr) return free;
  if (!SellsFrom(*channel, place)) return 0;
  const ExposureRule* rule = RuleAt(*channel, sku, place);
  if (rule == nullptr) return free;
  if (rule->excluded) return 0;
  const Quantity buffer =
      RoundedUp(rule->buffer, ScaleOf(state_, sku)) + (free * rule->buffer_percent + 99) / 100;
  return std::max<Quantity>(0, free - buffer) * rule->share_percent / 100;
}

Quantity Foresight::CommonAt(const SkuId& sku, const LocationId& place,
                             const Demand& demand) const {
  GroupRoom room(*this, sku, HoldsOf(sku), RoomBasis::kPromise);
  if (!IsGroup(place)) {
    return std::min(Exposed(sku, place, demand, PartAt(sku, place).promisable),
                    room.LeftFor(place, demand.method));
  }
  Quantity left = room.LeftFor(place, demand.method);
  const Network* network = state_.network.network.Find({});
  if (network == nullptr) return 0;
  const auto threshold = ThresholdFor(*network, sku, ClassesOf(state_, sku), GroupAt(place));
  if (threshold) left -= RoundedUp(*threshold, ScaleOf(state_, sku));
  return Exposed(sku, place, demand, std::max<Quantity>(0, left));
}

Quantity Foresight::Promisable(const SkuId& sku, const LocationId& place,
                               const Demand& demand) const {
  if (BarrierAt(sku, place, demand) != Barrier::kNone) return 0;
  const Quantity common = CommonAt(sku, place, demand);
  const PlaceQuotas quotas = QuotasAt(sku, place);
  if (quotas.quotas.empty()) return common;
  const QuotaShare share = ShareOf(quotas, demand);
  const Quantity all = share.own + (share.borrows ? common + share.lent : 0);
  if (!IsGroup(place)) return all;
  // Units that are kept by no method may be of no use to this one.
  std::vector<GroupHold> others = HoldsOf(sku);
  HoldFor(others, GroupAt(place), Method::kUnspecified).held -= share.own + share.lent;
  GroupRoom room(*this, sku, std::move(others), RoomBasis::kPromise);
  return std::min(all, room.LeftFor(place, demand.method));
}

void Foresight::Reserve(const SkuId& sku, const LocationId& place, const Demand& demand,
                        Quantity quantity, std::vector<Consequence>& consequences) {
  const PlaceQuotas quotas = QuotasAt(sku, place);
  if (!quotas.quotas.empty()) {
    const Quantity common =
        ShareOf(quotas, demand).borrows ? CommonAt(sku, place, demand) : Quantity{0};
    for (const QuotaPart& part : Draw(quotas, demand, common, quantity)) {
      Of(sku, place).quota -= part.quantity;
      quota_changes_.push_back({.sku = sku,
                                .location = place,
                                .id = part.id,
                                .move = QuotaMove::kDrawn,
                                .quantity = -part.quantity,
                                .scale = ScaleOf(state_, sku)});
      const auto same = [&](const Consequence& known) {
        const auto* drawn = std::get_if<QuotaChanged>(&known);
        return drawn != nullptr && drawn->sku == sku && drawn->location == place &&
               drawn->id == part.id;
      };
      const auto before = std::find_if(consequences.begin(), consequences.end(), same);
      if (before == consequences.end()) {
        consequences.push_back(quota_changes_.back());
      } else {
        std::get<QuotaChanged>(*before).quantity -= part.quantity;
      }
    }
  }
  Of(sku, place).reserved += quantity;
}

PlaceQuotas Foresight::QuotasAt(const SkuId& sku, const LocationId& place) const {
  const bool is_set = quota_set_ && quota_set_->sku == sku && quota_set_->location == place;
  const SkuRules* rules = state_.sku_rules.Find(sku);
  if (!is_set && (rules == nullptr || !rules->has_quotas)) return {};
  PlaceQuotas quotas = state_.quotas.Get({sku, place});
  if (is_set) quotas.Put(quota_set_->quota);
  for (const QuotaChanged& change : quota_changes_) {
    if (change.sku == sku && change.location == place) quotas.Change(change.id, change.quantity);
  }
  return quotas;
}

std::vector<GroupId> Foresight::GroupsWithHolds(const SkuId& sku) const {
  std::vector<GroupId> groups;
  for (const GroupHold& hold : HoldsOf(sku)) groups.push_back(hold.group);
  SortUnique(groups);
  std::stable_sort(groups.begin(), groups.end(), [&](const GroupId& one, const GroupId& other) {
    return groups_->MembersOf(one).size() < groups_->MembersOf(other).size();
  });
  return groups;
}

std::vector<Quantity> Foresight::LacksOf(const SkuId& sku, const std::vector<GroupId>& groups,
                                         std::size_t with_quotas) const {
  std::vector<GroupHold> kept;
  for (const GroupId& group : groups) {
    const Figures at = Now(sku, PlaceOf(group));
    const Quantity quota = kept.size() < with_quotas ? at.quota : 0;
    kept.push_back({.group = group, .held = at.Promised() + quota});
  }
  return GroupRoom(*this, sku, std::move(kept), RoomBasis::kPresence).Lacks();
}

Quantity Foresight::ExcessAt(const SkuId& sku, const LocationId& place) const {
  const Figures now = Now(sku, place);
  if (IsGroup(place)) {
    const std::vector<GroupId> groups = GroupsWithHolds(sku);
    const auto nth = static_cast<std::size_t>(
        std::find(groups.begin(), groups.end(), GroupAt(place)) - groups.begin());
    if (nth == groups.size()) return 0;
    return LacksOf(sku, groups, nth + 1).back() - LacksOf(sku, groups, nth).back();
  }
  const Terms terms = TermsAt(state_, sku, place);
  const Quantity supply = terms.backorder.Allowed();
  return (supply > 0 ? -supply : terms.safety) - now.Available();
}

void Foresight::CutAt(const SkuId& sku, const LocationId& place, std::vector<QuotaChanged>& cuts) {
  if (Now(sku, place).quota <= 0) return;
  const Quantity excess = ExcessAt(sku, place);
  if (excess <= 0) return;
  for (const QuotaPart& part : Cut(QuotasAt(sku, place), excess)) {
    Of(sku, place).quota -= part.quantity;
    quota_changes_.push_back({.sku = sku,
                              .location = place,
                              .id = part.id,
                              .move = QuotaMove::kCut,
                              .quantity = -part.quantity,
                              .scale = ScaleOf(state_, sku),
                              .after = Now(sku, place)});
    cuts.push_back(quota_changes_.back());
  }
}

std::vector<QuotaChanged> Foresight::CutQuotas() {
  std::vector<QuotaChanged> cuts;
  std::vector<FiguresKey> locations;
  std::vector<FiguresKey> groups;  // Behind the locations: they count what is free there.
  for (const Place& place : places_) {
    const SkuRules* rules = state_.sku_rules.Find(place.key.sku);
    if (rules == nullptr || !rules->has_quotas) continue;
    (IsGroup(place.key.location) ? groups : locations).push_back(place.key);
    for (const GroupId& group : GroupsWithHolds(place.key.sku)) {
      groups.push_back({place.key.sku, PlaceOf(group)});
    }
  }
  SortUnique(groups);
  for (const FiguresKey& key : locations) CutAt(key.sku, key.location, cuts);
  for (const FiguresKey& key : groups) CutAt(key.sku, key.location, cuts);
  return cuts;
}

Quantity Foresight::Movable(const SkuId& sku, const LocationId& location) const {
  return std::min(PartAt(sku, location).free,
                  GroupRoom(*this, sku, HoldsOf(sku), RoomBasis::kPresence)
                      .LeftFor(location, Method::kUnspecified));
}

Quantity Foresight::ShortfallAt(const FiguresKey& key) const {
  const Figures now = Now(key.sku, key.location);
  if (!IsGroup(key.location)) {
    return ShortfallOf(now, TermsAt(state_, key.sku, key.location).backorder);
  }
  if (now.Promised() == 0) return 0;
  const std::vector<GroupId> groups = GroupsWithHolds(key.sku);
  const auto nth = static_cast<std::size_t>(
      std::find(groups.begin(), groups.end(), GroupAt(key.location)) - groups.begin());
  if (nth == groups.size()) return 0;
  const std::vector<Quantity> lacks = LacksOf(key.sku, groups, 0);
  return lacks[nth] - (nth > 0 ? lacks[nth - 1] : 0);
}

std::vector<Consequence> Foresight::Shortfalls() const {
  std::vector<Consequence> consequences;
  std::vector<FiguresKey> groups;  // Whose members, or holds, have changed.
  const auto add = [&](const FiguresKey& key, Quantity before, Quantity total) {
    if (total <= before) return;
    consequences.push_back(StockShortfall{.sku = key.sku,
                                          .location = key.location,
                                          .quantity = total - before,
                                          .total = total,
                                          .scale = ScaleOf(state_, key.sku)});
  };
  for (const Place& place : places_) {
    // Whatever changes, groups may lack more together.
    for (const GroupId& group : GroupsWithHolds(place.key.sku)) {
      groups.push_back({place.key.sku, PlaceOf(group)});
    }
    if (!IsGroup(place.key.location) && place.now.Available() < 0) {
      const Backorder backorder = TermsAt(state_, place.key.sku, place.key.location).backorder;
      add(place.key, ShortfallOf(place.before, backorder), ShortfallOf(place.now, backorder));
    }
  }
  SortUnique(groups);
  const Foresight before(state_, method_, groups_);
  for (const FiguresKey& key : groups) add(key, before.ShortfallAt(key), ShortfallAt(key));
  return consequences;
}

std::vector<SkuId> Foresight::Changed() const {
  std::vector<SkuId> changed;
  for (const Place& place : places_) {
    if (place.now != place.before) changed.push_back(place.key.sku);
  }
  // Whose units are kept may change, and how many are kept may not.
  if (quota_set_) changed.push_back(quota_set_->sku);
  SortUnique(changed);
  return changed;
}

bool Foresight::AllInRange() const {
  return std::all_of(places_.begin(), places_.end(),
                     [](const Place& place) { return InRange(place.now); });
}

}  // namespace omo::inventory
