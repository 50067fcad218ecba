// Who reads a shard's log for its events, by the rule that every reader follows: what counts, and
// what is void. Link libs_journal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "libs/journal/validity.h"
#include "tests/support/catch.h"

namespace omo::testing {

// Where a reader stands: copied, it is a bookmark to go on from.
class EventReader {
 public:
  // Reads on in `log`, at most `most` records: `act(offset, record)` for each event that counts.
  template <class Act>
  void Read(const std::vector<journal::Record>& log, std::size_t most, Act act) {
    for (; next_ < log.size() && most > 0; ++next_, --most) {
      const journal::Record& record = log[next_];
      const journal::Kind kind = journal::KindOf(record.type);
      const journal::Verdict verdict = journal::Judge(cursor_, kind, record.fence);
      REQUIRE(verdict != journal::Verdict::kImpossible);
      const bool counts = verdict == journal::Verdict::kValid && kind == journal::Kind::kEvent;
      if (counts) act(static_cast<Offset>(next_), record);
    }
  }

 private:
  std::size_t next_ = 0;
  journal::Cursor cursor_;
};

// All events of a log that count.
template <class Act>
void ForEachEvent(const std::vector<journal::Record>& log, Act act) {
  EventReader().Read(log, SIZE_MAX, act);
}

}  // namespace omo::testing
