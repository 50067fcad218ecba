#include "tests/bench/inventory_load.h"

#include <random>

#include "libs/core/partition.h"
#include "libs/core/uuid.h"
#include "libs/shard/runtime.h"
#include "tests/bench/rig.h"

namespace omo::bench {
namespace {

constexpr char kLocation[] = "store-1";
constexpr char kHotSku[] = "hot";
constexpr std::int64_t kPlenty = 1'000'000'000;

template <class Stub>
std::vector<std::shared_ptr<Stub>> Stubs(int port, auto make) {
  std::vector<std::shared_ptr<Stub>> stubs;
  for (int i = 0; i < kConnections; ++i) stubs.push_back(make(NewChannel(port)));
  return stubs;
}

auto CommandStubs(int port) {
  using inventory::v1::InventoryService;
  return Stubs<InventoryService::Stub>(
      port, [](auto channel) { return InventoryService::NewStub(std::move(channel)); });
}

auto QueryStubs(int port) {
  using inventory::v1::InventoryQueryService;
  return Stubs<InventoryQueryService::Stub>(
      port, [](auto channel) { return InventoryQueryService::NewStub(std::move(channel)); });
}

}  // namespace

std::string StoreName(std::uint64_t number) { return "store-" + std::to_string(number); }

std::string SkuName(std::uint64_t number) { return "sku-" + std::to_string(number); }

std::string CommandId() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return MakeUuid(shard::WallNow(), random(), random());
}

