// How long an instance takes until its rows are all that the log has: from its own store, from a
// peer's checkpoint, from offset 0; and how fast a bare consumer reads the same records.
#pragma once

#include "tests/bench/figures.h"
#include "tests/bench/rig.h"
#include "tests/bench/rpc_bench.h"

namespace omo::bench {

// Writes `events`; throws when a start does not end with the same state hashes.
void MeasureStart(Rig& rig, const BenchTimes& times, std::uint64_t events, Figures& figures);

}  // namespace omo::bench
