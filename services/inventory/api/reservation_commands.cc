// The commands that keep units aside, and end that.
#include "services/inventory/api/answers.h"
#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_service.h"
#include "services/inventory/api/messages.h"
#include "services/inventory/codec/network_codec.h"

namespace omo::inventory {
namespace {

using service::CommandCall;

void CheckTransferLine(rpc::FieldErrors& errors, const v1::TransferLine& line) {
  CheckName(errors, "sku", line.sku());
  if (line.from_group().empty()) {
    CheckLocation(errors, "from_location", line.from_location());
  } else {
    CheckName(errors, "from_group", line.from_group());
    if (!line.from_location().empty()) {
      errors.Add("from_location", "UNKNOWN_VALUE", "a location or a group, not both");
    }
  }
  CheckLocation(errors, "to_location", line.to_location());
  if (line.from_location() == line.to_location()) {
    errors.Add("to_location", "SAME_PLACE", "the same location as `from_location`");
  }
  CheckQuantity(errors, "quantity", line.has_quantity(), line.quantity(), Sign::kPositive);
}

// A reservation, by its id and one of its SKUs.
template <class Request>
void CheckReservation(const Request& request, CommandCall& call) {
  ReadMinPosition(request, call);
  CheckName(call.errors(), "reservation_id", request.reservation_id());
  CheckName(call.errors(), "sku", request.sku());
}

// Lines that may be left out: then all that is open is meant.
template <class Request, class Check>
void CheckSomeLines(const Request& request, const shard::Runtime& runtime, CommandCall& call,
                    Check check) {
  if (request.lines().empty()) return;
  if (!call.errors().RequireCount("lines", request.lines_size(), kCommandLinesMax)) return;
  CheckEach(call.errors(), "lines", request.lines(), check);
  CheckOneShard(call.errors(), runtime, request.sku(), request.lines());
}

// Whether the caller's role may overrule what is open or available.
bool MayOverride(const CommandCall& call) {
  return call.HasRole("manager") || call.HasRole("service");
}

}  // namespace

void InventoryService::ReserveStock(CommandCall& call, const v1::ReserveStockRequest& request,
                                    v1::ReserveStockResponse& response) {
  ReadMinPosition(request, call);
  CheckName(call.errors(), "reservation_id", request.reservation_id());
  CheckName(call.errors(), "owner", request.owner());
  const std::string& key = CheckKeyLines(call.errors(), runtime_, request.lines(), CheckPlacedLine);
  CheckMethod(call.errors(), "method", request.method());
  CheckOptionalName(call.errors(), "campaign", request.campaign());
  CheckOptionalName(call.errors(), "customer", request.customer());
  CheckOptionalName(call.errors(), "segment", request.segment());
  if (request.campaign().empty() != request.customer().empty()) {
    call.errors().Add(request.campaign().empty() ? "campaign" : "customer", "REQUIRED",
                      "a campaign and a customer come together");
  }
  CheckHoldSeconds(call.errors(), request.hold_seconds());
  Send<StockReserved>(call, key,
                      inventory::ReserveStock{
                          .id = {request.reservation_id()},
                          .owner = request.owner(),
                          .channel = {call.context().context.channel()},
                          .lines = ReadLines(request.lines()),
                          .hold_for = std::chrono::seconds{request.hold_seconds()},
                          .allow_partial = request.allow_partial(),
                          .method = FromProto(request.method()),
                          .buyer = {.campaign = request.campaign(), .customer = request.customer()},
                          .segment = {request.segment()}},
                      request, response);
}

void InventoryService::ExtendReservation(CommandCall& call,
                                         const v1::ExtendReservationRequest& request,
                                         v1::ExtendReservationResponse& response) {
  CheckReservation(request, call);
  CheckHoldSeconds(call.errors(), request.hold_seconds());
  Send<ReservationExtended>(
      call, request.sku(),
      inventory::ExtendReservation{.id = {request.reservation_id()},
                                   .sku = {request.sku()},
                                   .hold_for = std::chrono::seconds{request.hold_seconds()}},
      request, response);
}

void InventoryService::CommitReservation(CommandCall& call,
                                         const v1::CommitReservationRequest& request,
                                         v1::CommitReservationResponse& response) {
  CheckReservation(request, call);
  CheckOptionalName(call.errors(), "owner", request.owner());
  Send<ReservationCommitted>(
      call, request.sku(),
      inventory::CommitReservation{
          .id = {request.reservation_id()}, .sku = {request.sku()}, .owner = request.owner()},
      request, response);
}

void InventoryService::FulfilReservation(CommandCall& call,
                                         const v1::FulfilReservationRequest& request,
                                         v1::FulfilReservationResponse& response) {
  CheckReservation(request, call);
  CheckSomeLines(request, runtime_, call, CheckLine);
  Send<ReservationFulfilled>(call, request.sku(),
                             inventory::FulfilReservation{.id = {request.reservation_id()},
                                                          .sku = {request.sku()},
                                                          .lines = ReadLines(request.lines()),
                                                          .over_fulfil = request.over_fulfil(),
                                                          .may_override = MayOverride(call)},
                             request, response);
}

void InventoryService::ReleaseReservation(CommandCall& call,
                                          const v1::ReleaseReservationRequest& request,
                                          v1::ReleaseReservationResponse& response) {
  CheckReservation(request, call);
  CheckSomeLines(request, runtime_, call, CheckPlacedLine);
  Send<ReservationReleased>(call, request.sku(),
                            inventory::ReleaseReservation{.id = {request.reservation_id()},
                                                          .sku = {request.sku()},
                                                          .lines = ReadLines(request.lines())},
                            request, response);
}

void InventoryService::TransferReservation(CommandCall& call,
                                           const v1::TransferReservationRequest& request,
                                           v1::TransferReservationResponse& response) {
  ReadMinPosition(request, call);
  CheckName(call.errors(), "reservation_id", request.reservation_id());
  const std::string& key =
      CheckKeyLines(call.errors(), runtime_, request.lines(), CheckTransferLine);
  inventory::TransferReservation command{.id = {request.reservation_id()},
                                         .ignore_availability = request.ignore_availability_check(),
                                         .may_override = MayOverride(call)};
  for (const v1::TransferLine& line : request.lines()) {
    command.lines.push_back({.sku = {line.sku()},
                             .from = line.from_group().empty() ? LocationId{line.from_location()}
                                                               : PlaceOf({line.from_group()}),
                             .to = {line.to_location()},
                             .amount = ReadAmount(line.quantity())});
  }
  Send<ReservationTransferred>(call, key, std::move(command), request, response);
}

void InventoryService::MarkReservationShort(CommandCall& call,
                                            const v1::MarkReservationShortRequest& request,
                                            v1::MarkReservationShortResponse& response) {
  ReadMinPosition(request, call);
  CheckName(call.errors(), "reservation_id", request.reservation_id());
  const std::string& key = CheckKeyLines(call.errors(), runtime_, request.lines(), CheckPlacedLine);
  CheckText(call.errors(), "reason", request.reason(), kReasonBytesMax);
  Send<ReservationMarkedShort>(call, key,
                               inventory::MarkReservationShort{.id = {request.reservation_id()},
                                                               .lines = ReadLines(request.lines()),
                                                               .reason = request.reason()},
                               request, response);
}

void InventoryService::RejectReservation(CommandCall& call,
                                         const v1::RejectReservationRequest& request,
                                         v1::RejectReservationResponse& response) {
  CheckReservation(request, call);
  if (call.errors().RequireCount("lines", request.lines_size(), kCommandLinesMax)) {
    CheckSomeLines(request, runtime_, call, CheckLine);
  }
  CheckName(call.errors(), "reason", request.reason());
  call.errors().RequireText("note", request.note(), kReasonBytesMax);
  Send<ReservationRejected>(call, request.sku(),
                            inventory::RejectReservation{.id = {request.reservation_id()},
                                                         .sku = {request.sku()},
                                                         .lines = ReadLines(request.lines()),
                                                         .reason = request.reason(),
                                                         .note = request.note()},
                            request, response);
}

}  // namespace omo::inventory
