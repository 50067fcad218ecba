// Between the messages that clients see and the domain's plain values, field by field.
#pragma once

#include <vector>

#include "omo/inventory/v1/inventory_service.pb.h"
#include "services/inventory/domain/inventory.h"

namespace omo::inventory {

// Enum numbers are the same on both sides.
inline v1::Bucket ToMessage(Bucket bucket) { return static_cast<v1::Bucket>(bucket); }
inline v1::ReservationState ToMessage(hold::Stage stage) {
  return static_cast<v1::ReservationState>(stage);
}
inline v1::UploadOutcome ToMessage(UploadOutcome outcome) {
  return static_cast<v1::UploadOutcome>(outcome);
}
// UNSPECIFIED counts as AVAILABLE.
inline Bucket ReadBucket(v1::Bucket bucket) {
  return bucket == v1::BUCKET_UNSPECIFIED ? Bucket::kAvailable : static_cast<Bucket>(bucket);
}

Amount ReadAmount(const type::v1::Quantity& quantity);
using LineMessages = google::protobuf::RepeatedPtrField<v1::Line>;
std::vector<Line> ReadLines(const LineMessages& lines);
LocationProfile ReadProfile(const v1::LocationProfile& profile);

// A message's place: its location, or its group as a place.
LocationId ReadPlace(const auto& in) {
  return in.has_group() ? PlaceOf({in.group()}) : LocationId{in.location()};
}
void WritePlace(const LocationId& place, auto& out) {
  if (IsGroup(place)) {
    out.set_group(GroupAt(place).value);
  } else {
    out.set_location(place.value);
  }
}

void Write(const Figures& figures, v1::Figures& out);
using ComponentMessages = google::protobuf::RepeatedPtrField<v1::KitComponent>;
void Write(const std::vector<KitComponent>& components, ComponentMessages& out);
using KitMessages = google::protobuf::RepeatedPtrField<v1::ReservedKit>;
void Write(const std::vector<ReservedKit>& kits, KitMessages& out);
// `scale_of(sku)` gives the decimal digits of a SKU's quantities.
template <class ScaleOf>
void Write(const ReservationId& id, const Reservation& reservation, ScaleOf scale_of,
           v1::Reservation& out) {
  out.set_reservation_id(id.value);
  out.set_state(ToMessage(reservation.life.stage));
  out.set_owner(reservation.owner);
  out.set_channel(reservation.channel.value);
  out.set_reserved_at_ms(ToMillis(reservation.life.made_at));
  if (reservation.life.stage == hold::Stage::kHeld) {
    out.set_expires_at_ms(ToMillis(reservation.life.ends_at));
  }
  out.set_extensions(reservation.life.extensions);
  for (const ReservationLine& line : reservation.lines) {
    v1::ReservationLine& written = *out.add_lines();
    written.set_sku(line.sku.value);
    WritePlace(line.location, written);
    written.set_ordered(line.ordered);
    written.set_granted(line.granted);
    written.set_held(line.units.held);
    written.set_fulfilled(line.units.fulfilled);
    written.set_released(line.units.released);
    written.set_expired(line.units.expired);
    written.set_open(line.units.Open());
    written.set_short_quantity(line.units.missing);
    written.set_scale(scale_of(line.sku));
  }
}
void Write(const LocationId& id, const Location& location, v1::Location& out);

}  // namespace omo::inventory
