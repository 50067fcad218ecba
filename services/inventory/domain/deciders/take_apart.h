// How deciders take kits apart. For domain/stock's own .cc files.
#pragma once

#include <vector>

#include "services/inventory/domain/deciders/kits.h"
#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

// What one kit of these components comes to, all the way down: each SKU once, in its own unit, by
// its first appearance. Refused: in itself, too deep, or not exact any more.
InTheWay TakeApart(const StockState& state, const SkuId& kit,
                   const std::vector<KitComponent>& components, std::vector<KitComponent>& parts);

// Adds a line to those of the same SKU and place, so that nothing is checked before it is summed.
void AddLine(std::vector<StockLine>& lines, const StockLine& line);

// The asked lines with each kit as its components, and the kits among them.
InTheWay TakeKitsApart(const StockState& state, const std::vector<StockLine>& asked,
                       std::vector<StockLine>& lines, std::vector<ReservedKit>& kits);
// Adds the lines that `ordered` of the kit come to.
void AddParts(const ReservedKit& kit, std::vector<StockLine>& lines);

}  // namespace omo::inventory
