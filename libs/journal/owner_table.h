// The owners' directory in memory: which of the entries that were read counts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/journal/ownership.h"

namespace omo::journal {

// Which of a shard's entries counts: the highest term of the log that was first seen last; of one
// term the entry that came last. Pure; not thread-safe.
class OwnerTable {
 public:
  // False: nothing that Find would show has changed.
  bool Apply(const Owner& entry);
  std::optional<Owner> Find(const std::string& service, ShardId shard) const;
  std::vector<Owner> List(const std::string& service) const;

 private:
  using Key = std::pair<std::string, ShardId>;
  struct Row {
    Owner owner;
    std::set<std::uint64_t> older_logs;
  };
  std::map<Key, Row> rows_;
};

}  // namespace omo::journal
