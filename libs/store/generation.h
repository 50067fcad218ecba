// The confirmed rows of one table that changed between two freezes, decoded, by key.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "libs/core/fields.h"
#include "libs/core/key_order.h"
#include "libs/store/any_table.h"
#include "libs/store/ordered_index.h"
#include "libs/store/row_hash.h"

namespace omo::store {

// How a table keeps its keys; see table.h.
struct HashOrder {};
struct KeyOrder {};
struct BucketOrder {};

// What the layers under a generation hold for a key.
enum class Below : std::uint8_t { kUnknown, kAbsent, kPresent };

template <class Key, class Row>
struct Entry {
  std::uint64_t hash;
  Key key;
  std::optional<Row> row{};   // nullopt: erased.
  std::uint64_t counted = 0;  // The key's part of the state hash. Unknown while `below` is.
  Below below = Below::kUnknown;
  bool pending = false;  // Changed since it was counted.
  bool removed = false;  // Came and went: no longer to be found.
};

// The first field of a key, as a number: its bucket.
template <class Key>
std::int64_t BucketOf(const Key& key) {
  if constexpr (HasFields<Key>) {
    return BucketOf(std::get<0>(Key::Fields(key)));
  } else if constexpr (fields_internal::IsTime<Key>::value) {
    return static_cast<std::int64_t>(key.time_since_epoch().count());
  } else {
    static_assert(std::is_integral_v<Key>, "a bucket is a number or a time");
    return static_cast<std::int64_t>(key);
  }
}

// The prefix byte and the key, in bytes that sort as the key does: the row's key in RocksDB.
template <class Key>
void WriteRowKey(std::string& out, std::uint8_t prefix, const Key& key) {
  out.push_back(static_cast<char>(prefix));
  WriteOrdered(out, key);
}

template <class Key, class Row, class Order>
class Generation final : public ChangedRows {
 public:
  using Entry = store::Entry<Key, Row>;
  static constexpr bool kOrdered = std::is_same_v<Order, KeyOrder>;
  static constexpr std::int64_t kNoBound = std::numeric_limits<std::int64_t>::min();

  explicit Generation(std::uint8_t prefix) : prefix_(prefix) {}

  Entry* Find(const Key& key, std::uint64_t hash) const {
    if (index_.empty()) return nullptr;
    const auto found = index_.find(Probe{key, hash});
    return found == index_.end() ? nullptr : *found;
  }

  // The key is absent. The entry stays where it is until it is removed.
  Entry& Insert(Key key, std::uint64_t hash) {
    if (chunks_.empty() || chunks_.back().size() == kChunk) {
      chunks_.emplace_back().reserve(kChunk);
    }
    Entry& entry = chunks_.back().emplace_back(Entry{.hash = hash, .key = std::move(key)});
    index_.insert(&entry);
    if constexpr (kOrdered) {
      std::string bytes;
      WriteRowKey(bytes, prefix_, entry.key);
      ordered_.Insert(bytes, entry);
    }
    return entry;
  }

  // Its place in memory comes back with the whole generation.
  void Remove(Entry& entry) {
    index_.erase(index_.find(Probe{entry.key, entry.hash}));
    if constexpr (kOrdered) {
      std::string bytes;
      WriteRowKey(bytes, prefix_, entry.key);
      ordered_.Remove(bytes);
    }
    entry.row.reset();
    entry.removed = true;
  }

  template <class Visit>
  void ForEach(Visit visit) {
    for (auto& chunk : chunks_) {
      for (Entry& entry : chunk) {
        if (!entry.removed) visit(entry);
      }
    }
  }
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& chunk : chunks_) {
      for (const Entry& entry : chunk) {
        if (!entry.removed) visit(entry);
      }
    }
  }

  // By RocksDB key; erased rows are among them.
  const OrderedIndex<Entry>& ordered() const { return ordered_; }

  // Rows of earlier generations and of RocksDB in buckets below this are erased.
  std::int64_t erased_below() const { return erased_below_; }
  void set_erased_below(std::int64_t bucket) { erased_below_ = std::max(erased_below_, bucket); }
  bool Erased(const Key& key) const {
    if constexpr (std::is_same_v<Order, BucketOrder>) {
      return erased_below_ != kNoBound && BucketOf(key) < erased_below_;
    } else {
      return false;
    }
  }

  bool empty() const override { return chunks_.empty() && erased_below_ == kNoBound; }

  void WriteRanges(SortedRows& out) const override {
    if (erased_below_ == kNoBound) return;
    const std::string begin(1, static_cast<char>(prefix_));
    std::string end = begin;
    WriteOrdered(end, erased_below_);
    out.DeleteRange(begin, end);
  }

  void WriteRows(SortedRows& out) const override {
    std::string row;
    if constexpr (kOrdered) {
      for (const auto& place : ordered_) WriteRow(out, place.key, *place.entry, row);
    } else {
      std::string arena;
      for (const SortKey& sorted : SortedKeys(arena)) {
        WriteRow(out, {arena.data() + sorted.at, sorted.size}, *sorted.entry, row);
      }
    }
  }

 private:
  static constexpr std::size_t kChunk = 256;

  struct Probe {
    const Key& key;
    std::uint64_t hash;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Entry* entry) const { return entry->hash; }
    std::size_t operator()(const Probe& probe) const { return probe.hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Entry* a, const Entry* b) const { return a == b; }
    bool operator()(const Entry* entry, const Probe& probe) const {
      return entry->hash == probe.hash && entry->key == probe.key;
    }
    bool operator()(const Probe& probe, const Entry* entry) const { return (*this)(entry, probe); }
  };

  // A key's bytes in the arena, and the first eight of them behind the prefix as a number: most
  // comparisons then touch nothing else.
  struct SortKey {
    std::uint64_t head;
    std::size_t at;
    std::uint32_t size;
    const Entry* entry;
  };

  std::vector<SortKey> SortedKeys(std::string& arena) const {
    std::vector<SortKey> keys;
    keys.reserve(index_.size());
    ForEach([&](const Entry& entry) {
      const std::size_t at = arena.size();
      WriteRowKey(arena, prefix_, entry.key);
      const std::size_t size = arena.size() - at;
      keys.push_back({HeadOf(arena, at + 1), at, static_cast<std::uint32_t>(size), &entry});
    });
    std::sort(keys.begin(), keys.end(), [&arena](const SortKey& a, const SortKey& b) {
      if (a.head != b.head) return a.head < b.head;
      return std::string_view(arena.data() + a.at, a.size) <
             std::string_view(arena.data() + b.at, b.size);
    });
    return keys;
  }

  static void WriteRow(SortedRows& out, std::string_view key, const Entry& entry,
                       std::string& row) {
    if (entry.row) {
      row.clear();
      WriteFields(row, *entry.row);
      out.Put(key, row);
    } else if (entry.below != Below::kAbsent) {
      out.Delete(key);
    }
  }

  std::uint8_t prefix_;
  std::vector<std::vector<Entry>> chunks_;  // Reserved, so that entries never move.
  absl::flat_hash_set<Entry*, Hash, Equal> index_;
  OrderedIndex<Entry> ordered_;
  std::int64_t erased_below_ = kNoBound;
};

}  // namespace omo::store
