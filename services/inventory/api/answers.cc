#include "services/inventory/api/answers.h"

#include "services/inventory/api/messages.h"
#include "services/inventory/codec/quota_codec.h"

namespace omo::inventory {
namespace {

// Lines that have no figures behind them are those of a repeat.
v1::LineOutcome& WriteLine(const SkuId& sku, const LocationId& location, Quantity quantity,
                           std::int32_t scale, v1::LineOutcome& out) {
  out.set_sku(sku.value);
  WritePlace(location, out);
  out.set_ordered(quantity);
  out.set_quantity(quantity);
  out.set_scale(scale);
  return out;
}

v1::LineOutcome& WriteLine(const auto& line, v1::LineOutcome& out) {
  Write(line.after, *out.mutable_figures());
  return WriteLine(line.sku, line.location, line.quantity, line.scale, out);
}

void WriteLines(const auto& event, auto& out) {
  for (const auto& line : event.lines) WriteLine(line, *out.add_lines());
}

void WriteShortfalls(const std::vector<Consequence>& consequences, auto& out) {
  for (const Consequence& consequence : consequences) {
    const auto* part = std::get_if<StockShortfall>(&consequence);
    if (part == nullptr) continue;
    const StockShortfall& shortfall = *part;
    v1::StockShortfall& written = *out.add_shortfalls();
    written.set_sku(shortfall.sku.value);
    WritePlace(shortfall.location, written);
    written.set_quantity(shortfall.quantity);
    written.set_total(shortfall.total);
    written.set_scale(shortfall.scale);
    for (const ReservationId& id : shortfall.affected) written.add_affected(id.value);
  }
}

std::int32_t ScaleOf(const InventoryModel& model, const SkuId& sku) {
  return model.units.FindConfirmed(sku).value_or(Unit{}).scale;
}

std::int64_t VersionOf(const InventoryModel& model, const std::string& location_id) {
  return model.locations.FindConfirmed({location_id}).value_or(Location{}).version;
}

// The lines of a known reservation with a quantity, as `quantity_of` sees it.
void WriteKnownLines(const Reservation& reservation, const InventoryModel& model, auto quantity_of,
                     auto& out) {
  for (const ReservationLine& line : reservation.lines) {
    const Quantity quantity = quantity_of(line);
    if (quantity == 0) continue;
    WriteLine(line.sku, line.location, quantity, ScaleOf(model, line.sku), *out.add_lines());
  }
}

Reservation FindReservation(const InventoryModel& model, const std::string& id) {
  return model.reservations.FindConfirmed({id}).value_or(Reservation{});
}

}  // namespace

void Fill(const StockReceived& event, v1::ReceiveStockResponse& out) { WriteLines(event, out); }

namespace {

void FillAdjusted(const StockAdjusted& event, auto& out) {
  WriteLine(event.line, *out.mutable_line());
  WriteShortfalls(event.consequences, out);
}

}  // namespace

void Fill(const StockAdjusted& event, v1::AdjustStockResponse& out) { FillAdjusted(event, out); }
void Fill(const StockAdjusted& event, v1::SetStockResponse& out) { FillAdjusted(event, out); }

void Fill(const StockUploaded& event, v1::UploadStockResponse& out) {
  for (const UploadedRecord& record : event.records) {
    v1::UploadResult& result = *out.add_results();
    result.set_record_id(record.id.value);
    result.set_sku(record.sku.value);
    result.set_location(record.location.value);
    result.set_outcome(ToMessage(record.outcome));
    result.set_difference(record.quantity);
    result.set_scale(record.scale);
    if (IsNewest(record.outcome)) Write(record.after, *result.mutable_figures());
  }
  WriteShortfalls(event.consequences, out);
}

void Fill(const StockStateMoved& event, v1::MoveStockStateResponse& out) {
  WriteLine(event.line, *out.mutable_line());
  WriteShortfalls(event.consequences, out);
}

void Fill(const StockReserved& event, v1::ReserveStockResponse& out) {
  for (const ReservedLine& line : event.lines) {
    WriteLine(line, *out.add_lines()).set_ordered(line.ordered);
  }
  Write(event.kits, *out.mutable_kits());
  out.set_reservation_id(event.id.value);
  out.set_expires_at_ms(ToMillis(event.expires_at));
}

void Fill(const ReservationExtended& event, v1::ExtendReservationResponse& out) {
  out.set_expires_at_ms(ToMillis(event.expires_at));
  out.set_extensions(event.extensions);
}

void Fill(const ReservationCommitted& event, v1::CommitReservationResponse& out) {
  WriteLines(event, out);
  out.set_state(v1::RESERVATION_STATE_COMMITTED);
}

void Fill(const ReservationFulfilled& event, v1::FulfilReservationResponse& out) {
  WriteLines(event, out);
  WriteShortfalls(event.consequences, out);
  out.set_state(ToMessage(event.stage));
}

void Fill(const ReservationReleased& event, v1::ReleaseReservationResponse& out) {
  WriteLines(event, out);
  out.set_state(ToMessage(event.stage));
}

void Fill(const ReservationTransferred& event, v1::TransferReservationResponse& out) {
  for (const TransferredLine& line : event.lines) {
    v1::LineOutcome& source = *out.add_lines();
    WriteLine(line.sku, line.from, -line.quantity, line.scale, source);
    Write(line.from_after, *source.mutable_figures());
    v1::LineOutcome& target = *out.add_lines();
    WriteLine(line.sku, line.to, line.quantity, line.scale, target);
    Write(line.to_after, *target.mutable_figures());
  }
  WriteShortfalls(event.consequences, out);
  out.set_state(ToMessage(event.stage));
}

void Fill(const ReservationMarkedShort& event, v1::MarkReservationShortResponse& out) {
  WriteLines(event, out);
  out.set_state(v1::RESERVATION_STATE_SHORT);
}

void Fill(const ReservationRejected& event, v1::RejectReservationResponse& out) {
  WriteLines(event, out);
  WriteShortfalls(event.consequences, out);
  out.set_state(ToMessage(event.stage));
  out.set_effect(static_cast<events::v1::RejectEffect>(event.lines.front().effect));
  Write(event.kits, *out.mutable_kits());
}

void Fill(const SaleRecorded& event, v1::RecordSaleResponse& out) {
  for (const StockLine& line : event.lines) {
    WriteLine(line, *out.add_lines()).set_already_counted(line.already_counted);
  }
  WriteShortfalls(event.consequences, out);
}

void Fill(const UnitDefined&, v1::DefineUnitResponse&) {}

void Fill(const KitDefined&, v1::DefineKitResponse&) {}

void Fill(const StockRulesSet& event, v1::SetStockRulesResponse& out) {
  WriteShortfalls(event.consequences, out);
}

void Fill(const PurchaseLimitSet&, v1::SetPurchaseLimitResponse&) {}

void Fill(const QuotaSet& event, v1::SetQuotaResponse& out) {
  Write(event.quota, *out.mutable_quota());
  out.set_scale(event.scale);
  Write(event.after, *out.mutable_figures());
}

void Fill(const NetworkChanged& event, v1::ChangeNetworkResponse& out) {
  out.set_version(event.version);
  WriteShortfalls(event.consequences, out);
}

void Fill(const LocationOpened&, v1::OpenLocationResponse& out) { out.set_version(1); }

void Fill(const LocationUpdated& event, v1::UpdateLocationResponse& out) {
  out.set_version(event.version);
}

void Fill(const LocationClosed& event, v1::CloseLocationResponse& out) {
  out.set_version(event.version);
}

// The first outcome, whatever became of the reservation since.
void FillKnown(const v1::ReserveStockRequest& request, const InventoryModel& model,
               v1::ReserveStockResponse& out) {
  const Reservation reservation = FindReservation(model, request.reservation_id());
  for (const ReservationLine& line : reservation.lines) {
    if (line.ordered == 0) continue;  // A transfer made it.
    WriteLine(line.sku, line.location, line.granted, ScaleOf(model, line.sku), *out.add_lines())
        .set_ordered(line.ordered);
  }
  Write(model.ConfirmedKitsOf({request.reservation_id()}), *out.mutable_kits());
  out.set_reservation_id(request.reservation_id());
  out.set_expires_at_ms(ToMillis(reservation.first_ends_at));
}

// What is committed now, and what of it left the house already.
void FillKnown(const v1::CommitReservationRequest& request, const InventoryModel& model,
               v1::CommitReservationResponse& out) {
  const Reservation reservation = FindReservation(model, request.reservation_id());
  const auto committed = [](const ReservationLine& line) {
    return line.units.Open() + line.units.fulfilled;
  };
  WriteKnownLines(reservation, model, committed, out);
  out.set_state(ToMessage(reservation.life.stage));
}

void FillKnown(const v1::FulfilReservationRequest& request, const InventoryModel& model,
               v1::FulfilReservationResponse& out) {
  const Reservation reservation = FindReservation(model, request.reservation_id());
  const auto fulfilled = [](const ReservationLine& line) { return line.units.fulfilled; };
  WriteKnownLines(reservation, model, fulfilled, out);
  out.set_state(ToMessage(reservation.life.stage));
}

void FillKnown(const v1::ReleaseReservationRequest& request, const InventoryModel& model,
               v1::ReleaseReservationResponse& out) {
  out.set_state(ToMessage(FindReservation(model, request.reservation_id()).life.stage));
}

// The row of a sale holds its content's hash only: equal to the request's, so the request has it.
void FillKnown(const v1::RecordSaleRequest& request, const InventoryModel& model,
               v1::RecordSaleResponse& out) {
  for (const v1::Line& asked : request.lines()) {
    const std::int32_t scale = ScaleOf(model, {asked.sku()});
    const Quantity quantity = InScale(ReadAmount(asked.quantity()), scale).value_or(0);
    v1::LineOutcome* line = nullptr;
    for (v1::LineOutcome& known : *out.mutable_lines()) {
      if (known.sku() == asked.sku() && known.location() == asked.location()) line = &known;
    }
    const Quantity before = line != nullptr ? line->quantity() : 0;
    if (line == nullptr) line = out.add_lines();
    WriteLine({asked.sku()}, {asked.location()}, before + quantity, scale, *line);
  }
}

void FillKnown(const v1::SetQuotaRequest& request, const InventoryModel& model,
               v1::SetQuotaResponse& out) {
  const SkuId sku{request.sku()};
  const PlaceQuotas there =
      model.quotas.FindConfirmed({sku, ReadPlace(request)}).value_or(PlaceQuotas{});
  out.set_scale(model.units.FindConfirmed(sku).value_or(Unit{}).scale);
  if (const Quota* quota = there.Find({request.quota_id()})) Write(*quota, *out.mutable_quota());
}

void FillKnown(const v1::ChangeNetworkRequest&, const InventoryModel& model,
               v1::ChangeNetworkResponse& out) {
  out.set_version(model.network.FindConfirmed({}).value_or(Network{}).version);
}

// All were ignored: those that the newest does not explain, as too old.
void FillKnown(const v1::UploadStockRequest& request, const InventoryModel& model,
               v1::UploadStockResponse& out) {
  for (const v1::UploadRecord& record : request.records()) {
    const FiguresKey key{{record.sku()}, {record.location()}};
    const std::int32_t scale = ScaleOf(model, key.sku);
    const Quantity on_hand = InScale(ReadAmount(record.on_hand()), scale).value_or(0);
    const auto outcome =
        OutcomeAgainst(model.tracking.FindConfirmed(key).value_or(Tracking{}).newest,
                       {record.record_id()}, FromMillis(record.as_of_ms()), on_hand);
    v1::UploadResult& result = *out.add_results();
    result.set_record_id(record.record_id());
    result.set_sku(record.sku());
    result.set_location(record.location());
    result.set_outcome(ToMessage(outcome.value_or(UploadOutcome::kTooOld)));
    result.set_scale(scale);
  }
}

void FillKnown(const v1::OpenLocationRequest& request, const InventoryModel& model,
               v1::OpenLocationResponse& out) {
  out.set_version(VersionOf(model, request.location_id()));
}
void FillKnown(const v1::UpdateLocationRequest& request, const InventoryModel& model,
               v1::UpdateLocationResponse& out) {
  out.set_version(VersionOf(model, request.location_id()));
}
void FillKnown(const v1::CloseLocationRequest& request, const InventoryModel& model,
               v1::CloseLocationResponse& out) {
  out.set_version(VersionOf(model, request.location_id()));
}

}  // namespace omo::inventory
