// The metrics of omo_gateway.
#include <google/protobuf/descriptor.h>

#include "services/gateway/gateway_call.h"
#include "tests/conformance/reference/print_families.h"

int main() {
  omo::telemetry::Metrics metrics;
  const omo::gateway::GatewayShared shared({}, metrics,
                                           *google::protobuf::DescriptorPool::generated_pool());
  omo::PrintFamilies(metrics);
}
