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
}

Figures Read(const pb::Figures& in) {
  return {.on_hand = in.on_hand(),
          .reserved = in.reserved(),
          .committed = in.committed(),
          .damaged = in.damaged(),
          .quality_control = in.quality_control(),
          .safety_stock = in.safety_stock(),
          .display = in.display(),
          .incoming = in.incoming()};
}

namespace {

void Write(const StockShortfall& shortfall, pb::Consequence& consequence) {
  pb::StockShortfall& out = *consequence.mutable_stock_shortfall();
  out.set_sku(shortfall.sku.value);
  out.set_location(shortfall.location.value);
  out.set_quantity(shortfall.quantity);
  out.set_total(shortfall.total);
  out.set_scale(shortfall.scale);
}

Consequence Read(const pb::StockShortfall& in) {
  return StockShortfall{.sku = {in.sku()},
                        .location = {in.location()},
                        .quantity = in.quantity(),
                        .total = in.total(),
                        .scale = in.scale()};
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

Consequence Read(const pb::StockCrossed& in) {
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

Consequence Read(const pb::StockLeveled& in) {
  return StockLeveled{.sku = {in.sku()},
                      .channel = {in.channel()},
                      .watch = in.watch_id(),
                      .level = FromProto(in.level())};
}

void Write(const LevelsDeferred&, pb::Consequence& consequence) {
  consequence.mutable_levels_deferred();
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
        consequences.push_back(Read(part.stock_shortfall()));
        break;
      case pb::Consequence::kStockCrossed:
        consequences.push_back(Read(part.stock_crossed()));
        break;
      case pb::Consequence::kStockLeveled:
        consequences.push_back(Read(part.stock_leveled()));
        break;
      case pb::Consequence::kLevelsDeferred:
        consequences.push_back(LevelsDeferred{});
        break;
      case pb::Consequence::KIND_NOT_SET:
        break;
    }
  }
  return consequences;
}

}  // namespace omo::inventory
