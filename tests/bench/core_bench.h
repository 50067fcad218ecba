// The core without gRPC, against bare librdkafka: decisions a second, and their latency.
#pragma once

#include "tests/bench/figures.h"
#include "tests/bench/rig.h"
#include "tests/bench/rpc_bench.h"

namespace omo::bench {

void MeasureCore(Rig& rig, const BenchTimes& times, Figures& figures);

}  // namespace omo::bench
