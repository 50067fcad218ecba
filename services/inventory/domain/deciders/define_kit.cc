#include "services/inventory/domain/deciders/take_apart.h"

namespace omo::inventory {
namespace {

InTheWay ReadComponents(const StockState& state, const DefineKit& command,
                        std::vector<KitComponent>& components) {
  InTheWay first;
  if (!IsName(command.sku.value)) first = StockRefusal::kBadName;
  if (command.components.size() > kKitPartsMax) KeepFirst(first, {StockRefusal::kBadLines});
  std::vector<StockLine> lines;
  for (const KitComponentAsked& asked : command.components) {
    if (!IsName(asked.sku.value)) KeepFirst(first, {StockRefusal::kBadName});
    StockLine line{.sku = asked.sku};
    InTheWay fault = ReadAmount(state, asked.amount, line, Kits::kTaken);
    if (!fault && line.quantity <= 0) fault = StockRefusal::kBadQuantity;
    KeepFirst(first, std::move(fault));
    AddLine(lines, line);
  }
  for (const StockLine& line : lines) {
    components.push_back({.sku = line.sku, .quantity = line.quantity, .scale = line.scale});
  }
  return first;
}

}  // namespace

// What is reserved stays as it was taken apart: its event says how.
StockDecision Decide(const StockState& state, const DefineKit& command, Time) {
  using enum StockRefusal;
  KitDefined event{.sku = command.sku};
  if (auto no = ReadComponents(state, command, event.components)) return *no;
  const Kit* known = state.kits.Find(command.sku);
  if (event.components == (known != nullptr ? *known : Kit{}).components) return {};
  if (event.components.empty()) return event;
  const Unit unit = state.units.Get(command.sku);
  if (unit.scale != 0) return kBadScale;  // Half a kit is none.
  std::vector<KitComponent> parts;
  if (auto no = TakeApart(state, command.sku, event.components, parts)) return *no;
  if (known == nullptr && unit.moved) return kKitHasStock;
  return event;
}

}  // namespace omo::inventory
