// Rows of one table as they were read from RocksDB, decoded; and keys that it does not hold. Only
// the loop's thread sees it. It never holds a key that a generation above it holds.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <list>
#include <optional>
#include <utility>

#include "libs/store/row_hash.h"

namespace omo::store {

// Second chance: a row found again since the hand passed it last is passed once more.
template <class Key, class Row>
class ReadCache {
 public:
  struct Slot {
    std::uint64_t hash;
    Key key;
    std::optional<Row> row;  // nullopt: RocksDB does not hold it.
    std::uint64_t counted;   // The row's part of the state hash.
    std::int64_t bytes = 0;
    bool used = false;
  };

  const Slot* Find(const Key& key, std::uint64_t hash) {
    if (index_.empty()) return nullptr;
    const auto found = index_.find(Probe{key, hash});
    if (found == index_.end()) return nullptr;
    (*found)->used = true;
    return &**found;
  }

  // The key is absent. The slot stays until Erase or Trim.
  const Slot& Insert(Slot slot) {
    slot.bytes = static_cast<std::int64_t>(sizeof(Slot)) + kLinkBytes + OwnedBytes(slot.key) +
                 OwnedBytes(slot.row);
    bytes_ += slot.bytes;
    slots_.push_back(std::move(slot));
    index_.insert(std::prev(slots_.end()));
    return slots_.back();
  }

  void Erase(const Key& key, std::uint64_t hash) {
    if (index_.empty()) return;
    const auto found = index_.find(Probe{key, hash});
    if (found == index_.end()) return;
    const Place place = *found;
    index_.erase(found);
    bytes_ -= place->bytes;
    slots_.erase(place);
  }

  void Trim(std::int64_t bytes) {
    while (bytes_ > bytes) {
      const Place hand = slots_.begin();
      if (hand->used) {
        hand->used = false;
        slots_.splice(slots_.end(), slots_, hand);
      } else {
        Erase(hand->key, hand->hash);
      }
    }
  }

  std::int64_t bytes() const { return bytes_; }

 private:
  using Place = typename std::list<Slot>::iterator;
  static constexpr std::int64_t kLinkBytes = 48;  // Of the list and the index.

  struct Probe {
    const Key& key;
    std::uint64_t hash;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(Place place) const { return place->hash; }
    std::size_t operator()(const Probe& probe) const { return probe.hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(Place a, Place b) const { return a == b; }
    bool operator()(Place place, const Probe& probe) const {
      return place->hash == probe.hash && place->key == probe.key;
    }
    bool operator()(const Probe& probe, Place place) const { return (*this)(place, probe); }
  };

  std::list<Slot> slots_;  // The hand stands at the front.
  absl::flat_hash_set<Place, Hash, Equal> index_;
  std::int64_t bytes_ = 0;
};

}  // namespace omo::store
