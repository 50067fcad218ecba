#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

StockDecision Decide(const StockState& state, const DefineUnit& command, Time) {
  using enum StockRefusal;
  if (!IsName(command.sku.value) || !IsName(command.unit)) return kBadName;
  if (command.scale < 0 || command.scale > kScaleMax) return kBadScale;
  const Unit unit = state.units.Get(command.sku);
  if (unit.name == command.unit && unit.scale == command.scale) return {};
  if (auto no = RefuseKit(state, command.sku)) return *no;
  // Every quantity in the log is in the old unit: another scale would re-value them all.
  if (unit.moved && unit.scale != command.scale) {
    return {kScaleFixed, {{"scale", std::to_string(unit.scale)}}};
  }
  return UnitDefined{.sku = command.sku, .unit = command.unit, .scale = command.scale};
}

}  // namespace omo::inventory
