// The door for inventory's commands: a request's fields are checked, the command is decided by the
// owner of its key, its event fills the response. No rule is here: services/inventory/domain.
#pragma once

#include "libs/service/command_call.h"
#include "libs/shard/runtime.h"
#include "omo/inventory/v1/inventory_service.grpc.pb.h"

namespace omo::inventory {

// Thread-safe. Shared by all calls; `runtime` (of InventoryModels) outlives it.
class InventoryService final : public v1::InventoryService::CallbackService {
 public:
  explicit InventoryService(shard::Runtime& runtime) : runtime_(runtime) {}

  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;

  // stock_commands.cc
  Reactor* ReceiveStock(Context* context, const v1::ReceiveStockRequest* request,
                        v1::ReceiveStockResponse* response) override;
  Reactor* AdjustStock(Context* context, const v1::AdjustStockRequest* request,
                       v1::AdjustStockResponse* response) override;
  Reactor* MoveStockState(Context* context, const v1::MoveStockStateRequest* request,
                          v1::MoveStockStateResponse* response) override;
  Reactor* RecordSale(Context* context, const v1::RecordSaleRequest* request,
                      v1::RecordSaleResponse* response) override;
  Reactor* DefineUnit(Context* context, const v1::DefineUnitRequest* request,
                      v1::DefineUnitResponse* response) override;

  // reservation_commands.cc
  Reactor* ReserveStock(Context* context, const v1::ReserveStockRequest* request,
                        v1::ReserveStockResponse* response) override;
  Reactor* ExtendReservation(Context* context, const v1::ExtendReservationRequest* request,
                             v1::ExtendReservationResponse* response) override;
  Reactor* CommitReservation(Context* context, const v1::CommitReservationRequest* request,
                             v1::CommitReservationResponse* response) override;
  Reactor* FulfilReservation(Context* context, const v1::FulfilReservationRequest* request,
                             v1::FulfilReservationResponse* response) override;
  Reactor* ReleaseReservation(Context* context, const v1::ReleaseReservationRequest* request,
                              v1::ReleaseReservationResponse* response) override;
  Reactor* TransferReservation(Context* context, const v1::TransferReservationRequest* request,
                               v1::TransferReservationResponse* response) override;
  Reactor* MarkReservationShort(Context* context, const v1::MarkReservationShortRequest* request,
                                v1::MarkReservationShortResponse* response) override;

  // location_commands.cc
  Reactor* OpenLocation(Context* context, const v1::OpenLocationRequest* request,
                        v1::OpenLocationResponse* response) override;
  Reactor* UpdateLocation(Context* context, const v1::UpdateLocationRequest* request,
                          v1::UpdateLocationResponse* response) override;
  Reactor* CloseLocation(Context* context, const v1::CloseLocationRequest* request,
                         v1::CloseLocationResponse* response) override;

 private:
  shard::Runtime& runtime_;
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
