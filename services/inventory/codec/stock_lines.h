// The parts that stock's events share, to and from their messages: for codec's own .cc files.
#pragma once

#include <vector>

#include "omo/inventory/events/v1/inventory_events.pb.h"
#include "services/inventory/domain/stock/stock_events.h"

namespace omo::inventory {

namespace pb = omo::inventory::events::v1;

// Enum numbers are the same on both sides: the domain's are stored ones too.
inline pb::Bucket ToProto(Bucket bucket) { return static_cast<pb::Bucket>(bucket); }
inline Bucket FromProto(pb::Bucket bucket) { return static_cast<Bucket>(bucket); }
inline pb::ReservationState ToProto(hold::Stage stage) {
  return static_cast<pb::ReservationState>(stage);
}
inline hold::Stage FromProto(pb::ReservationState state) { return static_cast<hold::Stage>(state); }

void Write(const Figures& figures, pb::Figures& out);
Figures Read(const pb::Figures& in);

using Consequences = google::protobuf::RepeatedPtrField<pb::Consequence>;
void Write(const std::vector<Consequence>& consequences, Consequences& out);
std::vector<Consequence> Read(const Consequences& in);

// What every kind of line but a transferred one has.
void WriteLine(const auto& line, auto& out) {
  out.set_sku(line.sku.value);
  out.set_location(line.location.value);
  out.set_quantity(line.quantity);
  out.set_scale(line.scale);
  Write(line.after, *out.mutable_after());
}

template <class Line>
Line ReadLine(const auto& in) {
  Line line;
  line.sku = {in.sku()};
  line.location = {in.location()};
  line.quantity = in.quantity();
  line.scale = in.scale();
  line.after = Read(in.after());
  return line;
}

using KitComponents = google::protobuf::RepeatedPtrField<pb::KitComponent>;
void Write(const std::vector<KitComponent>& components, KitComponents& out);
std::vector<KitComponent> Read(const KitComponents& in);
using ReservedKits = google::protobuf::RepeatedPtrField<pb::ReservedKit>;
void WriteKits(const std::vector<ReservedKit>& kits, ReservedKits& out);
std::vector<ReservedKit> ReadKits(const ReservedKits& in);

void WriteLines(const std::vector<StockLine>& lines, auto& out) {
  for (const StockLine& line : lines) WriteLine(line, *out.Add());
}

std::vector<StockLine> ReadLines(const auto& in) {
  std::vector<StockLine> lines;
  lines.reserve(static_cast<std::size_t>(in.size()));
  for (const auto& line : in) lines.push_back(ReadLine<StockLine>(line));
  return lines;
}

}  // namespace omo::inventory
