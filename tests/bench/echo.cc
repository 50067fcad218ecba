#include "tests/bench/echo.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "libs/rpc/server.h"
#include "omo/inventory/v1/inventory_query_service.grpc.pb.h"
#include "omo/inventory/v1/inventory_service.grpc.pb.h"

namespace omo::bench {
namespace {

void FillFigures(inventory::v1::Figures& figures) {
  figures.set_on_hand(1'000'000);
  figures.set_available(999'990);
  figures.set_reserved(10);
  figures.set_available_to_order(999'990);
}

class EchoCommands final : public inventory::v1::InventoryService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ReserveStock(grpc::CallbackServerContext* context,
                                         const inventory::v1::ReserveStockRequest* request,
                                         inventory::v1::ReserveStockResponse* response) override {
    response->mutable_position()->set_log_id(0x1234'5678'9abc);
    response->mutable_position()->set_shard(3);
    response->mutable_position()->set_offset(123'456);
    response->set_reservation_id(request->reservation_id());
    response->set_expires_at_ms(1'790'000'000'000);
    for (const auto& line : request->lines()) {
      auto* outcome = response->add_lines();
      outcome->set_sku(line.sku());
      outcome->set_location(line.location());
      outcome->set_ordered(line.quantity().value());
      outcome->set_quantity(line.quantity().value());
      FillFigures(*outcome->mutable_figures());
    }
    return Finish(context);
  }

 private:
  static grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context) {
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

class EchoQueries final : public inventory::v1::InventoryQueryService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetAvailability(
      grpc::CallbackServerContext* context, const inventory::v1::GetAvailabilityRequest* request,
      inventory::v1::GetAvailabilityResponse* response) override {
    auto* freshness = response->add_freshness();
    freshness->mutable_position()->set_log_id(0x1234'5678'9abc);
    freshness->mutable_position()->set_offset(123'456);
    for (const std::string& sku : request->skus()) {
      auto* item = response->add_items();
      item->set_sku(sku);
      for (const std::string& location : request->locations()) {
        auto* at = item->add_locations();
        at->set_location(location);
        FillFigures(*at->mutable_figures());
      }
      FillFigures(*item->mutable_total());
    }
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

void ServeEcho(int port) {
  telemetry::Metrics metrics;
  EchoCommands commands;
  EchoQueries queries;
  rpc::Server server({.listen = "127.0.0.1:" + std::to_string(port)}, metrics);
  server.Add(inventory::v1::InventoryService::service_full_name(), &commands);
  server.Add(inventory::v1::InventoryQueryService::service_full_name(), &queries);
  if (!server.Start().ok()) std::_Exit(1);
  while (true) pause();
}

}  // namespace omo::bench
