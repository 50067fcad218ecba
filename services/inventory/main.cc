// The inventory service: one stock for every place and channel.
#include <memory>

#include "libs/service/host.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/inventory_service.h"
#include "services/inventory/inventory_model.h"

int main(int argc, char** argv) {
  using namespace omo;
  const service::HostOptions options = service::ReadHostOptions(
      argc, argv, {.service = "inventory", .schema = "inventory-1", .feature_level = 1});

  std::unique_ptr<inventory::InventoryService> commands;
  std::unique_ptr<inventory::InventoryQueryService> queries;
  return service::Host::Run(
      options,
      [](store::Store& store) { return std::make_unique<inventory::InventoryModel>(store); },
      [&](shard::Runtime& runtime, rpc::Server& server) {
        commands = std::make_unique<inventory::InventoryService>(runtime);
        queries = std::make_unique<inventory::InventoryQueryService>(runtime);
        server.Add(inventory::v1::InventoryService::service_full_name(), commands.get());
        server.Add(inventory::v1::InventoryQueryService::service_full_name(), queries.get());
      });
}
