#include "libs/store/any_table.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "libs/store/disk.h"
#include "libs/store/store_state.h"

namespace omo::store {

void BrokenRule(std::string_view rule, std::string_view table) {
  std::fprintf(stderr, "libs/store: %.*s: %.*s\n", static_cast<int>(table.size()), table.data(),
               static_cast<int>(rule.size()), rule.data());
  std::abort();
}

AnyTable::AnyTable(Store& store, TableOptions options)
    : store_(store), options_(std::move(options)), loop_(&store.state_->loop) {
  if (options_.prefix == 0 || options_.prefix == 255) {
    BrokenRule("a prefix is 1 to 254", options_.name);
  }
  if (!store.state_->tables.emplace(options_.prefix, this).second) {
    BrokenRule("another table has the prefix", options_.name);
  }
  stored_ = disk().HoldsAny(options_.prefix);
}

AnyTable::~AnyTable() { store_.state_->tables.erase(options_.prefix); }

std::uint64_t AnyTable::SpeculatedSeq() const {
  if (loop_->seq == 0) BrokenRule("a row is put after Speculate or in Direct", options_.name);
  return loop_->seq;
}

void AnyTable::RequireWriting() const {
  if (!loop_->writing) BrokenRule("a confirmed row changes in a write section", options_.name);
}

std::vector<BucketSum> AnyTable::StoredSums() const {
  for (const TableSums& table : store_.state_->opened.sums) {
    if (table.prefix == options_.prefix) return table.sums;
  }
  return {};
}

}  // namespace omo::store
