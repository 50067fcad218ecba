// How a call is tried again: alike for single calls (shard_call.h) and for those of a bulk stream.
#pragma once

#include <grpcpp/support/status.h>

#include <algorithm>
#include <cstdint>

#include "libs/core/types.h"

namespace omo::rpc {

// Two instances that point at each other end here.
inline constexpr int kHintsInARowMax = 3;
// An instance that says nothing for so long is left, where another may know better (protocol.md
// 2.7).
inline constexpr std::int64_t kSilentMsMax = 1'000;

// Whether the same bytes may be sent again, by a caller that did not cancel: a server that stops
// cancels what has just reached it, which is nothing but a broken connection.
inline bool MayRepeat(const grpc::Status& status) {
  const bool cut_off = status.error_code() == grpc::CANCELLED && status.error_details().empty();
  return cut_off || status.error_code() == grpc::UNAVAILABLE ||
         status.error_code() == grpc::ABORTED;
}

// How long to wait after having waited for `last`, zero at first. The longest wait is the longest
// that a caller notices a take-over late.
inline Duration NextBackoff(Duration last) {
  constexpr Duration kFirst{5};
  constexpr Duration kMost{100};
  return last == Duration{0} ? kFirst : std::min(last * 2, kMost);
}

}  // namespace omo::rpc
