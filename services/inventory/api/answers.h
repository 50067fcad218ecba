// From an accepted command's event, or from the rows of one that had nothing left to do, to its
// response: reply(event) is pure, so that a repeat gets the same answer after any rebuild.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "libs/service/command_call.h"
#include "omo/inventory/v1/inventory_service.pb.h"
#include "services/inventory/api/refusal_status.h"
#include "services/inventory/inventory_model.h"

namespace omo::inventory {

// The event behind the command says it all.
void Fill(const StockReceived& event, v1::ReceiveStockResponse& out);
void Fill(const StockAdjusted& event, v1::AdjustStockResponse& out);
void Fill(const StockAdjusted& event, v1::SetStockResponse& out);
void Fill(const StockUploaded& event, v1::UploadStockResponse& out);
void Fill(const StockStateMoved& event, v1::MoveStockStateResponse& out);
void Fill(const StockReserved& event, v1::ReserveStockResponse& out);
void Fill(const ReservationExtended& event, v1::ExtendReservationResponse& out);
void Fill(const ReservationCommitted& event, v1::CommitReservationResponse& out);
void Fill(const ReservationFulfilled& event, v1::FulfilReservationResponse& out);
void Fill(const ReservationReleased& event, v1::ReleaseReservationResponse& out);
void Fill(const ReservationTransferred& event, v1::TransferReservationResponse& out);
void Fill(const ReservationMarkedShort& event, v1::MarkReservationShortResponse& out);
void Fill(const ReservationRejected& event, v1::RejectReservationResponse& out);
void Fill(const SaleRecorded& event, v1::RecordSaleResponse& out);
void Fill(const UnitDefined& event, v1::DefineUnitResponse& out);
void Fill(const KitDefined& event, v1::DefineKitResponse& out);
void Fill(const StockRulesSet& event, v1::SetStockRulesResponse& out);
void Fill(const PurchaseLimitSet& event, v1::SetPurchaseLimitResponse& out);
void Fill(const QuotaSet& event, v1::SetQuotaResponse& out);
void Fill(const NetworkChanged& event, v1::ChangeNetworkResponse& out);
void Fill(const LocationOpened& event, v1::OpenLocationResponse& out);
void Fill(const LocationUpdated& event, v1::UpdateLocationResponse& out);
void Fill(const LocationClosed& event, v1::CloseLocationResponse& out);

// What was asked already was so: the confirmed rows hold the outcome of whoever did it.
void FillKnown(const v1::ReserveStockRequest& request, const InventoryModel& model,
               v1::ReserveStockResponse& out);
void FillKnown(const v1::CommitReservationRequest& request, const InventoryModel& model,
               v1::CommitReservationResponse& out);
void FillKnown(const v1::FulfilReservationRequest& request, const InventoryModel& model,
               v1::FulfilReservationResponse& out);
void FillKnown(const v1::ReleaseReservationRequest& request, const InventoryModel& model,
               v1::ReleaseReservationResponse& out);
void FillKnown(const v1::RecordSaleRequest& request, const InventoryModel& model,
               v1::RecordSaleResponse& out);
void FillKnown(const v1::SetQuotaRequest& request, const InventoryModel& model,
               v1::SetQuotaResponse& out);
void FillKnown(const v1::ChangeNetworkRequest& request, const InventoryModel& model,
               v1::ChangeNetworkResponse& out);
void FillKnown(const v1::UploadStockRequest& request, const InventoryModel& model,
               v1::UploadStockResponse& out);
void FillKnown(const v1::OpenLocationRequest& request, const InventoryModel& model,
               v1::OpenLocationResponse& out);
void FillKnown(const v1::UpdateLocationRequest& request, const InventoryModel& model,
               v1::UpdateLocationResponse& out);
void FillKnown(const v1::CloseLocationRequest& request, const InventoryModel& model,
               v1::CloseLocationResponse& out);
// All others always have something to do, or nothing to tell.
void FillKnown(const auto&, const InventoryModel&, auto&) {}

template <class Response>
void WriteOutcome(const shard::Outcome& outcome, bool duplicate, Response& response) {
  service::WritePosition(outcome.position, *response.mutable_position());
  response.set_duplicate(duplicate);
}

template <class Event>
grpc::Status RefusedBy(const shard::Refusal& refusal) {
  if constexpr (std::constructible_from<StockEvent, Event>) {
    return RefusalStatus(ToMessage(static_cast<StockRefusal>(refusal.code)), refusal.details);
  } else {
    return RefusalStatus(ToMessage(static_cast<LocationRefusal>(refusal.code)), refusal.details);
  }
}

// Sends the command to the shard of `key`; `Event` is what it leaves when accepted. The messages
// live as long as the call.
template <class Event, class Command, class Request, class Response>
void Send(service::CommandCall& call, const std::string& key, Command command,
          const Request& request, Response& response) {
  service::CommandAnswer answer{
      .accepted =
          [&response](const shard::Fact& fact, const shard::Outcome& outcome) {
            WriteOutcome(outcome, outcome.duplicate, response);
            Fill(std::get<Event>(shard::EventOf<InventoryEvent>(fact)), response);
          },
      .nothing_to_do =
          [&request, &response](shard::Model& model, const shard::Outcome& outcome) {
            WriteOutcome(outcome, true, response);
            FillKnown(request, static_cast<const InventoryModel&>(model), response);
            return grpc::Status::OK;
          },
      .refused = RefusedBy<Event>};
  call.Run<InventoryModel>(key, std::move(command), std::move(answer));
}

}  // namespace omo::inventory
