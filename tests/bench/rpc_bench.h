// What a client of the RPCs sees: commands and reads, directly and through the gateway.
#pragma once

#include "tests/bench/figures.h"
#include "tests/bench/rig.h"

namespace omo::bench {

struct BenchTimes {
  int rounds = 5;        // Ceiling and product in turns, so that what else runs meets both.
  double seconds = 2;    // Of one measurement.
  double warm_up = 0.5;  // Before each, not counted.
};

void MeasureRpc(Rig& rig, const BenchTimes& times, Figures& figures);

}  // namespace omo::bench
