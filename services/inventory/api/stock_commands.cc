// The commands that change what there is.
#include "services/inventory/api/answers.h"
#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_service.h"
#include "services/inventory/api/messages.h"

namespace omo::inventory {
namespace {

using service::CommandCall;

void CheckReceiptLine(rpc::FieldErrors& errors, const v1::ReceiptLine& line) {
  CheckName(errors, "sku", line.sku());
  CheckLocation(errors, "location", line.location());
  CheckQuantity(errors, "quantity", line.has_quantity(), line.quantity(), Sign::kPositive);
  CheckBucket(errors, "bucket", line.bucket(), BucketUse::kArrive);
  if (!line.has_from_incoming()) return;
  CheckQuantity(errors, "from_incoming", true, line.from_incoming(), Sign::kNotNegative);
}

// Where one SKU at one place is meant.
template <class Request>
void CheckPlace(rpc::FieldErrors& errors, const Request& request) {
  CheckName(errors, "sku", request.sku());
  CheckLocation(errors, "location", request.location());
}

void CheckRecord(rpc::FieldErrors& errors, const v1::UploadRecord& record, Time now) {
  CheckName(errors, "record_id", record.record_id());
  CheckPlace(errors, record);
  CheckQuantity(errors, "on_hand", record.has_on_hand(), record.on_hand(), Sign::kNotNegative);
  CheckClock(errors, "as_of_ms", record.as_of_ms(), now);
}

// A kit and its components are decided together: one shard has them all.
void CheckComponents(rpc::FieldErrors& errors, const shard::Runtime& runtime,
                     const v1::DefineKitRequest& request) {
  const auto& components = request.components();
  if (components.size() > kCommandLinesMax) {
    errors.RequireCount("components", components.size(), kCommandLinesMax);
    return;
  }
  CheckEach(
      errors, "components", components, [](rpc::FieldErrors& faults, const v1::KitPart& part) {
        CheckName(faults, "sku", part.sku());
        CheckQuantity(faults, "quantity", part.has_quantity(), part.quantity(), Sign::kPositive);
      });
  CheckOneShard(errors, runtime, request.sku(), components, "components",
                "in another shard than the kit: nothing decides over both");
}

}  // namespace

void InventoryService::ReceiveStock(CommandCall& call, const v1::ReceiveStockRequest& request,
                                    v1::ReceiveStockResponse& response) {
  ReadMinPosition(request, call);
  const std::string& key =
      CheckKeyLines(call.errors(), runtime_, request.lines(), CheckReceiptLine);
  inventory::ReceiveStock command;
  for (const v1::ReceiptLine& line : request.lines()) {
    command.lines.push_back({.sku = {line.sku()},
                             .location = {line.location()},
                             .amount = ReadAmount(line.quantity()),
                             .bucket = ReadBucket(line.bucket()),
                             .from_incoming = ReadAmount(line.from_incoming())});
  }
  Send<StockReceived>(call, key, std::move(command), request, response);
}

void InventoryService::AdjustStock(CommandCall& call, const v1::AdjustStockRequest& request,
                                   v1::AdjustStockResponse& response) {
  ReadMinPosition(request, call);
  CheckPlace(call.errors(), request);
  CheckBucket(call.errors(), "bucket", request.bucket(), BucketUse::kAdjust);
  CheckQuantity(call.errors(), "delta", request.has_delta(), request.delta(), Sign::kNotZero);
  CheckText(call.errors(), "reason", request.reason(), kReasonBytesMax);
  Send<StockAdjusted>(call, request.sku(),
                      inventory::AdjustStock{.sku = {request.sku()},
                                             .location = {request.location()},
                                             .bucket = ReadBucket(request.bucket()),
                                             .delta = ReadAmount(request.delta()),
                                             .reason = request.reason()},
                      request, response);
}

void InventoryService::SetStock(CommandCall& call, const v1::SetStockRequest& request,
                                v1::SetStockResponse& response) {
  ReadMinPosition(request, call);
  CheckPlace(call.errors(), request);
  CheckQuantity(call.errors(), "on_hand", request.has_on_hand(), request.on_hand(),
                Sign::kNotNegative);
  std::optional<Amount> expected_from;
  if (request.from_case() != v1::SetStockRequest::kFromAny) {
    CheckQuantity(call.errors(), "expected_from", request.has_expected_from(),
                  request.expected_from(), Sign::kAny);
    expected_from = ReadAmount(request.expected_from());
  } else if (request.from_any() != google::protobuf::NULL_VALUE) {
    call.errors().Add("from_any", "UNKNOWN_VALUE", "must be null");
  }
  CheckText(call.errors(), "reason", request.reason(), kReasonBytesMax);
  Send<StockAdjusted>(call, request.sku(),
                      inventory::SetStock{.sku = {request.sku()},
                                          .location = {request.location()},
                                          .on_hand = ReadAmount(request.on_hand()),
                                          .expected_from = expected_from,
                                          .reason = request.reason()},
                      request, response);
}

void InventoryService::UploadStock(CommandCall& call, const v1::UploadStockRequest& request,
                                   v1::UploadStockResponse& response) {
  ReadMinPosition(request, call);
  const Time now = shard::WallNow();
  const auto check = [now](rpc::FieldErrors& errors, const v1::UploadRecord& record) {
    CheckRecord(errors, record, now);
  };
  const std::string& key =
      CheckKeyLines(call.errors(), runtime_, request.records(), check, "records");
  CheckOptionalName(call.errors(), "source", request.source());
  call.errors().RequireText("reason", request.reason(), kReasonBytesMax);
  inventory::UploadStock command{.source = request.source(), .reason = request.reason()};
  for (const v1::UploadRecord& record : request.records()) {
    command.records.push_back({.id = {record.record_id()},
                               .sku = {record.sku()},
                               .location = {record.location()},
                               .on_hand = ReadAmount(record.on_hand()),
                               .as_of = FromMillis(record.as_of_ms())});
  }
  Send<StockUploaded>(call, key, std::move(command), request, response);
}

void InventoryService::MoveStockState(CommandCall& call, const v1::MoveStockStateRequest& request,
                                      v1::MoveStockStateResponse& response) {
  ReadMinPosition(request, call);
  CheckPlace(call.errors(), request);
  CheckBucket(call.errors(), "from", request.from(), BucketUse::kMove);
  CheckBucket(call.errors(), "to", request.to(), BucketUse::kMove);
  if (ReadBucket(request.from()) == ReadBucket(request.to())) {
    call.errors().Add("to", "SAME_PLACE", "the same state as `from`");
  }
  CheckQuantity(call.errors(), "quantity", request.has_quantity(), request.quantity(),
                Sign::kPositive);
  call.errors().RequireText("reason", request.reason(), kReasonBytesMax);
  Send<StockStateMoved>(call, request.sku(),
                        inventory::MoveStockState{.sku = {request.sku()},
                                                  .location = {request.location()},
                                                  .from = ReadBucket(request.from()),
                                                  .to = ReadBucket(request.to()),
                                                  .amount = ReadAmount(request.quantity()),
                                                  .reason = request.reason()},
                        request, response);
}

void InventoryService::RecordSale(CommandCall& call, const v1::RecordSaleRequest& request,
                                  v1::RecordSaleResponse& response) {
  ReadMinPosition(request, call);
  CheckName(call.errors(), "device", request.device());
  if (request.sequence() < 0) {
    call.errors().Add("sequence", "OUT_OF_RANGE", "must not be negative");
  }
  CheckClock(call.errors(), "occurred_at_ms", request.occurred_at_ms(), shard::WallNow());
  const std::string& key = CheckKeyLines(call.errors(), runtime_, request.lines(), CheckLine);
  const Time occurred_at = FromMillis(request.occurred_at_ms());
  call.set_occurred_at(occurred_at);
  Send<SaleRecorded>(call, key,
                     inventory::RecordSale{.device = {request.device()},
                                           .sequence = request.sequence(),
                                           .occurred_at = occurred_at,
                                           .lines = ReadLines(request.lines())},
                     request, response);
}

void InventoryService::DefineUnit(CommandCall& call, const v1::DefineUnitRequest& request,
                                  v1::DefineUnitResponse& response) {
  ReadMinPosition(request, call);
  CheckName(call.errors(), "sku", request.sku());
  CheckText(call.errors(), "unit", request.unit(), kNameBytesMax);
  call.errors().RequireRange("scale", request.scale(), 0, kScaleMax);
  Send<UnitDefined>(call, request.sku(),
                    inventory::DefineUnit{
                        .sku = {request.sku()}, .unit = request.unit(), .scale = request.scale()},
                    request, response);
}

void InventoryService::DefineKit(CommandCall& call, const v1::DefineKitRequest& request,
                                 v1::DefineKitResponse& response) {
  ReadMinPosition(request, call);
  CheckName(call.errors(), "sku", request.sku());
  CheckComponents(call.errors(), runtime_, request);
  inventory::DefineKit command{.sku = {request.sku()}};
  for (const v1::KitPart& part : request.components()) {
    command.components.push_back({.sku = {part.sku()}, .amount = ReadAmount(part.quantity())});
  }
  Send<KitDefined>(call, request.sku(), std::move(command), request, response);
}

}  // namespace omo::inventory
