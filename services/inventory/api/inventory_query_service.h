// The door for inventory's queries: fields are checked, rows of one shard are read at one position
// at the asked level of freshness, and written into the response.
#pragma once

#include "libs/service/read_call.h"
#include "libs/shard/runtime.h"
#include "omo/inventory/v1/inventory_query_service.grpc.pb.h"
#include "services/inventory/api/availability_watch.h"
#include "services/inventory/inventory_model.h"

namespace omo::inventory {

// Thread-safe. Shared by all calls; `runtime` (of InventoryModels) outlives it.
class InventoryQueryService final : public v1::InventoryQueryService::CallbackService {
 public:
  explicit InventoryQueryService(shard::Runtime& runtime, const WatchOptions& watch = {})
      : runtime_(runtime), watch_(runtime, watch) {}

  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;

  // figure_queries.cc
  Reactor* GetAvailability(Context* context, const v1::GetAvailabilityRequest* request,
                           v1::GetAvailabilityResponse* response) override;
  Reactor* GetStockAsOf(Context* context, const v1::GetStockAsOfRequest* request,
                        v1::GetStockAsOfResponse* response) override;

  // watch_availability.cc
  grpc::ServerWriteReactor<v1::WatchAvailabilityResponse>* WatchAvailability(
      Context* context, const v1::WatchAvailabilityRequest* request) override;
  AvailabilityWatch& watch() { return watch_; }

  // network_queries.cc
  Reactor* GetNetwork(Context* context, const v1::GetNetworkRequest* request,
                      v1::GetNetworkResponse* response) override;
  Reactor* PreviewNetworkChange(Context* context, const v1::PreviewNetworkChangeRequest* request,
                                v1::PreviewNetworkChangeResponse* response) override;

  // movement_queries.cc
  Reactor* ListMovements(Context* context, const v1::ListMovementsRequest* request,
                         v1::ListMovementsResponse* response) override;

  // reservation_queries.cc
  Reactor* GetReservation(Context* context, const v1::GetReservationRequest* request,
                          v1::GetReservationResponse* response) override;
  Reactor* ListReservations(Context* context, const v1::ListReservationsRequest* request,
                            v1::ListReservationsResponse* response) override;

  // nearby_stock_queries.cc
  Reactor* FindNearbyStock(Context* context, const v1::FindNearbyStockRequest* request,
                           v1::FindNearbyStockResponse* response) override;

  // location_queries.cc
  Reactor* GetLocation(Context* context, const v1::GetLocationRequest* request,
                       v1::GetLocationResponse* response) override;
  Reactor* ListLocations(Context* context, const v1::ListLocationsRequest* request,
                         v1::ListLocationsResponse* response) override;

 private:
  shard::Runtime& runtime_;
  AvailabilityWatch watch_;
};

// What the generic calls know as a Model.
inline const InventoryModel& RowsOf(const shard::Model& model) {
  return static_cast<const InventoryModel&>(model);
}

// The positions that a read asks for: of shards that there are, at most one each.
void CheckPositions(const type::v1::ReadOptions& read, const shard::Runtime& runtime,
                    rpc::FieldErrors& errors);

// The shard that a list is asked of, as the gateway names it in the call's metadata; 0 with a fault
// noted when it names none: a list of one shard is never taken for the whole.
ShardId ShardOfList(const shard::Runtime& runtime, service::ReadCall& call);

}  // namespace omo::inventory
