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
  fact.set_occurred_at_ms(ToMillis(event.occurred_at));
  Write(event.consequences, *fact.mutable_consequences());
}

InventoryEvent Read(const pb::StockReceived& in) {
  StockReceived event{.occurred_at = FromMillis(in.occurred_at_ms()),
                      .consequences = Read(in.consequences())};
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
  fact.set_occurred_at_ms(ToMillis(event.occurred_at));
}

InventoryEvent Read(const pb::StockAdjusted& in) {
  return StockAdjusted{.line = ReadLine<StockLine>(in.line()),
                       .bucket = FromProto(in.bucket()),
                       .reason = in.reason(),
                       .consequences = Read(in.consequences()),
                       .occurred_at = FromMillis(in.occurred_at_ms())};
}

void Write(const StockStateMoved& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_stock_state_moved();
  WriteLine(event.line, *fact.mutable_line());
  fact.set_from(ToProto(event.from));
  fact.set_to(ToProto(event.to));
  fact.set_reason(event.reason);
  Write(event.consequences, *fact.mutable_consequences());
}

InventoryEvent Read(const pb::StockStateMoved& in) {
  return StockStateMoved{.line = ReadLine<StockLine>(in.line()),
                         .from = FromProto(in.from()),
                         .to = FromProto(in.to()),
                         .reason = in.reason(),
                         .consequences = Read(in.consequences())};
}

void Write(const SaleRecorded& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_sale_recorded();
  fact.set_device(event.device.value);
  fact.set_sequence(event.sequence);
  for (const StockLine& line : event.lines) {
    auto& written = *fact.add_lines();
    WriteLine(line, written);
    written.set_already_counted(line.already_counted);
  }
  Write(event.consequences, *fact.mutable_consequences());
  fact.set_content_hash(event.content_hash);
  fact.set_occurred_at_ms(ToMillis(event.occurred_at));
}

InventoryEvent Read(const pb::SaleRecorded& in) {
  SaleRecorded event{.device = {in.device()},
                     .sequence = in.sequence(),
                     .consequences = Read(in.consequences()),
                     .content_hash = in.content_hash(),
                     .occurred_at = FromMillis(in.occurred_at_ms())};
  for (const auto& line : in.lines()) {
    event.lines.emplace_back(ReadLine<StockLine>(line)).already_counted = line.already_counted();
  }
  return event;
}

void Write(const StockUploaded& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_stock_uploaded();
  fact.set_source(event.source);
  fact.set_reason(event.reason);
  for (const UploadedRecord& record : event.records) {
    auto& written = *fact.add_records();
    written.set_record_id(record.id.value);
    written.set_sku(record.sku.value);
    written.set_location(record.location.value);
    written.set_on_hand(record.on_hand);
    written.set_as_of_ms(ToMillis(record.as_of));
    written.set_outcome(static_cast<pb::UploadOutcome>(record.outcome));
    written.set_quantity(record.quantity);
    written.set_scale(record.scale);
    if (IsNewest(record.outcome)) Write(record.after, *written.mutable_after());
  }
  Write(event.consequences, *fact.mutable_consequences());
  fact.set_uploaded_at_ms(ToMillis(event.uploaded_at));
}

InventoryEvent Read(const pb::StockUploaded& in) {
  StockUploaded event{.source = in.source(),
                      .reason = in.reason(),
                      .consequences = Read(in.consequences()),
                      .uploaded_at = FromMillis(in.uploaded_at_ms())};
  for (const auto& record : in.records()) {
    event.records.push_back({.id = {record.record_id()},
                             .sku = {record.sku()},
                             .location = {record.location()},
                             .on_hand = record.on_hand(),
                             .as_of = FromMillis(record.as_of_ms()),
                             .outcome = static_cast<UploadOutcome>(record.outcome()),
                             .quantity = record.quantity(),
                             .scale = record.scale(),
                             .after = Read(record.after())});
  }
  return event;
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
