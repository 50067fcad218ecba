// The confirmed rows of one table, layer over layer: changed since the last freeze, frozen (being
// flushed, or flushed and kept warm), read from RocksDB before, RocksDB. The first layer that knows
// a key answers for it.
#pragma once

#include <absl/status/status.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/store/any_table.h"
#include "libs/store/disk.h"
#include "libs/store/generation.h"
#include "libs/store/read_cache.h"
#include "libs/store/row_hash.h"

namespace omo::store {

template <class Key, class Row, class Order>
class Layers : public AnyTable {
 public:
  // The confirmed row. Any thread under a ReadLock; the loop's thread without one.
  std::optional<Row> FindConfirmed(const Key& key) const {
    const std::uint64_t hash = HashKey(key);
    for (const auto* layer : {active_.get(), frozen_.get()}) {
      if (layer == nullptr) continue;
      if (const Entry* entry = layer->Find(key, hash)) return entry->row;
      if (layer->Erased(key)) return std::nullopt;
    }
    std::string bytes;
    std::string row;
    if (!Load(key, bytes, row)) return std::nullopt;
    return Decode(row);
  }

 protected:
  using Generation = store::Generation<Key, Row, Order>;
  using Entry = store::Entry<Key, Row>;

  Layers(Store& store, TableOptions options)
      : AnyTable(store, std::move(options)), active_(NewGeneration()) {
    for (const BucketSum& stored : StoredSums()) sums_[stored.bucket] = stored.sum;
  }

  // The confirmed row in place. The loop's thread.
  const Row* FindInPlace(const Key& key, std::uint64_t hash) const {
    for (const auto* layer : {active_.get(), frozen_.get()}) {
      if (layer == nullptr) continue;
      if (const Entry* entry = layer->Find(key, hash)) return entry->row ? &*entry->row : nullptr;
      if (layer->Erased(key)) return nullptr;
    }
    if (!stored()) return nullptr;
    const auto* slot = cache_.Find(key, hash);
    if (slot == nullptr) slot = LoadIntoCache(key, hash);
    return slot != nullptr && slot->row ? &*slot->row : nullptr;
  }

  // In a write section, as all that change rows here.
  void ApplyPut(Key key, std::uint64_t hash, Row row) {
    Entry* entry = active_->Find(key, hash);
    if (entry == nullptr) {
      const Lower lower = LookBelow(key, hash);
      entry = &NewEntry(std::move(key), hash, lower);
    }
    const std::int64_t before = OwnedBytes(entry->row);
    entry->row = std::move(row);
    LoopState::Add(loop().changed_bytes, OwnedBytes(entry->row) - before);
    MarkPending(*entry);
  }

  void ApplyErase(Key key, std::uint64_t hash) {
    Entry* entry = active_->Find(key, hash);
    if (entry == nullptr) {
      const Lower lower = LookBelow(key, hash);
      if (lower.below != Below::kAbsent) MarkPending(NewEntry(std::move(key), hash, lower));
    } else if (entry->below == Below::kAbsent) {
      AddToHash(entry->key, -entry->counted);
      active_->Remove(*entry);
    } else if (entry->row) {
      entry->row.reset();
      MarkPending(*entry);
    }
  }

  void ApplyEraseBuckets(std::int64_t below) {
    active_->ForEach([&](Entry& entry) {
      if (BucketOf(entry.key) < below) active_->Remove(entry);
    });
    active_->set_erased_below(below);
    while (!sums_.empty() && sums_.begin()->first < below) {
      loop().state_hash -= sums_.begin()->second;
      sums_.erase(sums_.begin());
    }
    ResizeCache([&] { cache_.Trim(0); });
    LoopState::Add(loop().changed_bytes, static_cast<std::int64_t>(sizeof(Entry)));
  }

  const Generation& active() const { return *active_; }
  const Generation* frozen() const { return frozen_.get(); }

  // Bytes that WriteFields did not make are damage: counted as absent, and told to health().
  std::optional<Row> Decode(std::string_view bytes) const {
    Row row{};
    if (ReadFields(bytes, row) && bytes.empty()) return row;
    Damaged();
    return std::nullopt;
  }
  std::optional<Key> DecodeKey(std::string_view bytes) const {
    Key key{};
    bytes.remove_prefix(1);
    if (ReadOrdered(bytes, key) && bytes.empty()) return key;
    Damaged();
    return std::nullopt;
  }

 private:
  // What the layers under `active` say of a key.
  struct Lower {
    Below below = Below::kUnknown;
    std::uint64_t counted = 0;
  };

  std::shared_ptr<Generation> NewGeneration() const {
    return std::make_shared<Generation>(options().prefix);
  }

  void Damaged() const {
    disk().Fail(absl::DataLossError("table " + options().name + ": a row cannot be decoded"));
  }

  // `bytes` becomes the key's, `row` what RocksDB holds for it.
  bool Load(const Key& key, std::string& bytes, std::string& row) const {
    if (!stored()) return false;
    bytes.clear();
    WriteRowKey(bytes, options().prefix, key);
    return disk().Get(bytes, row);
  }

  const typename ReadCache<Key, Row>::Slot* LoadIntoCache(const Key& key,
                                                          std::uint64_t hash) const {
    std::optional<Row> row;
    std::uint64_t counted = 0;
    if (Load(key, key_bytes_, row_bytes_)) {
      row = Decode(row_bytes_);
      counted = HashBytes(key_bytes_.append(row_bytes_));
    }
    if (!disk().healthy()) return nullptr;
    const typename ReadCache<Key, Row>::Slot* slot = nullptr;
    ResizeCache([&] { slot = &cache_.Insert({hash, key, std::move(row), counted}); });
    return slot;
  }

