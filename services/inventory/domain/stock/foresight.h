// Figures as an event leaves them, line by line, before there is such an event; and what can still
// be promised behind it: one formula for whoever asks and whoever decides.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "services/inventory/domain/stock/group_lookups.h"
#include "services/inventory/domain/stock/postings.h"
#include "services/inventory/domain/stock/shown_stock.h"
#include "services/inventory/domain/stock/terms.h"

namespace omo::inventory {

// What stands in the way of promising anything at all at a place.
enum class Barrier { kNone, kPaused, kMethodOff };

class Foresight {
 public:
  // `state` stands still as long as this lives. `method`: that of the units which are posted to
  // groups.
  explicit Foresight(const StockState& state, Method method = Method::kUnspecified)
      : state_(state), method_(method), groups_(std::make_shared<GroupLookups>(state)) {}

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
    EachQuotaChange(event, [&](const QuotaChanged& change) { quota_changes_.push_back(change); });
    if constexpr (std::is_same_v<std::decay_t<decltype(event)>, QuotaSet>) quota_set_ = event;
  }
  // `quantity` units are kept for `demand`, which can be promised them; what of it is a quota's is
  // told to `consequences`.
  void Reserve(const SkuId& sku, const LocationId& place, const Demand& demand, Quantity quantity,
               std::vector<Consequence>& consequences);

  // How many more units can be promised at a location or a group, with what is kept for the demand
  // there: never below zero.
  Quantity Promisable(const SkuId& sku, const LocationId& place, const Demand& demand) const;
  // What of it is available to all. Whatever the barrier.
  Quantity CommonAt(const SkuId& sku, const LocationId& place, const Demand& demand) const;
  // The same for units that are promised already and only change their place: what is there counts,
  // no safety stock, pause or exposure.
  Quantity Movable(const SkuId& sku, const LocationId& location) const;
  // The quotas there, with the event's changes; none: nothing is kept.
  PlaceQuotas QuotasAt(const SkuId& sku, const LocationId& place) const;
  // What a group has, without what is kept at the group itself; and what one location adds to it.
  GroupSum SumOf(const SkuId& sku, const GroupId& group) const;
  GroupSum PartAt(const SkuId& sku, const LocationId& location) const;
  // Whether the group counts this SKU there; and whether units kept at it can be given out there.
  bool IsCounted(const SkuId& sku, const LocationId& location, const GroupId& group) const;
  bool MayServe(const SkuId& sku, const LocationId& location, const GroupHold& hold) const;
  Barrier BarrierAt(const SkuId& sku, const LocationId& place, const Demand& demand) const;
  // How a channel is told of figures at a place; nullopt: the network says nothing of the channel.
  std::optional<DisplayPolicy> DisplayAt(const SkuId& sku, const LocationId& place,
                                         const ChannelId& channel) const;

  // What quotas at the places so far are above what is free there goes back to all: they give way,
  // never a promise. Lets that happen here.
  std::vector<QuotaChanged> CutQuotas();
  // What is missing at a place for what is promised there. Groups share their members, and lack
  // some together: that is missing at the outer one, or the larger.
  Quantity ShortfallAt(const FiguresKey& key) const;
  // A shortfall for each place that is more promised now than it was.
  std::vector<Consequence> Shortfalls() const;
  bool AllInRange() const;
  // The SKUs of which some figure or quota is not what it was; each once, in order.
  std::vector<SkuId> Changed() const;
  const StockState& state() const { return state_; }
  GroupLookups& groups() const { return *groups_; }
  // Calls back with each location of the SKU whose figures are not those of the rows: with the
  // rows', and with those of now.
  void EachChanged(const SkuId& sku, auto visit) const {
    for (const Place& place : places_) {
      const bool is_other = place.key.sku != sku || IsGroup(place.key.location);
      if (is_other || place.now == place.before) continue;
      visit(place.key.location, place.before, place.now);
    }
  }

 private:
  Foresight(const StockState& state, Method method, std::shared_ptr<GroupLookups> groups)
      : state_(state), method_(method), groups_(std::move(groups)) {}

  struct Place {
    FiguresKey key;
    Figures before;
    Figures now;
  };
  const Place* Find(const SkuId& sku, const LocationId& location) const;
  Figures Now(const SkuId& sku, const LocationId& location) const;
  // The units held at groups, with those of the event.
  std::vector<GroupHold> HoldsOf(const SkuId& sku) const;
  // The groups at which units are held, the smaller ones first: an inner before an outer.
  std::vector<GroupId> GroupsWithHolds(const SkuId& sku) const;
  // GroupRoom::Lacks of the promises at these groups, with the quotas at the first so many.
  std::vector<Quantity> LacksOf(const SkuId& sku, const std::vector<GroupId>& groups,
                                std::size_t with_quotas) const;
  // By how much what is kept at a place, for promises and quotas, is above what there is.
  Quantity ExcessAt(const SkuId& sku, const LocationId& place) const;
  void CutAt(const SkuId& sku, const LocationId& place, std::vector<QuotaChanged>& cuts);
  const ChannelExposure* ExposureOf(const ChannelId& channel) const;
  const ExposureRule* RuleAt(const ChannelExposure& channel, const SkuId& sku,
                             const LocationId& place) const;
  Quantity Exposed(const SkuId& sku, const LocationId& place, const Demand& demand,
                   Quantity free) const;
  bool SellsFrom(const ChannelExposure& channel, const LocationId& place) const;

  const StockState& state_;
  const Method method_;
  const std::shared_ptr<GroupLookups> groups_;  // Of the rows: a copy's are the same.
  std::vector<Place> places_;
  std::vector<QuotaChanged> quota_changes_;
  std::optional<QuotaSet> quota_set_;
};

}  // namespace omo::inventory
