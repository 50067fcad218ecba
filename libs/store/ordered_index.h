// Entries by the bytes of their keys, within one generation.
#pragma once

#include <absl/container/btree_set.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace omo::store {

// Byte strings that stay where they are until all go at once.
class ByteArena {
 public:
  std::string_view Keep(std::string_view bytes) {
    if (bytes.size() > left_) {
      left_ = std::max(kChunk, bytes.size());
      chunks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
      next_ = chunks_.back().get();
    }
    std::memcpy(next_, bytes.data(), bytes.size());
    const std::string_view kept(next_, bytes.size());
    next_ += bytes.size();
    left_ -= bytes.size();
    return kept;
  }

 private:
  static constexpr std::size_t kChunk = 16 << 10;
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

// Eight bytes from `at` on as a number that compares as they do; zeros behind the end.
inline std::uint64_t HeadOf(std::string_view bytes, std::size_t at) {
  std::uint64_t head = 0;
  if (at < bytes.size()) {
    std::memcpy(&head, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
  }
  return __builtin_bswap64(head);
}

// Keys stand in the tree with their first bytes, so that most comparisons touch nothing else.
template <class Entry>
class OrderedIndex {
 public:
  struct Place {
    std::uint64_t first;   // The key's first bytes.
    std::uint64_t second;  // Those behind them.
    std::string_view key;
    Entry* entry;
  };
  struct Less {
    bool operator()(const Place& a, const Place& b) const {
      if (a.first != b.first) return a.first < b.first;
      if (a.second != b.second) return a.second < b.second;
      return a.key < b.key;
    }
  };
  using Places = absl::btree_set<Place, Less>;
  using const_iterator = typename Places::const_iterator;

  // The key is absent.
  void Insert(std::string_view key, Entry& entry) {
    places_.insert(PlaceOf(arena_.Keep(key), &entry));
  }
  void Remove(std::string_view key) { places_.erase(PlaceOf(key)); }

  const_iterator lower_bound(std::string_view key) const {
    return places_.lower_bound(PlaceOf(key));
  }
  const_iterator upper_bound(std::string_view key) const {
    return places_.upper_bound(PlaceOf(key));
  }
  const_iterator begin() const { return places_.begin(); }
  const_iterator end() const { return places_.end(); }

 private:
  static Place PlaceOf(std::string_view key, Entry* entry = nullptr) {
    return {HeadOf(key, 0), HeadOf(key, 8), key, entry};
  }

  ByteArena arena_;
  Places places_;
};

}  // namespace omo::store
