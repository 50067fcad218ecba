// Events of the rules by which stock is given out.
#include "services/inventory/codec/facts.h"
#include "services/inventory/codec/network_codec.h"
#include "services/inventory/codec/stock_lines.h"

namespace omo::inventory {
namespace {

void WriteChange(const auto& event, auto& fact) {
  fact.set_version(event.version);
  Write(event.change, *fact.mutable_change());
  Write(event.consequences, *fact.mutable_consequences());
}

template <class Event>
Event ReadChange(const auto& in) {
  return {.version = in.version(),
          .change = Read(in.change()),
          .consequences = Read(in.consequences())};
}

}  // namespace

void Write(const StockRulesSet& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_stock_rules_set();
  fact.set_sku(event.sku.value);
  fact.set_location(event.location.value);
  Write(event.rules, *fact.mutable_rules());
  Write(event.consequences, *fact.mutable_consequences());
}

InventoryEvent Read(const pb::StockRulesSet& in) {
  return StockRulesSet{.sku = {in.sku()},
                       .location = {in.location()},
                       .rules = Read(in.rules()),
                       .consequences = Read(in.consequences())};
}

void Write(const PurchaseLimitSet& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_purchase_limit_set();
  fact.set_sku(event.sku.value);
  fact.set_campaign(event.campaign);
  if (event.per_customer) fact.set_per_customer(*event.per_customer);
  fact.set_scale(event.scale);
}

InventoryEvent Read(const pb::PurchaseLimitSet& in) {
  PurchaseLimitSet event{.sku = {in.sku()}, .campaign = in.campaign(), .scale = in.scale()};
  if (in.has_per_customer()) event.per_customer = in.per_customer();
  return event;
}

void Write(const NetworkChanged& event, pb::InventoryEvent& out) {
  WriteChange(event, *out.mutable_network_changed());
}
InventoryEvent Read(const pb::NetworkChanged& in) { return ReadChange<NetworkChanged>(in); }

void Write(const NetworkApplied& event, pb::InventoryEvent& out) {
  WriteChange(event, *out.mutable_network_applied());
}
InventoryEvent Read(const pb::NetworkApplied& in) { return ReadChange<NetworkApplied>(in); }

void Write(const KitDefined& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_kit_defined();
  fact.set_sku(event.sku.value);
  Write(event.components, *fact.mutable_components());
}

InventoryEvent Read(const pb::KitDefined& in) {
  return KitDefined{.sku = {in.sku()}, .components = Read(in.components())};
}

void Write(const StockReleveled& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_stock_releveled();
  fact.set_version(event.version);
  fact.set_from_sku(event.from.value);
  if (event.next) fact.set_next_sku(event.next->value);
  fact.set_next_location(event.next_place.value);
  fact.set_next_at_ms(ToMillis(event.next_at));
  Write(event.consequences, *fact.mutable_consequences());
}

InventoryEvent Read(const pb::StockReleveled& in) {
  StockReleveled event{.version = in.version(),
                       .from = {in.from_sku()},
                       .next_place = {in.next_location()},
                       .next_at = FromMillis(in.next_at_ms()),
                       .consequences = Read(in.consequences())};
  if (in.has_next_sku()) event.next = SkuId{in.next_sku()};
  return event;
}

}  // namespace omo::inventory
