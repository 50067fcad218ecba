// Typed tables over a store: what a service's state is made of.
//
//   store::ShardTable<StockKey, Figures> figures{store, {.prefix = 1, .name = "figures"}};
//
// Key: a plain struct (or number, string, Id) with Fields, == and a default constructor; its
// ordered bytes (libs/core/key_order.h) are the order of rows. Row: a struct with Fields.
//
// Orders, the third parameter:
//   HashOrder    found by key only. The fastest.
//   KeyOrder     also walked in key order.
//   BucketOrder  found by key only; rows go bucket by bucket (EraseBefore). The bucket is the key's
//                first field, a number or a time of which there are at most some thousands at once:
//                an hour, say. For command ids.
//
// A table registers with its store when it is made, and is used only while the store lives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "libs/core/table.h"
#include "libs/store/layers.h"
#include "libs/store/overlay.h"
#include "libs/store/scan.h"
#include "libs/store/store.h"

namespace omo::store {

// A table for deciders and evolve. Find sees rows of records in flight over confirmed rows; Put and
// Erase belong to the record of the last Speculate, or change confirmed rows at once in a Direct
// section. The loop's thread; FindConfirmed and the walks of KeyOrder (scan.h) any thread under a
// ReadLock.
template <class Key, class Row, class Order = HashOrder>
class ShardTable final : public Table<Key, Row>, public Scans<Key, Row, Order> {
 public:
  ShardTable(Store& store, TableOptions options)
      : Scans<Key, Row, Order>(store, std::move(options)) {}

  // Valid until the key's next Put or Erase, Speculate, DropSpeculation or write section.
  const Row* Find(const Key& key) const override {
    const std::uint64_t hash = HashKey(key);
    if (const auto* version = overlay_.Find(key, hash)) {
      return version->row ? &*version->row : nullptr;
    }
    return this->FindInPlace(key, hash);
  }

  void Put(const Key& key, Row row) override {
    if (this->loop().direct) {
      this->ApplyPut(key, HashKey(key), std::move(row));
    } else {
      overlay_.Push(this->SpeculatedSeq(), key, HashKey(key), std::move(row));
    }
  }

  void Erase(const Key& key) override {
    if (this->loop().direct) {
      this->ApplyErase(key, HashKey(key));
    } else {
      overlay_.Push(this->SpeculatedSeq(), key, HashKey(key), std::nullopt);
    }
  }

 private:
  void Promote(std::uint64_t through_seq) override {
    overlay_.Promote(through_seq, [this](auto version) {
      if (version.row) {
        this->ApplyPut(std::move(version.key), version.hash, std::move(*version.row));
      } else {
        this->ApplyErase(std::move(version.key), version.hash);
      }
    });
  }
  void DropSpeculation() override { overlay_.Clear(); }
  bool Speculating() const override { return !overlay_.empty(); }

  Overlay<Key, Row> overlay_;
};

// A table of confirmed rows only (views, command ids): Put and Erase only in a write section, on
// the loop's thread, and seen at once.
template <class Key, class Row, class Order = HashOrder>
class ConfirmedTable final : public Table<Key, Row>, public Scans<Key, Row, Order> {
 public:
  ConfirmedTable(Store& store, TableOptions options)
      : Scans<Key, Row, Order>(store, std::move(options)) {}

  // The loop's thread. Valid until the key's next Put or Erase or write section.
  const Row* Find(const Key& key) const override { return this->FindInPlace(key, HashKey(key)); }

  void Put(const Key& key, Row row) override {
    this->RequireWriting();
    this->ApplyPut(key, HashKey(key), std::move(row));
  }
  void Erase(const Key& key) override {
    this->RequireWriting();
    this->ApplyErase(key, HashKey(key));
  }

  // Erases the rows before `key`; with BucketOrder those of buckets before the key's own. Costs as
  // many row erasures as there are rows; with BucketOrder a walk over the changed rows in memory.
  void EraseBefore(const Key& key) requires(!std::is_same_v<Order, HashOrder>) {
    this->RequireWriting();
    if constexpr (std::is_same_v<Order, BucketOrder>) {
      this->ApplyEraseBuckets(BucketOf(key));
    } else {
      for (Key& before : this->KeysBefore(key)) {
        const std::uint64_t hash = HashKey(before);
        this->ApplyErase(std::move(before), hash);
      }
    }
  }

 private:
  void Promote(std::uint64_t) override {}
  void DropSpeculation() override {}
  bool Speculating() const override { return false; }
};

}  // namespace omo::store
