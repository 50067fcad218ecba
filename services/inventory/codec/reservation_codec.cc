#include "services/inventory/codec/facts.h"
#include "services/inventory/codec/network_codec.h"
#include "services/inventory/codec/stock_lines.h"

namespace omo::inventory {

void Write(const StockReserved& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_stock_reserved();
  fact.set_reservation_id(event.id.value);
  fact.set_owner(event.owner);
  fact.set_channel(event.channel.value);
  fact.set_method(ToProto(event.method));
  fact.set_campaign(event.buyer.campaign);
  fact.set_customer(event.buyer.customer);
  fact.set_segment(event.segment.value);
  Write(event.consequences, *fact.mutable_consequences());
  for (const ReservedLine& line : event.lines) {
    auto& written = *fact.add_lines();
    WriteLine(line, written);
    written.set_ordered(line.ordered);
  }
  WriteKits(event.kits, *fact.mutable_kits());
  fact.set_reserved_at_ms(ToMillis(event.reserved_at));
  fact.set_expires_at_ms(ToMillis(event.expires_at));
}

InventoryEvent Read(const pb::StockReserved& in) {
  StockReserved event{.id = {in.reservation_id()},
                      .owner = in.owner(),
                      .channel = {in.channel()},
                      .reserved_at = FromMillis(in.reserved_at_ms()),
                      .expires_at = FromMillis(in.expires_at_ms()),
                      .method = FromProto(in.method()),
                      .buyer = {.campaign = in.campaign(), .customer = in.customer()},
                      .segment = {in.segment()},
                      .consequences = Read(in.consequences()),
                      .kits = ReadKits(in.kits())};
  for (const auto& line : in.lines()) {
    event.lines.push_back(ReadLine<ReservedLine>(line));
    event.lines.back().ordered = line.ordered();
  }
  return event;
}

void Write(const ReservationExtended& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_reservation_extended();
  fact.set_reservation_id(event.id.value);
  fact.set_sku(event.sku.value);
  fact.set_expires_at_ms(ToMillis(event.expires_at));
  fact.set_extensions(event.extensions);
}

InventoryEvent Read(const pb::ReservationExtended& in) {
  return ReservationExtended{.id = {in.reservation_id()},
                             .sku = {in.sku()},
                             .expires_at = FromMillis(in.expires_at_ms()),
                             .extensions = in.extensions()};
}

void Write(const ReservationCommitted& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_reservation_committed();
  fact.set_reservation_id(event.id.value);
  fact.set_owner(event.owner);
  WriteLines(event.lines, *fact.mutable_lines());
}

InventoryEvent Read(const pb::ReservationCommitted& in) {
  return ReservationCommitted{
      .id = {in.reservation_id()}, .owner = in.owner(), .lines = ReadLines(in.lines())};
}

void Write(const ReservationFulfilled& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_reservation_fulfilled();
  fact.set_reservation_id(event.id.value);
  for (const FulfilledLine& line : event.lines) {
    auto& written = *fact.add_lines();
    WriteLine(line, written);
    written.set_over(line.over);
  }
  Write(event.consequences, *fact.mutable_consequences());
  fact.set_state(ToProto(event.stage));
  fact.set_occurred_at_ms(ToMillis(event.occurred_at));
}

InventoryEvent Read(const pb::ReservationFulfilled& in) {
  ReservationFulfilled event{.id = {in.reservation_id()},
                             .consequences = Read(in.consequences()),
                             .stage = FromProto(in.state()),
                             .occurred_at = FromMillis(in.occurred_at_ms())};
  for (const auto& line : in.lines()) {
    event.lines.push_back(ReadLine<FulfilledLine>(line));
    event.lines.back().over = line.over();
  }
  return event;
}

void Write(const ReservationReleased& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_reservation_released();
  fact.set_reservation_id(event.id.value);
  fact.set_sku(event.sku.value);
  WriteLines(event.lines, *fact.mutable_lines());
  fact.set_state(ToProto(event.stage));
  fact.set_from(ToProto(event.from));
  Write(event.consequences, *fact.mutable_consequences());
}

InventoryEvent Read(const pb::ReservationReleased& in) {
  return ReservationReleased{.id = {in.reservation_id()},
                             .sku = {in.sku()},
                             .lines = ReadLines(in.lines()),
                             .stage = FromProto(in.state()),
                             .from = FromProto(in.from()),
                             .consequences = Read(in.consequences())};
}

void Write(const ReservationTransferred& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_reservation_transferred();
  fact.set_reservation_id(event.id.value);
  for (const TransferredLine& line : event.lines) {
    auto& written = *fact.add_lines();
    written.set_sku(line.sku.value);
    written.set_from_location(line.from.value);
    written.set_to_location(line.to.value);
    written.set_quantity(line.quantity);
    written.set_scale(line.scale);
    Write(line.from_after, *written.mutable_from_after());
    Write(line.to_after, *written.mutable_to_after());
  }
  Write(event.consequences, *fact.mutable_consequences());
  fact.set_state(ToProto(event.stage));
}

InventoryEvent Read(const pb::ReservationTransferred& in) {
  ReservationTransferred event{.id = {in.reservation_id()},
                               .consequences = Read(in.consequences()),
                               .stage = FromProto(in.state())};
  for (const auto& line : in.lines()) {
    event.lines.push_back({.sku = {line.sku()},
                           .from = {line.from_location()},
                           .to = {line.to_location()},
                           .quantity = line.quantity(),
                           .scale = line.scale(),
                           .from_after = Read(line.from_after()),
                           .to_after = Read(line.to_after())});
  }
  return event;
}

void Write(const ReservationMarkedShort& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_reservation_marked_short();
  fact.set_reservation_id(event.id.value);
  WriteLines(event.lines, *fact.mutable_lines());
  fact.set_reason(event.reason);
}

InventoryEvent Read(const pb::ReservationMarkedShort& in) {
  return ReservationMarkedShort{
      .id = {in.reservation_id()}, .lines = ReadLines(in.lines()), .reason = in.reason()};
}

void Write(const ReservationExpired& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_reservation_expired();
  fact.set_reservation_id(event.id.value);
  WriteLines(event.lines, *fact.mutable_lines());
  Write(event.consequences, *fact.mutable_consequences());
}

InventoryEvent Read(const pb::ReservationExpired& in) {
  return ReservationExpired{.id = {in.reservation_id()},
                            .lines = ReadLines(in.lines()),
                            .consequences = Read(in.consequences())};
}

void Write(const ReservationRejected& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_reservation_rejected();
  fact.set_reservation_id(event.id.value);
  for (const RejectedLine& line : event.lines) {
    auto& written = *fact.add_lines();
    WriteLine(line, written);
    written.set_effect(static_cast<pb::RejectEffect>(line.effect));
    written.set_on_hand(line.on_hand);
    for (const FreedUnits& freed : line.freed) {
      auto& free = *written.add_freed();
      free.set_bucket(static_cast<pb::Bucket>(freed.bucket));
      free.set_quantity(freed.quantity);
      Write(freed.after, *free.mutable_after());
    }
  }
  fact.set_reason(event.reason);
  fact.set_note(event.note);
  Write(event.consequences, *fact.mutable_consequences());
  fact.set_state(ToProto(event.stage));
  fact.set_occurred_at_ms(ToMillis(event.occurred_at));
  WriteKits(event.kits, *fact.mutable_kits());
}

InventoryEvent Read(const pb::ReservationRejected& in) {
  ReservationRejected event{.id = {in.reservation_id()},
                            .reason = in.reason(),
                            .note = in.note(),
                            .consequences = Read(in.consequences()),
                            .stage = FromProto(in.state()),
                            .occurred_at = FromMillis(in.occurred_at_ms()),
                            .kits = ReadKits(in.kits())};
  for (const auto& line : in.lines()) {
    RejectedLine& read = event.lines.emplace_back(ReadLine<RejectedLine>(line));
    read.effect = static_cast<RejectEffect>(line.effect());
    read.on_hand = line.on_hand();
    for (const auto& freed : line.freed()) {
      read.freed.push_back({.bucket = static_cast<Bucket>(freed.bucket()),
                            .quantity = freed.quantity(),
                            .after = Read(freed.after())});
    }
  }
  return event;
}

}  // namespace omo::inventory
