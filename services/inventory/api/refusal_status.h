// Inventory's refusals as typed errors: gRPC code, ErrorInfo.reason, words for people.
#pragma once

#include <grpcpp/support/status.h>

#include <span>
#include <string_view>

#include "libs/core/decision.h"
#include "omo/inventory/v1/refusal.pb.h"
#include "services/inventory/domain/inventory.h"

namespace omo::inventory {

// The public name of a refusal.
v1::Refusal ToMessage(StockRefusal refusal);
v1::Refusal ToMessage(LocationRefusal refusal);

// ErrorInfo.reason: the name in refusal.proto without its prefix, e.g. "NOT_ENOUGH_AVAILABLE".
std::string_view ReasonOf(v1::Refusal refusal);

// `details` become ErrorInfo.metadata.
grpc::Status RefusalStatus(v1::Refusal refusal, std::span<const Detail> details = {});

}  // namespace omo::inventory
