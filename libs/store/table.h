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

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/core/table.h"
#include "libs/store/layers.h"
#include "libs/store/overlay.h"
#include "libs/store/scan.h"
#include "libs/store/store.h"

namespace omo::store {

// How `Table`, a ShardTable, looks to deciders: walked where it has an order.
template <class Table, class Key, class Row, class Order>
class Seam : public omo::Table<Key, Row> {};
template <class Table, class Key, class Row>
class Seam<Table, Key, Row, KeyOrder> : public OrderedTable<Key, Row> {
 public:
  void Walk(const KeyPrefix& within, const Key& from,
            const typename OrderedTable<Key, Row>::Visit& visit) const final {
    static_cast<const Table&>(*this).WalkSpeculated(within, from, visit);
  }
};

// A table for deciders and evolve. Find and Walk see rows of records in flight over confirmed rows;
// Put and Erase belong to the record of the last Speculate, or change confirmed rows at once in a
// Direct section. The loop's thread; FindConfirmed and the scans of KeyOrder (scan.h) any thread
// under a ReadLock.
template <class Key, class Row, class Order = HashOrder>
class ShardTable final : public Seam<ShardTable<Key, Row, Order>, Key, Row, Order>,
                         public Scans<Key, Row, Order> {
  using AsSeen = Seam<ShardTable<Key, Row, Order>, Key, Row, Order>;

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

  friend AsSeen;
  struct InFlight {
    std::string bytes;  // The key's, as it sorts.
    const typename Overlay<Key, Row>::Version* version;
  };

  // Rows in flight in key order: sorted once for all the walks between two changes.
  const std::vector<InFlight>& SortedInFlight() const {
    if (sorted_at_ != overlay_.changes()) {
      sorted_.clear();
      overlay_.ForEachNewest([this](const auto& version) {
        sorted_.push_back({LeadingFields(version.key).bytes, &version});
      });
      std::sort(sorted_.begin(), sorted_.end(),
                [](const InFlight& a, const InFlight& b) { return a.bytes < b.bytes; });
      sorted_at_ = overlay_.changes();
    }
    return sorted_;
  }

  // Confirmed rows and those in flight, merged; where both have a key, the one in flight counts.
  template <class Visit>
  void WalkSpeculated(const KeyPrefix& within, const Key& from, const Visit& visit) const {
    const std::vector<InFlight>& in_flight = SortedInFlight();
    const std::string first = std::max(LeadingFields(from).bytes, within.bytes);
    auto next =
        std::lower_bound(in_flight.begin(), in_flight.end(), first,
                         [](const InFlight& row, const auto& at) { return row.bytes < at; });
    const auto visit_next = [&] {
      const auto& version = *(next++)->version;
      return !version.row || visit(version.key, *version.row);
    };
    bool more = true;
    this->Scan(within, from, [&](const Key& key, const Row& row) {
      const std::string bytes = next != in_flight.end() ? LeadingFields(key).bytes : "";
      while (more && next != in_flight.end() && next->bytes < bytes) more = visit_next();
      const bool newer = next != in_flight.end() && next->bytes == bytes;
      if (more) more = newer ? visit_next() : visit(key, row);
      return more;
    });
    while (more && next != in_flight.end() && next->bytes.starts_with(within.bytes)) {
      more = visit_next();
    }
  }

  Overlay<Key, Row> overlay_;
  mutable std::vector<InFlight> sorted_;
  mutable std::uint64_t sorted_at_ = 0;
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
