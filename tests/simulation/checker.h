// What must hold of a finished schedule, checked from the log and from what callers were told.
#pragma once

#include <string>

#include "tests/simulation/world.h"

namespace omo::simulation {

// The first broken promise, in words; empty when all hold:
//   an accepted command is in the log exactly once, where its answer says;
//   an attempt answered NOT_RECORDED is not in it;
//   a refusal is what some state between asking and answering gives (not stale, not speculative);
//   a linearizable read saw all that was answered before it was asked;
//   the log's events are those the rules give when run again; holds never exceed what there is;
//   nothing expires early, nothing is taken at or after its expiry;
//   all processes end with the state hash of a plain replay, and none ever found a differing hash.
std::string FirstBrokenPromise(World& world, store::Resources& resources);

}  // namespace omo::simulation
