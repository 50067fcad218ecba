// The command that keeps stock for some.
#include "services/inventory/api/answers.h"
#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_service.h"
#include "services/inventory/api/messages.h"
#include "services/inventory/codec/quota_codec.h"

namespace omo::inventory {
namespace {

constexpr std::int64_t kBorrowersMax = 20;
// Far enough for any sale, and far from where milliseconds end.
constexpr std::int64_t kEndsAtMsMax = 10'000'000'000'000;

void CheckOwner(rpc::FieldErrors& errors, const events::v1::QuotaOwner& owner) {
  CheckOptionalName(errors, "channel", owner.channel());
  CheckOptionalName(errors, "segment", owner.segment());
}

void CheckRequest(rpc::FieldErrors& errors, const v1::SetQuotaRequest& request) {
  CheckName(errors, "sku", request.sku());
  if (request.has_group()) {
    CheckName(errors, "group", request.group());
  } else {
    CheckLocation(errors, "location", request.location());
  }
  CheckName(errors, "quota_id", request.quota_id());
  CheckOptionalName(errors, "owner.channel", request.owner().channel());
  CheckOptionalName(errors, "owner.segment", request.owner().segment());
  if (Read(request.owner()).IsEverybody()) {
    errors.Add("owner", "REQUIRED", "a channel, a segment or both");
  }
  CheckQuantity(errors, "quantity", request.has_quantity(), request.quantity(), Sign::kNotNegative);
  errors.RequireRange("ends_at_ms", request.ends_at_ms(), 0, kEndsAtMsMax);
  if (request.lends_to_size() > kBorrowersMax) {
    errors.RequireCount("lends_to", request.lends_to_size(), kBorrowersMax);
  }
  CheckEach(errors, "lends_to", request.lends_to(), CheckOwner);
}

}  // namespace

void InventoryService::SetQuota(service::CommandCall& call, const v1::SetQuotaRequest& request,
                                v1::SetQuotaResponse& response) {
  ReadMinPosition(request, call);
  CheckRequest(call.errors(), request);
  inventory::SetQuota command{.sku = {request.sku()},
                              .location = ReadPlace(request),
                              .id = {request.quota_id()},
                              .owner = Read(request.owner()),
                              .quantity = ReadAmount(request.quantity()),
                              .borrows = request.borrows()};
  if (request.ends_at_ms() != 0) command.ends_at = FromMillis(request.ends_at_ms());
  for (const events::v1::QuotaOwner& borrower : request.lends_to()) {
    command.lends_to.push_back(Read(borrower));
  }
  Send<QuotaSet>(call, request.sku(), std::move(command), request, response);
}

}  // namespace omo::inventory
