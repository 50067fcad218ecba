// How the rows of levels follow events: Evolve's part of it. For domain/stock's own .cc files.
#pragma once

#include <vector>

#include "services/inventory/domain/stock/stock.h"

namespace omo::inventory {

// What an event brought about, as far as levels are concerned.
void FollowLevels(StockState& state, const std::vector<Consequence>& consequences);

// Every SKU is to be looked at again, this one first. A sweep that is under way goes on where it
// is, all the way around.
void BeginSweep(StockState& state, const SkuId& first = {});
// A part of it was done.
void GoOn(StockState& state, const StockReleveled& event);

}  // namespace omo::inventory
