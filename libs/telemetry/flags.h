// A daemon's settings: absl flags, each of which an environment variable may set too.
#pragma once

#include <string>

namespace omo::telemetry {

// Reads the settings of a process: OMO_<NAME> in the environment (`--in_flight_max` is
// OMO_IN_FLIGHT_MAX), then the command line, which wins; --flagfile=FILE reads a file where it
// stands. In flags a dash counts as an underscore. False, with a line on stderr, when a variable's
// value does not parse or a word is left over; a wrong flag ends the process as absl does.
bool ReadFlags(int argc, char** argv, const std::string& usage);

}  // namespace omo::telemetry
