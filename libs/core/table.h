// Rows by key, as a decider and an evolve see them. A service's state is a struct of tables, so the
// domain says what it keeps and never where: tests use MapTable, a shard uses store::ShardTable.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "libs/core/key_order.h"

namespace omo {

template <class Key, class Row>
class Table {
 public:
  virtual ~Table() = default;
  // The row, or nullptr. Valid until the next Put or Erase in this table.
  virtual const Row* Find(const Key& key) const = 0;
  virtual void Put(const Key& key, Row row) = 0;
  // Erasing an absent key does nothing.
  virtual void Erase(const Key& key) = 0;

  // Find as a value, with a default-made row where there is none.
  Row Get(const Key& key) const {
    const Row* row = Find(key);
    return row != nullptr ? *row : Row{};
  }
};

// A table that can be walked, too, in the order of its keys (key_order.h), erased rows left out.
template <class Key, class Row>
class OrderedTable : public Table<Key, Row> {
 public:
  using Visit = std::function<bool(const Key&, const Row&)>;
  // Calls visit(key, row) for the keys that begin with `within`, from the first one not below
  // `from` on, until it answers false. `visit` does not change the table.
  //
  //   table.Walk(LeadingFields(sku, location), {sku, location, since}, visit);
  virtual void Walk(const KeyPrefix& within, const Key& from, const Visit& visit) const = 0;
};

// The plain table of tests and of folds that live in memory.
template <class Key, class Row>
class MapTable final : public OrderedTable<Key, Row> {
 public:
  const Row* Find(const Key& key) const override {
    const auto found = rows.find(key);
    return found == rows.end() ? nullptr : &found->second;
  }
  void Put(const Key& key, Row row) override { rows.insert_or_assign(key, std::move(row)); }
  void Erase(const Key& key) override { rows.erase(key); }
  void Walk(const KeyPrefix& within, const Key& from,
            const typename OrderedTable<Key, Row>::Visit& visit) const override {
    for (auto at = rows.lower_bound(from); at != rows.end(); ++at) {
      const std::string bytes = LeadingFields(at->first).bytes;
      if (bytes.starts_with(within.bytes) ? !visit(at->first, at->second) : bytes > within.bytes) {
        return;
      }
    }
  }

  std::map<Key, Row> rows;
};

// Another table's rows, over which changes are tried out: what is put or erased stays here.
template <class Key, class Row>
class TryTable final : public Table<Key, Row> {
 public:
  // `below` outlives it, and does not change.
  explicit TryTable(const Table<Key, Row>& below) : below_(below) {}

  const Row* Find(const Key& key) const override {
    const auto found = tried_.find(key);
    if (found == tried_.end()) return below_.Find(key);
    return found->second ? &*found->second : nullptr;
  }
  void Put(const Key& key, Row row) override { tried_.insert_or_assign(key, std::move(row)); }
  void Erase(const Key& key) override { tried_.insert_or_assign(key, std::nullopt); }

 private:
  const Table<Key, Row>& below_;
  std::map<Key, std::optional<Row>> tried_;
};

}  // namespace omo
