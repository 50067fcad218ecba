// The inventory service: one stock for every place and channel.
#include <memory>

#include "libs/service/bulk_service.h"
#include "libs/service/host.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/inventory_service.h"
#include "services/inventory/inventory_model.h"
#include "services/inventory/register_watch.h"

int main(int argc, char** argv) {
  using namespace omo;
  const service::HostOptions options = service::ReadHostOptions(
      argc, argv, {.service = "inventory", .schema = "inventory-2", .feature_level = 1});

  std::unique_ptr<inventory::InventoryService> commands;
  std::unique_ptr<inventory::InventoryQueryService> queries;
  std::unique_ptr<inventory::RegisterWatch> watch;
  std::unique_ptr<service::BulkService> bulk;
  return service::Host::Run(
      options,
      [](store::Store& store) { return std::make_unique<inventory::InventoryModel>(store); },
      [&](service::HostParts& host) {
        commands = std::make_unique<inventory::InventoryService>(host.runtime);
        queries = std::make_unique<inventory::InventoryQueryService>(host.runtime);
        host.server.Add(inventory::v1::InventoryService::service_full_name(), commands.get());
        host.server.Add(inventory::v1::InventoryQueryService::service_full_name(), queries.get());
        bulk = std::make_unique<service::BulkService>(
            host.runtime, std::vector<const service::CommandService*>{commands.get()},
            options.bulk);
        host.server.Add(bulk::v1::BulkService::service_full_name(), bulk.get());
        watch = std::make_unique<inventory::RegisterWatch>(host.runtime, host.metrics);
        host.tick = [&watch] { watch->Tick(); };
      });
}
