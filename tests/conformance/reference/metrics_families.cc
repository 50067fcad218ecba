// Prints every metrics family of every program, one a line, for docs/reference/metrics.md.
#include <google/protobuf/descriptor.h>

#include <iostream>
#include <string>

#include "libs/service/shard_metrics.h"
#include "services/gateway/gateway_call.h"
#include "services/inventory/inventory_model.h"
#include "services/inventory/register_watch.h"
#include "tests/support/static_owners.h"

namespace omo {
namespace {

const char* NameOf(telemetry::FamilyKind kind) {
  switch (kind) {
    case telemetry::FamilyKind::kCounter:
      return "counter";
    case telemetry::FamilyKind::kGauge:
      return "gauge";
    case telemetry::FamilyKind::kHistogram:
      return "histogram";
  }
  return "";
}

void Print(const char* program, const telemetry::Metrics& metrics) {
  for (const telemetry::Family& family : metrics.Describe()) {
    std::cout << program << '\t' << family.name << '\t' << NameOf(family.kind) << '\t';
    for (std::size_t i = 0; i < family.labels.size(); ++i) {
      std::cout << (i == 0 ? "" : ", ") << family.labels[i];
    }
    std::cout << '\t' << family.help << '\n';
  }
}

void PrintGateway() {
  telemetry::Metrics metrics;
  const gateway::GatewayShared shared({}, metrics,
                                      *google::protobuf::DescriptorPool::generated_pool());
  Print("omo_gateway", metrics);
}

void PrintInventory() {
  testing::StaticOwners owners;
  shard::Runtime runtime({.service = "inventory"}, {.make_journal = nullptr,
                                                    .make_model = nullptr,
                                                    .directory = owners,
                                                    .ask_hand_over = nullptr});
  telemetry::Metrics metrics;
  service::AddShardMetrics("inventory", {}, nullptr, metrics);
  const inventory::RegisterWatch watch(runtime, metrics);
  Print("omo_inventory", metrics);
}

}  // namespace
}  // namespace omo

int main() {
  omo::PrintGateway();
  omo::PrintInventory();
}
