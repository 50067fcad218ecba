// The commands that keep the register of locations.
#include "services/inventory/api/answers.h"
#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_service.h"
#include "services/inventory/api/messages.h"

namespace omo::inventory {

using service::CommandCall;

void InventoryService::OpenLocation(CommandCall& call, const v1::OpenLocationRequest& request,
                                    v1::OpenLocationResponse& response) {
  ReadMinPosition(request, call);
  CheckLocation(call.errors(), "location_id", request.location_id());
  CheckProfile(call.errors(), request.has_profile(), request.profile());
  Send<LocationOpened>(call, request.location_id(),
                       inventory::OpenLocation{.id = {request.location_id()},
                                               .profile = ReadProfile(request.profile())},
                       request, response);
}

void InventoryService::UpdateLocation(CommandCall& call, const v1::UpdateLocationRequest& request,
                                      v1::UpdateLocationResponse& response) {
  ReadMinPosition(request, call);
  CheckLocation(call.errors(), "location_id", request.location_id());
  CheckProfile(call.errors(), request.has_profile(), request.profile());
  if (request.expected_version() < 0) {
    call.errors().Add("expected_version", "OUT_OF_RANGE", "must not be negative");
  }
  Send<LocationUpdated>(call, request.location_id(),
                        inventory::UpdateLocation{.id = {request.location_id()},
                                                  .profile = ReadProfile(request.profile()),
                                                  .expected_version = request.expected_version()},
                        request, response);
}

void InventoryService::CloseLocation(CommandCall& call, const v1::CloseLocationRequest& request,
                                     v1::CloseLocationResponse& response) {
  ReadMinPosition(request, call);
  CheckLocation(call.errors(), "location_id", request.location_id());
  CheckText(call.errors(), "reason", request.reason(), kReasonBytesMax);
  Send<LocationClosed>(
      call, request.location_id(),
      inventory::CloseLocation{.id = {request.location_id()}, .reason = request.reason()}, request,
      response);
}

}  // namespace omo::inventory
