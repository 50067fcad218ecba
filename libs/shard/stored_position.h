// What a shard keeps beside its rows in the store: where they stand, and what only the log's
// control records told it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "libs/core/fields.h"
#include "libs/core/types.h"
#include "libs/shard/control.h"
#include "libs/shard/shard_log.h"

namespace omo::shard {

struct StoredPosition {
  ReaderState reader;
  Time now{};
  std::int64_t id_floor_hour = 0;
  Time ids_unknown_before = Time::min();
  std::vector<FeatureNote> features;
  std::optional<Claimer> claimer;
  bool released = false;
  static auto Fields(auto& self) {
    return std::tie(self.reader, self.now, self.id_floor_hour, self.ids_unknown_before,
                    self.features, self.claimer, self.released);
  }
};

// nullopt for bytes that are not a whole position; no bytes at all are the log's beginning.
inline std::optional<StoredPosition> ReadStoredPosition(std::string_view bytes) {
  StoredPosition stored;
  if (bytes.empty()) return stored;
  if (!ReadFields(bytes, stored) || !bytes.empty()) return std::nullopt;
  return stored;
}

}  // namespace omo::shard
