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
inline constexpr std::uint64_t kStores = 457;  // As many as the grocer has.

std::string SkuName(std::uint64_t number);
// A fresh command id.
std::string CommandId();

using ReserveLoad = Load<inventory::v1::ReserveStockRequest, inventory::v1::ReserveStockResponse>;
using ReceiveLoad = Load<inventory::v1::ReceiveStockRequest, inventory::v1::ReceiveStockResponse>;
using AvailabilityLoad =
    Load<inventory::v1::GetAvailabilityRequest, inventory::v1::GetAvailabilityResponse>;

using NearbyLoad =
    Load<inventory::v1::FindNearbyStockRequest, inventory::v1::FindNearbyStockResponse>;
using OpenLoad = Load<inventory::v1::OpenLocationRequest, inventory::v1::OpenLocationResponse>;

std::string StoreName(std::uint64_t number);
// Asks for one unit of a SKU under a fresh id.
void FillReserve(std::uint64_t sku, inventory::v1::ReserveStockRequest& request);
// One unit of SKU number `sku_of(call)`.
ReserveLoad Reserve(int port, std::function<std::uint64_t(std::uint64_t)> sku_of);
// Much of every SKU.
ReceiveLoad Receive(int port);
// The figures of `skus` SKUs at `places` locations.
AvailabilityLoad ReadAvailability(int port, std::uint64_t skus, std::uint64_t places = 1);

// The hot SKU: much of it at every store, and one unit at one store after the other.
ReceiveLoad ReceiveHot(int port);
ReserveLoad ReserveHot(int port);
// Opens the stores, over a country; and where near a point the hot SKU can be had.
OpenLoad OpenStores(int port);
NearbyLoad FindHot(int port);
// What is on hand of `records` SKUs of one shard at one store: upload number `number`.
void FillUpload(std::uint64_t number, int records, inventory::v1::UploadStockRequest& request);

// Spreads calls over SKUs, neighbours far apart.
inline std::uint64_t Uniform(std::uint64_t number) { return number * 7'919 % kSkus; }

}  // namespace omo::bench
