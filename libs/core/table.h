// Rows by key, as a decider and an evolve see them. A service's state is a struct of tables, so the
// domain says what it keeps and never where: tests use MapTable, a shard uses store::ShardTable.
#pragma once

#include <functional>
#include <map>
#include <utility>

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

// The plain table of tests and of folds that live in memory.
template <class Key, class Row>
class MapTable final : public Table<Key, Row> {
 public:
  const Row* Find(const Key& key) const override {
    const auto found = rows.find(key);
    return found == rows.end() ? nullptr : &found->second;
  }
  void Put(const Key& key, Row row) override { rows.insert_or_assign(key, std::move(row)); }
  void Erase(const Key& key) override { rows.erase(key); }

  std::map<Key, Row> rows;
};

}  // namespace omo
