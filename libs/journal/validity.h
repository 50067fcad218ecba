// The rule by which every reader of a journal tells valid records from void ones (protocol.md 1.2).
// It needs headers only, so that a reader can run past a record that it cannot decode.
#pragma once

#include <cstdint>

#include "libs/core/fields.h"
#include "libs/journal/record.h"

namespace omo::journal {

// What a reader remembers of a shard's log. At the log's beginning all is zero.
struct Cursor {
  std::uint64_t term = 0;
  std::uint64_t nonce = 0;
  std::uint64_t seq = 0;
  bool sealed = false;
  bool operator==(const Cursor&) const = default;
  static auto Fields(auto& self) { return std::tie(self.term, self.nonce, self.seq, self.sealed); }
};

enum class Verdict {
  kValid,       // Counts; the cursor moved.
  kDuplicate,   // A record that this term already has: ignored.
  kVoid,        // A stale owner's, or behind a gap: ignored.
  kImpossible,  // Cannot stand in an undamaged log: the reader stops and says so.
};

// Judges the next record of a log and moves `cursor` when it is valid.
Verdict Judge(Cursor& cursor, Kind kind, const Fence& fence);

}  // namespace omo::journal
