// A bug stops the process: the next owner replays the log, which beats going on with a wrong state.
#pragma once

namespace omo::telemetry {

// Writes one log line naming the condition and its place, and aborts.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace omo::telemetry

// Holds always, or the program is wrong. Never for input of others: that gets a typed error.
#define OMO_CHECK(condition)          \
  ((condition) ? static_cast<void>(0) \
               : ::omo::telemetry::CheckFailed(#condition, __FILE__, __LINE__))
