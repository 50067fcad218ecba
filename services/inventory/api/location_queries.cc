// One location, and the register of all.
#include <span>
#include <string>

#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/messages.h"
#include "services/inventory/api/paging.h"
#include "services/inventory/api/refusal_status.h"

namespace omo::inventory {
namespace {

using service::ReadCall;

void FillLocations(const v1::ListLocationsRequest& request, const LocationId& behind, int size,
                   const InventoryModel& model, v1::ListLocationsResponse& out) {
  model.locations.Scan(behind, [&](const LocationId& id, const Location& location) {
    if (id == behind && !behind.value.empty()) return true;
    if (location.closed && !request.include_closed()) return true;
    const auto kind = static_cast<v1::LocationKind>(location.profile.kind);
    if (request.kind() != v1::LOCATION_KIND_UNSPECIFIED && request.kind() != kind) return true;
    if (out.locations_size() == size) {
      const std::string& last = out.locations(size - 1).location_id();
      out.set_next_page_token(rpc::WritePageToken(std::span(&last, 1)));
      return false;
    }
    Write(id, location, *out.add_locations());
    return true;
  });
}

}  // namespace

grpc::ServerUnaryReactor* InventoryQueryService::GetLocation(Context* context,
                                                             const v1::GetLocationRequest* request,
                                                             v1::GetLocationResponse* response) {
  ReadCall call(context, runtime_, request->read());
  CheckPositions(request->read(), runtime_, call.errors());
  CheckName(call.errors(), "location_id", request->location_id());
  return call.RunAtKey(
      request->location_id(),
      [request, response](shard::Model& model, const type::v1::Freshness& freshness) {
        const LocationId id{request->location_id()};
        const auto location = RowsOf(model).locations.FindConfirmed(id);
        if (!location) return RefusalStatus(v1::REFUSAL_LOCATION_NOT_FOUND);
        *response->mutable_freshness() = freshness;
        Write(id, *location, *response->mutable_location());
        return grpc::Status::OK;
      });
}

grpc::ServerUnaryReactor* InventoryQueryService::ListLocations(
    Context* context, const v1::ListLocationsRequest* request,
    v1::ListLocationsResponse* response) {
  ReadCall call(context, runtime_, request->read());
  const ShardId shard = ShardOfList(runtime_, call);
  CheckPositions(request->read(), runtime_, call.errors());
  if (!v1::LocationKind_IsValid(request->kind())) {
    call.errors().Add("kind", "UNKNOWN_VALUE", "must be one of the named values");
  }
  const int size = ReadPageSize(call.errors(), request->page_size());
  LocationId behind;
  if (!request->page_token().empty()) {
    const auto values = rpc::ReadPageToken(request->page_token(), 1);
    if (values && IsName(values->front())) {
      behind.value = values->front();
    } else {
      NotAPageToken(call.errors());
    }
  }
  return call.Run(shard, [request, response, size, behind](shard::Model& model,
                                                           const type::v1::Freshness& freshness) {
    *response->add_freshness() = freshness;
    FillLocations(*request, behind, size, RowsOf(model), *response);
    return grpc::Status::OK;
  });
}

}  // namespace omo::inventory