void FillReserve(std::uint64_t sku, inventory::v1::ReserveStockRequest& request) {
  request.set_command_id(CommandId());
  request.set_reservation_id(request.command_id());
  request.set_owner("cart-1");
  request.set_hold_seconds(14'400);
  auto* line = request.add_lines();
  line->set_sku(SkuName(sku));
  line->set_location(kLocation);
  line->mutable_quantity()->set_value(1);
}

ReserveLoad Reserve(int port, std::function<std::uint64_t(std::uint64_t)> sku_of) {
  return {[stubs = CommandStubs(port)](std::uint64_t number, grpc::ClientContext* context,
                                       const auto* request, auto* response, auto done) {
            stubs[number % stubs.size()]->async()->ReserveStock(context, request, response,
                                                                std::move(done));
          },
          [sku_of = std::move(sku_of)](std::uint64_t number,
                                       inventory::v1::ReserveStockRequest& request) {
            FillReserve(sku_of(number), request);
          }};
}

ReceiveLoad Receive(int port) {
  return {[stubs = CommandStubs(port)](std::uint64_t number, grpc::ClientContext* context,
                                       const auto* request, auto* response, auto done) {
            stubs[number % stubs.size()]->async()->ReceiveStock(context, request, response,
                                                                std::move(done));
          },
          [](std::uint64_t number, inventory::v1::ReceiveStockRequest& request) {
            request.set_command_id(CommandId());
            auto* line = request.add_lines();
            line->set_sku(SkuName(number));
            line->set_location(kLocation);
            line->mutable_quantity()->set_value(kPlenty);
          }};
}

AvailabilityLoad ReadAvailability(int port, std::uint64_t skus, std::uint64_t places) {
  return {[stubs = QueryStubs(port)](std::uint64_t number, grpc::ClientContext* context,
                                     const auto* request, auto* response, auto done) {
            stubs[number % stubs.size()]->async()->GetAvailability(context, request, response,
                                                                   std::move(done));
          },
          [skus, places](std::uint64_t number, inventory::v1::GetAvailabilityRequest& request) {
            for (std::uint64_t i = 0; i < skus; ++i) {
              request.add_skus(SkuName(Uniform(number * skus + i)));
            }
            for (std::uint64_t i = 0; i < places; ++i) request.add_locations(StoreName(1 + i));
          }};
}

ReceiveLoad ReceiveHot(int port) {
  return {[stubs = CommandStubs(port)](std::uint64_t number, grpc::ClientContext* context,
                                       const auto* request, auto* response, auto done) {
            stubs[number % stubs.size()]->async()->ReceiveStock(context, request, response,
                                                                std::move(done));
          },
          [](std::uint64_t number, inventory::v1::ReceiveStockRequest& request) {
            request.set_command_id(CommandId());
            auto* line = request.add_lines();
            line->set_sku(kHotSku);
            line->set_location(StoreName(number));
            line->mutable_quantity()->set_value(kPlenty);
          }};
}

ReserveLoad ReserveHot(int port) {
  return {[stubs = CommandStubs(port)](std::uint64_t number, grpc::ClientContext* context,
                                       const auto* request, auto* response, auto done) {
            stubs[number % stubs.size()]->async()->ReserveStock(context, request, response,
                                                                std::move(done));
          },
          [](std::uint64_t number, inventory::v1::ReserveStockRequest& request) {
            FillReserve(0, request);
            request.mutable_lines(0)->set_sku(kHotSku);
            request.mutable_lines(0)->set_location(StoreName(number * 7'919 % kStores));
          }};
}

OpenLoad OpenStores(int port) {
  return {[stubs = CommandStubs(port)](std::uint64_t number, grpc::ClientContext* context,
                                       const auto* request, auto* response, auto done) {
            stubs[number % stubs.size()]->async()->OpenLocation(context, request, response,
                                                                std::move(done));
          },
          [](std::uint64_t number, inventory::v1::OpenLocationRequest& request) {
            request.set_command_id(CommandId());
            request.set_location_id(StoreName(number));
            auto& profile = *request.mutable_profile();
            profile.set_kind(inventory::v1::LOCATION_KIND_STORE);
            profile.set_name("Store");
            profile.set_time_zone("Asia/Shanghai");
            profile.mutable_geo()->set_latitude_e7(
                static_cast<std::int32_t>(250'000'000 + number * 7'919'000 % 150'000'000));
            profile.mutable_geo()->set_longitude_e7(
                static_cast<std::int32_t>(1'000'000'000 + number * 6'101'000 % 200'000'000));
          }};
}

NearbyLoad FindHot(int port) {
  return {[stubs = QueryStubs(port)](std::uint64_t number, grpc::ClientContext* context,
                                     const auto* request, auto* response, auto done) {
            stubs[number % stubs.size()]->async()->FindNearbyStock(context, request, response,
                                                                   std::move(done));
          },
          [](std::uint64_t number, inventory::v1::FindNearbyStockRequest& request) {
            request.add_wanted()->set_sku(kHotSku);
            request.mutable_origin()->set_latitude_e7(
                static_cast<std::int32_t>(250'000'000 + number * 104'729'000 % 150'000'000));
            request.mutable_origin()->set_longitude_e7(1'100'000'000);
          }};
}

void FillUpload(std::uint64_t number, int records, inventory::v1::UploadStockRequest& request) {
  constexpr std::uint64_t kSkusOfAShard = 500;
  static const auto kByShard = [] {
    std::vector<std::vector<std::string>> by_shard(kShards);
    for (std::uint64_t i = 0; i < 2 * kSkusOfAShard * kShards; ++i) {
      const std::string sku = "upload-" + std::to_string(i);
      by_shard[static_cast<std::size_t>(ShardOf(sku, kShards))].push_back(sku);
    }
    return by_shard;
  }();
  const std::vector<std::string>& skus = kByShard[number % kShards];
  const std::uint64_t turn = number / kShards;
  request.set_command_id(CommandId());
  request.set_source("erp");
  const std::int64_t now = ToMillis(shard::WallNow());
  for (int i = 0; i < records; ++i) {
    const std::uint64_t at =
        turn * static_cast<std::uint64_t>(records) + static_cast<std::uint64_t>(i);
    auto* record = request.add_records();
    record->set_record_id(std::to_string(number));
    record->set_sku(skus[at % kSkusOfAShard]);
    record->set_location(StoreName(turn % kStores));
    record->mutable_on_hand()->set_value(static_cast<std::int64_t>(1 + number % 1'000));
    record->set_as_of_ms(now);
  }
}

}  // namespace omo::bench
