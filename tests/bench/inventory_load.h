// The calls that the bench makes of inventory, alike for the service, the gateway and the echo.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "omo/inventory/v1/inventory_query_service.grpc.pb.h"
#include "omo/inventory/v1/inventory_service.grpc.pb.h"
#include "tests/bench/load.h"

namespace omo::bench {

inline constexpr std::uint64_t kSkus = 10'000;
inline constexpr int kConnections = 2;

std::string SkuName(std::uint64_t number);
// A fresh command id.
std::string CommandId();

using ReserveLoad = Load<inventory::v1::ReserveStockRequest, inventory::v1::ReserveStockResponse>;
using ReceiveLoad = Load<inventory::v1::ReceiveStockRequest, inventory::v1::ReceiveStockResponse>;
using AvailabilityLoad =
    Load<inventory::v1::GetAvailabilityRequest, inventory::v1::GetAvailabilityResponse>;

// One unit of SKU number `sku_of(call)`.
ReserveLoad Reserve(int port, std::function<std::uint64_t(std::uint64_t)> sku_of);
// Much of every SKU.
ReceiveLoad Receive(int port);
// The figures of `skus` SKUs at one location.
AvailabilityLoad ReadAvailability(int port, std::uint64_t skus);

// Spreads calls over SKUs, neighbours far apart.
inline std::uint64_t Uniform(std::uint64_t number) { return number * 7'919 % kSkus; }
inline std::uint64_t Hot(std::uint64_t) { return 0; }

}  // namespace omo::bench
