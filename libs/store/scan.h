// Walks over a KeyOrder table's confirmed rows, merged over its layers. Any thread under a
// ReadLock; the loop's thread without one, outside of visitors that change the table.
//
// A walk passes over erased rows that still lie below it: a queue (due timers) is walked from where
// its last walk ended, not from its beginning.
#pragma once

#include <array>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "libs/core/key_order.h"
#include "libs/store/layers.h"

namespace omo::store {

using omo::KeyPrefix;
using omo::LeadingFields;

template <class Key, class Row, class Order>
class Scans : public Layers<Key, Row, Order> {
 public:
  // Calls visit(key, row) in key order, from the first key not below `from`, until it answers
  // false.
  template <class Visit>
  void Scan(const Key& from, Visit visit) const requires std::is_same_v<Order, KeyOrder> {
    WalkConfirmed(RowKey(from), After(Bytes({})), visit);
  }
  // The same over the keys that begin with `within`, all of them or from `from` on.
  template <class Visit>
  void Scan(const KeyPrefix& within, Visit visit) const requires std::is_same_v<Order, KeyOrder> {
    WalkConfirmed(Bytes(within), After(Bytes(within)), visit);
  }
  template <class Visit>
  void Scan(const KeyPrefix& within, const Key& from,
            Visit visit) const requires std::is_same_v<Order, KeyOrder> {
    WalkConfirmed(std::max(Bytes(within), RowKey(from)), After(Bytes(within)), visit);
  }

  // The last row at or before `key` among those that begin with `within`: how things stood then.
  std::optional<std::pair<Key, Row>> FindLastAtOrBefore(
      const Key& key, const KeyPrefix& within) const requires std::is_same_v<Order, KeyOrder> {
    return Last(Bytes(within), std::min(RowKey(key), After(Bytes(within))));
  }

 protected:
  using Layers<Key, Row, Order>::Layers;

  std::vector<Key> KeysBefore(const Key& key) const {
    std::vector<Key> keys;
    const auto collect = [&](const Key& found, const Row&) {
      keys.push_back(found);
      return true;
    };
    WalkConfirmed(Bytes({}), RowKey(key), collect);
    return keys;
  }

 private:
  using Generation = typename Layers<Key, Row, Order>::Generation;
  using Entry = typename Layers<Key, Row, Order>::Entry;
  using Place = typename OrderedIndex<Entry>::const_iterator;

  std::string Bytes(const KeyPrefix& within) const {
    return static_cast<char>(this->options().prefix) + within.bytes;
  }
  std::string RowKey(const Key& key) const {
    std::string bytes;
    WriteRowKey(bytes, this->options().prefix, key);
    return bytes;
  }
  // The first bytes behind all that begin with `bytes`; there are some, as no prefix byte is 255.
  static std::string After(std::string bytes) {
    while (bytes.back() == '\xFF') bytes.pop_back();
    bytes.back() = static_cast<char>(bytes.back() + 1);
    return bytes;
  }

  std::unique_ptr<Disk::Cursor> DiskCursor(const std::string& lower,
                                           const std::string& upper) const {
    return this->stored() ? this->disk().Walk(lower, upper) : nullptr;
  }

  // A stretch of one generation's rows; walked from either end.
  struct Stretch {
    Place begin;
    Place end;
    bool empty() const { return begin == end; }
  };
  std::array<Stretch, 2> Stretches(const std::string& lower, const std::string& upper,
                                   bool with_upper) const {
    std::array<Stretch, 2> stretches;
    const std::array<const Generation*, 2> layers{&this->active(), this->frozen()};
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (layers[i] == nullptr) continue;
      const auto& rows = layers[i]->ordered();
      stretches[i] = {rows.lower_bound(lower),
                      with_upper ? rows.upper_bound(upper) : rows.lower_bound(upper)};
    }
    return stretches;
  }

  template <class Visit>
  void WalkConfirmed(const std::string& lower, const std::string& upper, Visit& visit) const {
    if (lower >= upper) return;
    auto stretches = Stretches(lower, upper, false);
    const auto below = DiskCursor(lower, upper);
    if (below) below->Seek(lower);
    for (;;) {
      std::optional<std::string_view> least;
      for (const Stretch& stretch : stretches) {
        if (!stretch.empty() && (!least || stretch.begin->key < *least)) least = stretch.begin->key;
      }
      const int order = Compare(below.get(), least);
      if (order < 0) {
        if (!VisitBelow(*below, visit)) return;
      } else {
        if (!least) return;
        const Entry* entry = nullptr;
        for (Stretch& stretch : stretches) {
          if (stretch.empty() || stretch.begin->key != *least) continue;
          if (entry == nullptr) entry = stretch.begin->entry;
          ++stretch.begin;
        }
        if (entry->row && !visit(entry->key, *entry->row)) return;
      }
      if (order <= 0) below->Next();
    }
  }

  // How the cursor's key stands to `key`; one that is at its end comes after all.
  static int Compare(const Disk::Cursor* cursor, std::optional<std::string_view> key) {
    if (cursor == nullptr || !cursor->Valid()) return 1;
    return key ? cursor->key().compare(*key) : -1;
  }

  template <class Visit>
  bool VisitBelow(const Disk::Cursor& cursor, Visit& visit) const {
    const std::optional<Key> key = this->DecodeKey(cursor.key());
    const std::optional<Row> row = this->Decode(cursor.row());
    return key && row && visit(*key, *row);
  }

  // The greatest present key in [lower, upper].
  std::optional<std::pair<Key, Row>> Last(const std::string& lower,
                                          const std::string& upper) const {
    if (lower > upper) return std::nullopt;
    auto stretches = Stretches(lower, upper, true);
    const auto below = DiskCursor(lower, upper + '\0');
    if (below) below->SeekBack(upper);
    for (;;) {
      std::optional<std::string_view> greatest;
      for (const Stretch& stretch : stretches) {
        if (stretch.empty()) continue;
        const std::string_view key = std::prev(stretch.end)->key;
        if (!greatest || key > *greatest) greatest = key;
      }
      const bool below_valid = below && below->Valid();
      if (!below_valid && !greatest) return std::nullopt;
      if (below_valid && (!greatest || below->key() > *greatest)) {
        std::optional<Key> key = this->DecodeKey(below->key());
        std::optional<Row> row = this->Decode(below->row());
        if (!key || !row) return std::nullopt;
        return std::make_pair(std::move(*key), std::move(*row));
      }
      const Entry* entry = nullptr;
      if (below_valid && below->key() == *greatest) below->Previous();
      for (Stretch& stretch : stretches) {
        if (stretch.empty() || std::prev(stretch.end)->key != *greatest) continue;
        --stretch.end;
        if (entry == nullptr) entry = stretch.end->entry;
      }
      if (entry->row) return std::make_pair(entry->key, *entry->row);
    }
  }
};

}  // namespace omo::store
