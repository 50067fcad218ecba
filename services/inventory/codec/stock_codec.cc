// Events of figures, units and sales; those of reservations are in reservation_codec.cc.
#include "services/inventory/codec/facts.h"
#include "services/inventory/codec/stock_lines.h"

namespace omo::inventory {

void Write(const StockReceived& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_stock_received();
  for (const ReceivedLine& line : event.lines) {
    auto& written = *fact.add_lines();
    WriteLine(line, written);
    written.set_bucket(ToProto(line.bucket));
    written.set_from_incoming(line.from_incoming);
  }
}

InventoryEvent Read(const pb::StockReceived& in) {
  StockReceived event;
  for (const auto& line : in.lines()) {
    auto& read = event.lines.emplace_back(ReadLine<ReceivedLine>(line));
    read.bucket = FromProto(line.bucket());
    read.from_incoming = line.from_incoming();
  }
  return event;
}

void Write(const StockAdjusted& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_stock_adjusted();
  WriteLine(event.line, *fact.mutable_line());
  fact.set_bucket(ToProto(event.bucket));
  fact.set_reason(event.reason);
  Write(event.consequences, *fact.mutable_consequences());
}

InventoryEvent Read(const pb::StockAdjusted& in) {
  return StockAdjusted{.line = ReadLine<StockLine>(in.line()),
                       .bucket = FromProto(in.bucket()),
                       .reason = in.reason(),
                       .consequences = Read(in.consequences())};
}

void Write(const StockStateMoved& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_stock_state_moved();
  WriteLine(event.line, *fact.mutable_line());
  fact.set_from(ToProto(event.from));
  fact.set_to(ToProto(event.to));
  fact.set_reason(event.reason);
}

InventoryEvent Read(const pb::StockStateMoved& in) {
  return StockStateMoved{.line = ReadLine<StockLine>(in.line()),
                         .from = FromProto(in.from()),
                         .to = FromProto(in.to()),
                         .reason = in.reason()};
}

void Write(const SaleRecorded& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_sale_recorded();
  fact.set_device(event.device.value);
  fact.set_sequence(event.sequence);
  WriteLines(event.lines, *fact.mutable_lines());
  Write(event.consequences, *fact.mutable_consequences());
  fact.set_content_hash(event.content_hash);
}

InventoryEvent Read(const pb::SaleRecorded& in) {
  return SaleRecorded{.device = {in.device()},
                      .sequence = in.sequence(),
                      .lines = ReadLines(in.lines()),
                      .consequences = Read(in.consequences()),
                      .content_hash = in.content_hash()};
}

void Write(const UnitDefined& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_unit_defined();
  fact.set_sku(event.sku.value);
  fact.set_unit(event.unit);
  fact.set_scale(event.scale);
}

InventoryEvent Read(const pb::UnitDefined& in) {
  return UnitDefined{.sku = {in.sku()}, .unit = in.unit(), .scale = in.scale()};
}

}  // namespace omo::inventory
