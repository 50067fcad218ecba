#include "services/inventory/domain/deciders/kits.h"

#include "services/inventory/domain/deciders/take_apart.h"

namespace omo::inventory {
namespace {

// How many components a kit's taking apart looks at, where kits share kits: a shard's thread waits.
constexpr std::size_t kLooksMax = 1'000;

// `times` that much more of a SKU, as it is counted now: one that never moved may have got another
// unit since.
InTheWay AddPart(const StockState& state, std::vector<KitComponent>& parts,
                 const KitComponent& part, Quantity times) {
  const std::int32_t scale = ScaleOf(state, part.sku);
  const auto exact = InScale(Amount{part.quantity, part.scale}, scale);
  if (!exact) {
    return StockDecision(StockRefusal::kQuantityNotExact,
                         {{"sku", part.sku.value}, {"scale", std::to_string(scale)}});
  }
  if (*exact > kQuantityMax / times) return StockRefusal::kBadQuantity;
  const Quantity more = *exact * times;
  for (KitComponent& known : parts) {
    if (known.sku != part.sku) continue;
    known.quantity += more;
    return known.quantity > kQuantityMax ? InTheWay(StockRefusal::kBadQuantity) : std::nullopt;
  }
  parts.push_back({.sku = part.sku, .quantity = more, .scale = scale});
  return parts.size() > kKitPartsMax ? InTheWay(StockRefusal::kKitTooDeep) : std::nullopt;
}

// Adds `times` all of these.
InTheWay AddAll(const StockState& state, std::vector<KitComponent>& parts,
                const std::vector<KitComponent>& components, Quantity times) {
  for (const KitComponent& part : components) {
    if (auto no = AddPart(state, parts, part, times)) return no;
  }
  return std::nullopt;
}

}  // namespace

InTheWay TakeApart(const StockState& state, const SkuId& kit,
                   const std::vector<KitComponent>& components, std::vector<KitComponent>& parts) {
  std::vector<KitComponent> level;  // Summed: as many as there are SKUs, however they are shared.
  if (auto no = AddAll(state, level, components, 1)) return no;
  std::size_t looked_at = 0;
  for (int depth = 1; !level.empty(); ++depth) {
    std::vector<KitComponent> next;
    for (const KitComponent& part : level) {
      if (part.sku == kit) {
        return StockDecision(StockRefusal::kKitInItself, {{"sku", kit.value}});
      }
      const Kit* inner = state.kits.Find(part.sku);
      if (inner == nullptr) {
        if (auto no = AddPart(state, parts, part, 1)) return no;
        continue;
      }
      looked_at += inner->components.size();
      if (depth == kKitDepthMax || looked_at > kLooksMax) return StockRefusal::kKitTooDeep;
      if (auto no = AddAll(state, next, inner->components, part.quantity)) return no;
    }
    level = std::move(next);
  }
  return std::nullopt;
}

void AddLine(std::vector<StockLine>& lines, const StockLine& line) {
  for (StockLine& known : lines) {
    if (known.sku != line.sku || known.location != line.location) continue;
    known.quantity += line.quantity;
    return;
  }
  lines.push_back(line);
}

const ReservedKit* FindKit(const std::vector<ReservedKit>& kits, const StockLine& line) {
  for (const ReservedKit& kit : kits) {
    if (kit.sku == line.sku && kit.location == line.location) return &kit;
  }
  return nullptr;
}

void AddParts(const ReservedKit& kit, std::vector<StockLine>& lines) {
  for (const KitComponent& part : kit.components) {
    AddLine(lines, {.sku = part.sku,
                    .location = kit.location,
                    .quantity = part.quantity * kit.ordered,
                    .scale = part.scale});
  }
}

InTheWay TakeKitsApart(const StockState& state, const std::vector<StockLine>& asked,
                       std::vector<StockLine>& lines, std::vector<ReservedKit>& kits) {
  for (const StockLine& line : asked) {
    const Kit* kit = state.kits.Find(line.sku);
    if (kit == nullptr) {
      AddLine(lines, line);
      continue;
    }
    ReservedKit& reserved = kits.emplace_back(ReservedKit{.sku = line.sku,
                                                          .location = line.location,
                                                          .quantity = line.quantity,
                                                          .ordered = line.quantity});
    if (auto no = TakeApart(state, line.sku, kit->components, reserved.components)) return no;
    for (const KitComponent& part : reserved.components) {
      if (part.quantity > kQuantityMax / line.quantity) return StockRefusal::kBadQuantity;
    }
    AddParts(reserved, lines);
    if (lines.size() > kLinesMax) break;
  }
  if (lines.size() > kLinesMax) return StockRefusal::kBadLines;
  return std::nullopt;
}

std::optional<std::vector<KitComponent>> PartsOf(const StockState& state, const SkuId& sku) {
  const Kit* kit = state.kits.Find(sku);
  if (kit == nullptr) return std::nullopt;
  std::vector<KitComponent> parts;
  if (TakeApart(state, sku, kit->components, parts)) parts.clear();
  return parts;
}

std::optional<std::vector<StockLine>> NeedsOf(const StockState& state,
                                              const std::vector<StockLine>& asked) {
  std::vector<StockLine> lines;
  std::vector<ReservedKit> kits;
  if (TakeKitsApart(state, asked, lines, kits)) return std::nullopt;
  return lines;
}

}  // namespace omo::inventory
