// The commands that say by which rules stock is given out.
#include "services/inventory/api/answers.h"
#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_service.h"
#include "services/inventory/api/messages.h"
#include "services/inventory/api/network_checks.h"
#include "services/inventory/codec/network_codec.h"

namespace omo::inventory {
namespace {

using service::CommandCall;

void CheckRules(rpc::FieldErrors& errors, const v1::StockRules& rules) {
  const auto check = [&](const char* field, bool present, const type::v1::Quantity& quantity) {
    if (present) CheckQuantity(errors, field, true, quantity, Sign::kNotNegative);
  };
  check("rules.safety", rules.has_safety(), rules.safety());
  check("rules.backorder_limit", rules.has_backorder_limit(), rules.backorder_limit());
  check("rules.line_min", rules.has_line_min(), rules.line_min());
  check("rules.line_max", rules.has_line_max(), rules.line_max());
  if (!events::v1::BackorderKind_IsValid(rules.backorder())) {
    errors.Add("rules.backorder", "UNKNOWN_VALUE", "must be one of the named values");
  }
  for (int i = 0; i < rules.excluded_from_size(); ++i) {
    CheckName(errors, rpc::FieldAt("rules.excluded_from", static_cast<std::size_t>(i)),
              rules.excluded_from(i));
  }
  for (int i = 0; i < rules.classes_size(); ++i) {
    CheckName(errors, rpc::FieldAt("rules.classes", static_cast<std::size_t>(i)), rules.classes(i));
  }
}

std::optional<Amount> ReadOptional(bool present, const type::v1::Quantity& quantity) {
  return present ? std::optional(ReadAmount(quantity)) : std::nullopt;
}

StockRulesAsked ReadRules(const v1::StockRules& in) {
  StockRulesAsked rules{.safety = ReadOptional(in.has_safety(), in.safety()),
                        .backorder_limit = ReadAmount(in.backorder_limit()),
                        .restock_days = in.restock_days(),
                        .methods = Read(in.methods()),
                        .line_min = ReadOptional(in.has_line_min(), in.line_min()),
                        .line_max = ReadOptional(in.has_line_max(), in.line_max())};
  if (in.backorder() != events::v1::BACKORDER_KIND_UNSPECIFIED) {
    rules.backorder = static_cast<BackorderKind>(in.backorder());
  }
  for (const std::string& group : in.excluded_from()) rules.excluded_from.push_back({group});
  rules.classes.assign(in.classes().begin(), in.classes().end());
  return rules;
}

}  // namespace

void InventoryService::SetStockRules(CommandCall& call, const v1::SetStockRulesRequest& request,
                                     v1::SetStockRulesResponse& response) {
  ReadMinPosition(request, call);
  CheckName(call.errors(), "sku", request.sku());
  if (!request.location().empty()) CheckLocation(call.errors(), "location", request.location());
  if (call.errors().RequirePresent("rules", request.has_rules())) {
    CheckRules(call.errors(), request.rules());
  }
  Send<StockRulesSet>(call, request.sku(),
                      inventory::SetStockRules{.sku = {request.sku()},
                                               .location = {request.location()},
                                               .rules = ReadRules(request.rules())},
                      request, response);
}

void InventoryService::SetPurchaseLimit(CommandCall& call,
                                        const v1::SetPurchaseLimitRequest& request,
                                        v1::SetPurchaseLimitResponse& response) {
  ReadMinPosition(request, call);
  CheckName(call.errors(), "sku", request.sku());
  CheckName(call.errors(), "campaign", request.campaign());
  if (request.has_per_customer()) {
    CheckQuantity(call.errors(), "per_customer", true, request.per_customer(), Sign::kPositive);
  }
  Send<PurchaseLimitSet>(
      call, request.sku(),
      inventory::SetPurchaseLimit{
          .sku = {request.sku()},
          .campaign = request.campaign(),
          .per_customer = ReadOptional(request.has_per_customer(), request.per_customer())},
      request, response);
}

void InventoryService::ChangeNetwork(CommandCall& call, const v1::ChangeNetworkRequest& request,
                                     v1::ChangeNetworkResponse& response) {
  ReadMinPosition(request, call);
  NetworkChange change = CheckNetworkChange(call.errors(), request.change());
  if (request.expected_version() < 0) {
    call.errors().Add("expected_version", "OUT_OF_RANGE", "must not be negative");
  }
  Send<NetworkChanged>(call, kNetworkKey,
                       inventory::ChangeNetwork{.change = std::move(change),
                                                .expected_version = request.expected_version()},
                       request, response);
}

}  // namespace omo::inventory
