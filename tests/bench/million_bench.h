// A million SKU-locations: what they take, and how long an instance needs to have them.
#pragma once

#include "tests/bench/figures.h"
#include "tests/bench/rig.h"

namespace omo::bench {

void MeasureMillion(Rig& rig, Figures& figures);

}  // namespace omo::bench
