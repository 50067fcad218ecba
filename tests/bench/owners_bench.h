// What happens around ownership: how far a replica lags, how long a shard has no owner after a kill
// and after a normal stop, how late a hold ends.
#pragma once

#include "tests/bench/figures.h"
#include "tests/bench/rig.h"
#include "tests/bench/rpc_bench.h"

namespace omo::bench {

void MeasureOwners(Rig& rig, const BenchTimes& times, Figures& figures);

}  // namespace omo::bench
