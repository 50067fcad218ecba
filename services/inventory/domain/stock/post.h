// How what events post reaches the rows: the half of Evolve that is the same for all of them. For
// domain/stock's own .cc files.
#pragma once

#include "services/inventory/domain/stock/level_rows.h"
#include "services/inventory/domain/stock/postings.h"
#include "services/inventory/domain/stock/stock.h"

namespace omo::inventory {

// The first figures of a SKU anywhere fix its scale.
void MarkMoved(StockState& state, const SkuId& sku);

// Forgets recent rows up to `through` that no upload can ask for any more, oldest first.
void Forget(StockState& state, const FiguresKey& key, Second through, Tracking& tracking);

// `method`: how units promised at a group are to be delivered. `occurred_at`: when on_hand changed;
// Time{} where no upload will ask.
void PostAt(StockState& state, const FiguresKey& key, const BucketChanges& changes, Method method,
            Time occurred_at);
void PostQuota(StockState& state, const QuotaChanged& change);

void Post(StockState& state, const auto& event) {
  Time occurred_at{};
  if constexpr (requires { event.occurred_at; }) occurred_at = event.occurred_at;
  EachPosting(event, [&](const auto& line, const LocationId& location, const Figures&,
                         const BucketChanges& changes) {
    const Method method = IsGroup(location) ? MethodOf(state, event) : Method::kUnspecified;
    PostAt(state, {line.sku, location}, changes, method, occurred_at);
  });
  EachQuotaChange(event, [&](const QuotaChanged& change) { PostQuota(state, change); });
  if constexpr (requires { event.consequences; }) FollowLevels(state, event.consequences);
}

}  // namespace omo::inventory
