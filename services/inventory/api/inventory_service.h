// The door for inventory's commands: a request's fields are checked, the command is decided by the
// owner of its key, its event fills the response. No rule is here: services/inventory/domain.
#pragma once

#include "libs/service/command_service.h"
#include "libs/shard/runtime.h"
#include "omo/inventory/v1/inventory_service.grpc.pb.h"

namespace omo::inventory {

// Thread-safe. Shared by all calls; `runtime` (of InventoryModels) outlives it.
class InventoryService final : public service::CommandService {
 public:
  explicit InventoryService(shard::Runtime& runtime)
      : CommandService(v1::InventoryService::service_full_name(), runtime) {
    using Self = InventoryService;
    Serve(*this, &Self::ReceiveStock, &Self::AdjustStock, &Self::SetStock, &Self::UploadStock,
          &Self::MoveStockState, &Self::RecordSale, &Self::DefineUnit, &Self::DefineKit,
          &Self::ReserveStock, &Self::ExtendReservation, &Self::CommitReservation,
          &Self::FulfilReservation, &Self::ReleaseReservation, &Self::TransferReservation,
          &Self::MarkReservationShort, &Self::RejectReservation, &Self::SetStockRules,
          &Self::SetPurchaseLimit, &Self::SetQuota, &Self::ChangeNetwork, &Self::OpenLocation,
          &Self::UpdateLocation, &Self::CloseLocation);
  }

  using Call = service::CommandCall;

  // stock_commands.cc
  void ReceiveStock(Call& call, const v1::ReceiveStockRequest& request,
                    v1::ReceiveStockResponse& response);
  void AdjustStock(Call& call, const v1::AdjustStockRequest& request,
                   v1::AdjustStockResponse& response);
  void SetStock(Call& call, const v1::SetStockRequest& request, v1::SetStockResponse& response);
  void UploadStock(Call& call, const v1::UploadStockRequest& request,
                   v1::UploadStockResponse& response);
  void MoveStockState(Call& call, const v1::MoveStockStateRequest& request,
                      v1::MoveStockStateResponse& response);
  void RecordSale(Call& call, const v1::RecordSaleRequest& request,
                  v1::RecordSaleResponse& response);
  void DefineUnit(Call& call, const v1::DefineUnitRequest& request,
                  v1::DefineUnitResponse& response);
  void DefineKit(Call& call, const v1::DefineKitRequest& request, v1::DefineKitResponse& response);

  // reservation_commands.cc
  void ReserveStock(Call& call, const v1::ReserveStockRequest& request,
                    v1::ReserveStockResponse& response);
  void ExtendReservation(Call& call, const v1::ExtendReservationRequest& request,
                         v1::ExtendReservationResponse& response);
  void CommitReservation(Call& call, const v1::CommitReservationRequest& request,
                         v1::CommitReservationResponse& response);
  void FulfilReservation(Call& call, const v1::FulfilReservationRequest& request,
                         v1::FulfilReservationResponse& response);
  void ReleaseReservation(Call& call, const v1::ReleaseReservationRequest& request,
                          v1::ReleaseReservationResponse& response);
  void TransferReservation(Call& call, const v1::TransferReservationRequest& request,
                           v1::TransferReservationResponse& response);
  void MarkReservationShort(Call& call, const v1::MarkReservationShortRequest& request,
                            v1::MarkReservationShortResponse& response);
  void RejectReservation(Call& call, const v1::RejectReservationRequest& request,
                         v1::RejectReservationResponse& response);

  // rules_commands.cc
  void SetStockRules(Call& call, const v1::SetStockRulesRequest& request,
                     v1::SetStockRulesResponse& response);
  void SetPurchaseLimit(Call& call, const v1::SetPurchaseLimitRequest& request,
                        v1::SetPurchaseLimitResponse& response);
  void ChangeNetwork(Call& call, const v1::ChangeNetworkRequest& request,
                     v1::ChangeNetworkResponse& response);

  // quota_commands.cc
  void SetQuota(Call& call, const v1::SetQuotaRequest& request, v1::SetQuotaResponse& response);

  // location_commands.cc
  void OpenLocation(Call& call, const v1::OpenLocationRequest& request,
                    v1::OpenLocationResponse& response);
  void UpdateLocation(Call& call, const v1::UpdateLocationRequest& request,
                      v1::UpdateLocationResponse& response);
  void CloseLocation(Call& call, const v1::CloseLocationRequest& request,
                     v1::CloseLocationResponse& response);
};

// What every command's request may carry: the position that its owner must have reached.
template <class Request>
void ReadMinPosition(const Request& request, service::CommandCall& call) {
  if (!request.has_min_position()) return;
  if (request.min_position().offset() < 0) {
    call.errors().Add("min_position.offset", "OUT_OF_RANGE", "not an offset");
  }
  call.set_min_position(request.min_position());
}

}  // namespace omo::inventory
