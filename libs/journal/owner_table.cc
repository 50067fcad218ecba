#include "libs/journal/owner_table.h"

namespace omo::journal {

bool OwnerTable::Apply(const Owner& entry) {
  Row& row = rows_[{entry.service, entry.shard}];
  Owner& known = row.owner;
  const bool first = known.service.empty();
  if (!first && entry.log_id == known.log_id) {
    if (entry.term < known.term || entry == known) return false;
  } else if (row.older_logs.contains(entry.log_id)) {
    return false;
  }
  if (!first && entry.log_id != known.log_id) row.older_logs.insert(known.log_id);
  known = entry;
  return true;
}

std::optional<Owner> OwnerTable::Find(const std::string& service, ShardId shard) const {
  const auto found = rows_.find({service, shard});
  if (found == rows_.end()) return std::nullopt;
  return found->second.owner;
}

std::vector<Owner> OwnerTable::List(const std::string& service) const {
  std::vector<Owner> owners;
  for (auto row = rows_.lower_bound({service, 0});
       row != rows_.end() && row->first.first == service; ++row) {
    owners.push_back(row->second.owner);
  }
  return owners;
}

}  // namespace omo::journal
