// What a request that names a change of the network may hold.
#pragma once

#include "libs/rpc/require.h"
#include "omo/inventory/events/v1/network.pb.h"
#include "services/inventory/domain/network/network_change.h"

namespace omo::inventory {

// The change in `change`, its lists in order; notes what is wrong with it whatever the network is.
NetworkChange CheckNetworkChange(rpc::FieldErrors& errors, const events::v1::NetworkChange& change);

}  // namespace omo::inventory
