#include "tests/bench/inventory_load.h"

#include <random>

#include "libs/core/uuid.h"
#include "libs/shard/runtime.h"

namespace omo::bench {
namespace {

constexpr char kLocation[] = "store-1";
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

}  // namespace

std::string SkuName(std::uint64_t number) { return "sku-" + std::to_string(number); }

std::string CommandId() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return MakeUuid(shard::WallNow(), random(), random());
}

ReserveLoad Reserve(int port, std::function<std::uint64_t(std::uint64_t)> sku_of) {
  return {[stubs = CommandStubs(port)](std::uint64_t number, grpc::ClientContext* context,
                                       const auto* request, auto* response, auto done) {
            stubs[number % stubs.size()]->async()->ReserveStock(context, request, response,
                                                                std::move(done));
          },
          [sku_of = std::move(sku_of)](std::uint64_t number,
                                       inventory::v1::ReserveStockRequest& request) {
            request.set_command_id(CommandId());
            request.set_reservation_id(request.command_id());
            request.set_owner("cart-1");
            request.set_hold_seconds(14'400);
            auto* line = request.add_lines();
            line->set_sku(SkuName(sku_of(number)));
            line->set_location(kLocation);
            line->mutable_quantity()->set_value(1);
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

AvailabilityLoad ReadAvailability(int port, std::uint64_t skus) {
  using inventory::v1::InventoryQueryService;
  auto stubs = Stubs<InventoryQueryService::Stub>(
      port, [](auto channel) { return InventoryQueryService::NewStub(std::move(channel)); });
  return {[stubs = std::move(stubs)](std::uint64_t number, grpc::ClientContext* context,
                                     const auto* request, auto* response, auto done) {
            stubs[number % stubs.size()]->async()->GetAvailability(context, request, response,
                                                                   std::move(done));
          },
          [skus](std::uint64_t number, inventory::v1::GetAvailabilityRequest& request) {
            for (std::uint64_t i = 0; i < skus; ++i) {
              request.add_skus(SkuName(Uniform(number * skus + i)));
            }
            request.add_locations(kLocation);
          }};
}

}  // namespace omo::bench
