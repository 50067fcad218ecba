// Quotas to and from their messages, which events and answers share.
#pragma once

#include "omo/inventory/events/v1/quota.pb.h"
#include "services/inventory/domain/stock/quota.h"

namespace omo::inventory {

namespace pb = omo::inventory::events::v1;

QuotaOwner Read(const pb::QuotaOwner& in);
void Write(const Quota& quota, pb::Quota& out);
Quota Read(const pb::Quota& in);

}  // namespace omo::inventory
