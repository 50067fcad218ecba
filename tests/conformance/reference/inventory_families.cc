// The metrics of omo_inventory.
#include "libs/service/own_check.h"
#include "libs/service/shard_metrics.h"
#include "services/inventory/register_watch.h"
#include "tests/conformance/reference/print_families.h"
#include "tests/support/static_owners.h"

int main() {
  using namespace omo;
  testing::StaticOwners owners;
  shard::Runtime runtime({.service = "inventory"}, {.make_journal = nullptr,
                                                    .make_model = nullptr,
                                                    .directory = owners,
                                                    .ask_hand_over = nullptr});
  telemetry::Metrics metrics;
  service::AddShardMetrics("inventory", {}, nullptr, metrics);
  service::AddClockSkew("omo_inventory", metrics);
  const service::OwnCheck check(
      {{.name = "clock", .ask = [] { return service::Faults{}; }}}, [](bool) {}, "omo_inventory",
      metrics);
  const inventory::RegisterWatch watch(runtime, metrics);
  PrintFamilies(metrics);
}
