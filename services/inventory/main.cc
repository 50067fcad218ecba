// The inventory service: one stock for every place and channel.
#include <absl/flags/flag.h>

#include <algorithm>
#include <memory>

#include "libs/service/bulk_service.h"
#include "libs/service/host.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/inventory_service.h"
#include "services/inventory/inventory_model.h"
#include "services/inventory/processes/network_feed.h"
#include "services/inventory/register_watch.h"

ABSL_FLAG(std::int64_t, watchers_max, 256, "streams of WatchAvailability at a time");
ABSL_FLAG(std::int64_t, watch_heartbeat_ms, 5'000,
          "after how long without news a watcher is told where it stands");
ABSL_FLAG(std::int64_t, watch_lines_max, 16'384,
          "last changes of a shard kept for watchers, in lines of events");

namespace {

// How long a stop waits for watchers to read why their streams end.
constexpr omo::Duration kLastWords{1'000};

}  // namespace

int main(int argc, char** argv) {
  using namespace omo;
  const service::HostOptions options = service::ReadHostOptions(
      argc, argv, {.service = "inventory", .schema = "inventory-2", .feature_level = 1});

  const auto at_least_one = [](const absl::Flag<std::int64_t>& flag) {
    return std::max<std::int64_t>(1, absl::GetFlag(flag));
  };
  const auto lines = static_cast<std::size_t>(at_least_one(FLAGS_watch_lines_max));
  const inventory::WatchOptions watching{
      .watchers_max = static_cast<std::size_t>(at_least_one(FLAGS_watchers_max)),
      .heartbeat = Duration{at_least_one(FLAGS_watch_heartbeat_ms)}};

  std::unique_ptr<inventory::InventoryService> commands;
  std::unique_ptr<inventory::InventoryQueryService> queries;
  std::unique_ptr<inventory::RegisterWatch> watch;
  std::unique_ptr<inventory::NetworkFeed> feed;
  std::unique_ptr<service::BulkService> bulk;
  return service::Host::Run(
      options,
      [lines](store::Store& store) {
        return std::make_unique<inventory::InventoryModel>(store, lines);
      },
      [&](service::HostParts& host) {
        commands = std::make_unique<inventory::InventoryService>(host.runtime);
        queries = std::make_unique<inventory::InventoryQueryService>(host.runtime, watching);
        host.server.Add(inventory::v1::InventoryService::service_full_name(), commands.get());
        host.server.Add(inventory::v1::InventoryQueryService::service_full_name(), queries.get());
        bulk = std::make_unique<service::BulkService>(
            host.runtime, std::vector<const service::CommandService*>{commands.get()},
            options.bulk);
        host.server.Add(bulk::v1::BulkService::service_full_name(), bulk.get());
        watch = std::make_unique<inventory::RegisterWatch>(host.runtime, host.metrics);
        feed = std::make_unique<inventory::NetworkFeed>(host.runtime);
        host.end_streams = [&queries] { queries->watch().End(kLastWords); };
        host.tick = [&watch, &feed] {
          feed->Tick();
          watch->Tick();
        };
      });
}
