// What a service's shards do, as figures on the admin port: read from the loops when somebody asks,
// so that they cost the loops nothing in between.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "libs/shard/shard.h"
#include "libs/telemetry/metrics.h"

namespace omo::service {

// Adds the families omo_<service>_... to `metrics`, most of them with the label `shard`. `status`
// is called by each reading of /metrics, as long as `metrics` lives; `data` is the folder that
// holds shard-<n>/ of each shard.
void AddShardMetrics(const std::string& service, std::filesystem::path data,
                     std::function<std::vector<shard::ShardStatus>()> status,
                     telemetry::Metrics& metrics);

}  // namespace omo::service