  template <class Change>
  void ResizeCache(Change change) const {
    const std::int64_t before = cache_.bytes();
    change();
    LoopState::Add(loop().cached_bytes, cache_.bytes() - before);
  }

  Lower LookBelow(const Key& key, std::uint64_t hash) const {
    if (active_->Erased(key)) return {Below::kAbsent};
    if (frozen_ != nullptr) {
      if (const Entry* entry = frozen_->Find(key, hash)) {
        return {entry->row ? Below::kPresent : Below::kAbsent, entry->counted};
      }
      if (frozen_->Erased(key)) return {Below::kAbsent};
    }
    if (!stored()) return {Below::kAbsent};
    if (const auto* slot = cache_.Find(key, hash)) {
      return {slot->row ? Below::kPresent : Below::kAbsent, slot->counted};
    }
    return {};
  }

  Entry& NewEntry(Key key, std::uint64_t hash, Lower lower) {
    ResizeCache([&] { cache_.Erase(key, hash); });
    Entry& entry = active_->Insert(std::move(key), hash);
    entry.below = lower.below;
    entry.counted = lower.counted;
    const auto ordered = Generation::kOrdered ? 64 + sizeof(Key) : 0;
    LoopState::Add(loop().changed_bytes,
                   static_cast<std::int64_t>(sizeof(Entry) + 16 + ordered) + OwnedBytes(entry.key));
    return entry;
  }

  void MarkPending(Entry& entry) {
    if (entry.pending || !options().in_state_hash) return;
    entry.pending = true;
    pending_.push_back(&entry);
  }

  void AddToHash(const Key& key, std::uint64_t difference) {
    if (difference == 0) return;
    loop().state_hash += difference;
    if constexpr (std::is_same_v<Order, BucketOrder>) sums_[BucketOf(key)] += difference;
  }

  std::uint64_t PartOfHash(const Entry& entry) const {
    if (!entry.row) return 0;
    key_bytes_.clear();
    WriteRowKey(key_bytes_, options().prefix, entry.key);
    WriteFields(key_bytes_, *entry.row);
    return HashBytes(key_bytes_);
  }

  std::size_t CountPending(std::size_t max) override {
    const std::size_t counted = std::min(max, pending_.size());
    for (std::size_t i = 0; i < counted; ++i) {
      Count(*pending_.back());
      pending_.pop_back();
    }
    return counted;
  }

  void Count(Entry& entry) {
    entry.pending = false;
    if (entry.removed) return;
    if (entry.below == Below::kUnknown) {
      const bool found = Load(entry.key, key_bytes_, row_bytes_);
      entry.below = found ? Below::kPresent : Below::kAbsent;
      entry.counted = found ? HashBytes(key_bytes_.append(row_bytes_)) : 0;
    }
    const std::uint64_t part = PartOfHash(entry);
    AddToHash(entry.key, part - entry.counted);
    entry.counted = part;
  }

  std::uint64_t Recount() const override {
    if (!options().in_state_hash) return 0;
    std::uint64_t sum = 0;
    active_->ForEach([&](const Entry& entry) { sum += PartOfHash(entry); });
    if (frozen_ != nullptr) {
      frozen_->ForEach([&](const Entry& entry) {
        if (!Hides(*active_, entry.key, entry.hash)) sum += PartOfHash(entry);
      });
    }
    if (!stored()) return sum;
    const auto prefix = static_cast<char>(options().prefix);
    const auto cursor = disk().Walk({prefix}, {static_cast<char>(prefix + 1)}, true);
    for (cursor->Seek({&prefix, 1}); cursor->Valid(); cursor->Next()) {
      const std::optional<Key> key = DecodeKey(cursor->key());
      if (!key) break;
      const std::uint64_t hash = HashKey(*key);
      if (Hides(*active_, *key, hash) || (frozen_ && Hides(*frozen_, *key, hash))) continue;
      key_bytes_.assign(cursor->key()).append(cursor->row());
      sum += HashBytes(key_bytes_);
    }
    return sum;
  }

  static bool Hides(const Generation& layer, const Key& key, std::uint64_t hash) {
    return layer.Find(key, hash) != nullptr || layer.Erased(key);
  }

  std::vector<BucketSum> Sums() const override {
    std::vector<BucketSum> sums;
    for (const auto& [bucket, sum] : sums_) sums.push_back({bucket, sum});
    return sums;
  }

  void TrimCache(std::int64_t of_bytes, std::int64_t to_bytes) override {
    const double share = static_cast<double>(to_bytes) / static_cast<double>(of_bytes);
    const auto bytes = static_cast<std::int64_t>(static_cast<double>(cache_.bytes()) * share);
    ResizeCache([&] { cache_.Trim(bytes); });
  }

  std::shared_ptr<const ChangedRows> Freeze(
      std::vector<std::shared_ptr<const ChangedRows>>& dropped) override {
    if (active_->empty()) return nullptr;
    SetStored();
    if (frozen_ != nullptr) dropped.push_back(std::move(frozen_));
    frozen_ = std::exchange(active_, NewGeneration());
    return frozen_;
  }

  std::shared_ptr<Generation> active_;
  std::shared_ptr<Generation> frozen_;
  mutable ReadCache<Key, Row> cache_;
  std::vector<Entry*> pending_;                 // Of active_: changed, not yet in the state hash.
  std::map<std::int64_t, std::uint64_t> sums_;  // BucketOrder: the state hash by bucket.
  mutable std::string key_bytes_;               // Of the loop's thread, to save allocations.
  mutable std::string row_bytes_;
};

}  // namespace omo::store
