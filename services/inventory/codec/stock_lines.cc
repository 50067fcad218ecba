#include "services/inventory/codec/stock_lines.h"

namespace omo::inventory {

void Write(const Figures& figures, pb::Figures& out) {
  out.set_on_hand(figures.on_hand);
  out.set_reserved(figures.reserved);
  out.set_committed(figures.committed);
  out.set_damaged(figures.damaged);
  out.set_quality_control(figures.quality_control);
  out.set_safety_stock(figures.safety_stock);
  out.set_display(figures.display);
  out.set_incoming(figures.incoming);
  out.set_quota(figures.quota);
}

Figures Read(const pb::Figures& in) {
  return {.on_hand = in.on_hand(),
          .reserved = in.reserved(),
          .committed = in.committed(),
          .damaged = in.damaged(),
          .quality_control = in.quality_control(),
          .safety_stock = in.safety_stock(),
          .display = in.display(),
          .incoming = in.incoming(),
          .quota = in.quota()};
}

namespace {

void Write(const StockShortfall& shortfall, pb::Consequence& consequence) {
  pb::StockShortfall& out = *consequence.mutable_stock_shortfall();
  out.set_sku(shortfall.sku.value);
  out.set_location(shortfall.location.value);
  out.set_quantity(shortfall.quantity);
  out.set_total(shortfall.total);
  out.set_scale(shortfall.scale);
  for (const ReservationId& id : shortfall.affected) out.add_affected(id.value);
}

void Write(const QuotaChanged& change, pb::Consequence& consequence) {
  pb::QuotaChanged& out = *consequence.mutable_quota_changed();
  WriteLine(change, out);
  out.set_quota_id(change.id.value);
  out.set_move(static_cast<pb::QuotaMove>(change.move));
}

QuotaChanged Read(const pb::QuotaChanged& in) {
  auto change = ReadLine<QuotaChanged>(in);
  change.id = {in.quota_id()};
  change.move = static_cast<QuotaMove>(in.move());
  return change;
}

StockShortfall Read(const pb::StockShortfall& in) {
  StockShortfall shortfall{.sku = {in.sku()},
                           .location = {in.location()},
                           .quantity = in.quantity(),
                           .total = in.total(),
                           .scale = in.scale()};
  for (const std::string& id : in.affected()) shortfall.affected.push_back({id});
  return shortfall;
}

pb::StockLevel ToProto(StockLevel level) { return static_cast<pb::StockLevel>(level); }
StockLevel FromProto(pb::StockLevel level) { return static_cast<StockLevel>(level); }

void Write(const StockCrossed& crossed, pb::Consequence& consequence) {
  pb::StockCrossed& out = *consequence.mutable_stock_crossed();
  out.set_sku(crossed.sku.value);
  out.set_channel(crossed.channel.value);
  out.set_watch_id(crossed.watch);
  out.set_location(crossed.place.value);
  out.set_from(ToProto(crossed.from));
  out.set_to(ToProto(crossed.to));
  out.set_quantity(crossed.quantity);
  out.set_scale(crossed.scale);
}

StockCrossed Read(const pb::StockCrossed& in) {
  return StockCrossed{.sku = {in.sku()},
                      .channel = {in.channel()},
                      .watch = in.watch_id(),
                      .place = {in.location()},
                      .from = FromProto(in.from()),
                      .to = FromProto(in.to()),
                      .quantity = in.quantity(),
                      .scale = in.scale()};
}

void Write(const StockLeveled& leveled, pb::Consequence& consequence) {
  pb::StockLeveled& out = *consequence.mutable_stock_leveled();
  out.set_sku(leveled.sku.value);
  out.set_channel(leveled.channel.value);
  out.set_watch_id(leveled.watch);
  out.set_level(ToProto(leveled.level));
}

StockLeveled Read(const pb::StockLeveled& in) {
  return StockLeveled{.sku = {in.sku()},
                      .channel = {in.channel()},
                      .watch = in.watch_id(),
                      .level = FromProto(in.level())};
}

void Write(const LevelsDeferred&, pb::Consequence& consequence) {
  consequence.mutable_levels_deferred();
}

void Write(const ShortfallsDeferred& deferred, pb::Consequence& consequence) {
  consequence.mutable_shortfalls_deferred()->set_from_sku(deferred.from.value);
}

}  // namespace

void Write(const std::vector<Consequence>& consequences, Consequences& out) {
  for (const Consequence& consequence : consequences) {
    std::visit([&](const auto& part) { Write(part, *out.Add()); }, consequence);
  }
}

std::vector<Consequence> Read(const Consequences& in) {
  std::vector<Consequence> consequences;
  for (const pb::Consequence& part : in) {
    switch (part.kind_case()) {  // No default: a new consequence must be read here.
      case pb::Consequence::kStockShortfall:
        consequences.emplace_back(Read(part.stock_shortfall()));
        break;
      case pb::Consequence::kQuotaChanged:
        consequences.emplace_back(Read(part.quota_changed()));
        break;
      case pb::Consequence::kStockCrossed:
        consequences.emplace_back(Read(part.stock_crossed()));
        break;
      case pb::Consequence::kStockLeveled:
        consequences.emplace_back(Read(part.stock_leveled()));
        break;
      case pb::Consequence::kLevelsDeferred:
        consequences.emplace_back(LevelsDeferred{});
        break;
      case pb::Consequence::kShortfallsDeferred:
        consequences.emplace_back(ShortfallsDeferred{{part.shortfalls_deferred().from_sku()}});
        break;
      case pb::Consequence::KIND_NOT_SET:
        break;
    }
  }
  return consequences;
}

void Write(const std::vector<KitComponent>& components, KitComponents& out) {
  for (const KitComponent& component : components) {
    pb::KitComponent& written = *out.Add();
    written.set_sku(component.sku.value);
    written.set_quantity(component.quantity);
    written.set_scale(component.scale);
  }
}

std::vector<KitComponent> Read(const KitComponents& in) {
  std::vector<KitComponent> components;
  for (const pb::KitComponent& component : in) {
    components.push_back(
        {.sku = {component.sku()}, .quantity = component.quantity(), .scale = component.scale()});
  }
  return components;
}

void WriteKits(const std::vector<ReservedKit>& kits, ReservedKits& out) {
  for (const ReservedKit& kit : kits) {
    pb::ReservedKit& written = *out.Add();
    written.set_sku(kit.sku.value);
    written.set_location(kit.location.value);
    written.set_quantity(kit.quantity);
    written.set_ordered(kit.ordered);
    Write(kit.components, *written.mutable_components());
  }
}

std::vector<ReservedKit> ReadKits(const ReservedKits& in) {
  std::vector<ReservedKit> kits;
  for (const pb::ReservedKit& kit : in) {
    kits.push_back({.sku = {kit.sku()},
                    .location = {kit.location()},
                    .quantity = kit.quantity(),
                    .ordered = kit.ordered(),
                    .components = Read(kit.components())});
  }
  return kits;
}

}  // namespace omo::inventory
