#include "services/inventory/domain/deciders/rules.h"
#include "services/inventory/domain/lists.h"
#include "services/inventory/domain/stock/what_if.h"

namespace omo::inventory {

namespace {

constexpr std::size_t kNamesMax = 100;
constexpr std::int32_t kRestockDaysMax = 1'000;

// A quantity that may be left out, in the unit of the SKU; not negative.
InTheWay ReadOptional(const StockState& state, const SkuId& sku, const std::optional<Amount>& asked,
                      std::optional<Quantity>& read) {
  if (!asked) return std::nullopt;
  StockLine line{.sku = sku};
  if (auto no = ReadAmount(state, *asked, line)) return no;
  if (line.quantity < 0) return StockRefusal::kBadQuantity;
  read = line.quantity;
  return std::nullopt;
}

InTheWay ReadBackorder(const StockState& state, const SkuId& sku, const StockRulesAsked& asked,
                       std::optional<Backorder>& read) {
  if (!asked.backorder) return std::nullopt;
  const bool limited = asked.backorder == BackorderKind::kLimited;
  const bool restockable = asked.backorder == BackorderKind::kRestockable;
  StockLine limit{.sku = sku};
  if (auto no = ReadAmount(state, asked.backorder_limit, limit)) return no;
  if (limit.quantity < 0 || limited != (limit.quantity > 0)) return StockRefusal::kBadQuantity;
  if (asked.backorder == BackorderKind::kUnspecified) return StockRefusal::kBadRule;
  const bool days = asked.restock_days > 0 && asked.restock_days <= kRestockDaysMax;
  if (restockable ? !days : asked.restock_days != 0) return StockRefusal::kBadRule;
  read = {.kind = *asked.backorder, .limit = limit.quantity, .restock_days = asked.restock_days};
  return std::nullopt;
}

InTheWay ReadRules(const StockState& state, const SetStockRules& command, StockRules& rules) {
  using enum StockRefusal;
  const StockRulesAsked& asked = command.rules;
  InTheWay first;
  if (!AreNames(asked.excluded_from) || !AreNames(asked.classes)) first = kBadName;
  KeepFirst(first, ReadOptional(state, command.sku, asked.safety, rules.safety));
  KeepFirst(first, ReadOptional(state, command.sku, asked.line_min, rules.line_min));
  KeepFirst(first, ReadOptional(state, command.sku, asked.line_max, rules.line_max));
  KeepFirst(first, ReadBackorder(state, command.sku, asked, rules.backorder));
  const bool crossed = rules.line_min && rules.line_max && *rules.line_min > *rules.line_max;
  const bool too_many = asked.excluded_from.size() > kNamesMax || asked.classes.size() > kNamesMax;
  // A SKU is of a class everywhere, or nowhere.
  const bool classed_here = !command.location.value.empty() && !asked.classes.empty();
  if (crossed || too_many || classed_here) KeepFirst(first, StockDecision(kBadRule));
  return first;
}

}  // namespace

StockDecision Decide(const StockState& state, const SetStockRules& command, Time) {
  using enum StockRefusal;
  const bool everywhere = command.location.value.empty();
  if (!IsName(command.sku.value)) return kBadName;
  if (!everywhere && !IsLocation(command.location)) return kBadName;
  StockRulesSet event{.sku = command.sku, .location = command.location};
  event.rules.methods = command.rules.methods;
  event.rules.excluded_from = command.rules.excluded_from;
  event.rules.classes = command.rules.classes;
  if (auto no = ReadRules(state, command, event.rules)) return *no;
  if (auto no = RefuseKit(state, command.sku)) return *no;
  SortUnique(event.rules.excluded_from);
  SortUnique(event.rules.classes);
  const StockRules before = everywhere
                                ? state.sku_rules.Get(command.sku).rules
                                : state.place_rules.Get({command.sku, command.location}).rules;
  if (before == event.rules) return {};
  event.consequences = ConsequencesOf(state, event);
  return event;
}

}  // namespace omo::inventory
