#include "services/inventory/domain/stock/stock.h"

#include <algorithm>
#include <utility>

#include "services/inventory/domain/stock/crossings.h"
#include "services/inventory/domain/stock/post.h"

namespace omo::inventory {
namespace {

// A change of the network, here or taken in, can move any SKU across a mark.
void TakeIn(StockState& state, const auto& event) {
  const bool was_watched = IsWatched(state);
  Post(state, event);
  Apply(state.network, event.version, event.change);
  const bool matters = !event.change.put_reject_rules && (was_watched || IsWatched(state));
  if (matters) BeginSweep(state);
}

}  // namespace

TimerKey QuotaTimerOf(const FiguresKey& key, const Quota& quota) {
  return {.due = quota.ends_at,
          .kind = kQuotaTimer,
          .subject = LeadingFields(key.sku, key.location, quota.id).bytes};
}

std::optional<UploadOutcome> OutcomeAgainst(const std::optional<Upload>& newest, const RecordId& id,
                                            Time as_of, Quantity on_hand) {
  if (!newest || as_of > newest->as_of) return std::nullopt;
  if (as_of < newest->as_of || id != newest->id) return UploadOutcome::kOutdated;
  return on_hand == newest->on_hand ? UploadOutcome::kAlreadyApplied
                                    : UploadOutcome::kRecordIdInUse;
}

Upload UploadOf(const UploadedRecord& record, Time uploaded_at) {
  return {.id = record.id,
          .as_of = record.as_of,
          .on_hand = record.on_hand,
          .holds = SecondOf(std::min(record.as_of, uploaded_at))};
}

void Evolve(StockState& state, const StockReceived& event) { Post(state, event); }
void Evolve(StockState& state, const StockAdjusted& event) { Post(state, event); }
void Evolve(StockState& state, const StockStateMoved& event) { Post(state, event); }

void Evolve(StockState& state, const SaleRecorded& event) {
  Post(state, event);
  state.sales.Put({event.device, event.sequence}, {event.content_hash});
}

void Evolve(StockState& state, const StockRulesSet& event) {
  Post(state, event);
  MarkMoved(state, event.sku);
  SkuRules wide = state.sku_rules.Get(event.sku);
  ++wide.version;
  if (event.location.value.empty()) {
    wide.rules = event.rules;
  } else {
    wide.at_places = true;
    wide.differs_at_places = wide.differs_at_places || !event.rules.excluded_from.empty() ||
                             event.rules.methods != MethodSwitches{};
    if (event.rules == StockRules{}) {
      state.place_rules.Erase({event.sku, event.location});
    } else {
      state.place_rules.Put({event.sku, event.location}, {event.rules});
    }
  }
  state.sku_rules.Put(event.sku, std::move(wide));
}

void Evolve(StockState& state, const PurchaseLimitSet& event) {
  MarkMoved(state, event.sku);
  if (event.per_customer) {
    state.purchase_limits.Put({event.sku, event.campaign}, {*event.per_customer});
  } else {
    state.purchase_limits.Erase({event.sku, event.campaign});
  }
}

void Evolve(StockState& state, const NetworkChanged& event) {
  TakeIn(state, event);
  state.network.changes.Put(event.version, event.change);
}

void Evolve(StockState& state, const NetworkApplied& event) { TakeIn(state, event); }

void Evolve(StockState& state, const StockReleveled& event) {
  Post(state, event);
  GoOn(state, event);
}

// An upload's own difference is not remembered: each upload that counts later is as of later.
void Evolve(StockState& state, const StockUploaded& event) {
  Post(state, event);
  for (const UploadedRecord& record : event.records) {
    if (!IsNewest(record.outcome)) continue;
    const FiguresKey key{record.sku, record.location};
    Tracking tracking = state.tracking.Get(key);
    tracking.newest = UploadOf(record, event.uploaded_at);
    Forget(state, key, tracking.newest->holds, tracking);
    state.tracking.Put(key, std::move(tracking));
  }
}

// The quota stands before what gives way to it is posted.
void Evolve(StockState& state, const QuotaSet& event) {
  const FiguresKey key{event.sku, event.location};
  PlaceQuotas there = state.quotas.Get(key);
  const Quota* before = there.Find(event.quota.id);
  if (before != nullptr && before->ends_at != Time{}) {
    state.timers.Erase(QuotaTimerOf(key, *before));
  }
  there.Put(event.quota);
  if (event.quota.left != 0 && event.quota.ends_at != Time{}) {
    state.timers.Put(QuotaTimerOf(key, event.quota), {});
  }
  if (there.quotas.empty()) {
    state.quotas.Erase(key);
  } else {
    state.quotas.Put(key, std::move(there));
  }
  Post(state, event);
  SkuRules rules = state.sku_rules.Get(event.sku);
  if (rules.has_quotas) return;
  rules.has_quotas = true;
  state.sku_rules.Put(event.sku, std::move(rules));
}

void Evolve(StockState& state, const KitDefined& event) {
  if (event.components.empty()) {
    state.kits.Erase(event.sku);
  } else {
    state.kits.Put(event.sku, {event.components});
  }
}

void Evolve(StockState& state, const UnitDefined& event) {
  Unit unit = state.units.Get(event.sku);
  unit.name = event.unit;
  unit.scale = event.scale;
  state.units.Put(event.sku, std::move(unit));
}

}  // namespace omo::inventory
