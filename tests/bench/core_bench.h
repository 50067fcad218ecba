// The core without gRPC, against bare librdkafka: decisions a second, their latency, and how fast a
// lost state is made anew from the log.
#pragma once

#include "tests/bench/figures.h"
#include "tests/bench/rig.h"
#include "tests/bench/rpc_bench.h"

namespace omo::bench {

void MeasureCore(Rig& rig, const BenchTimes& times, Figures& figures);

}  // namespace omo::bench
