// The rows of records in flight, over one table: what deciders see before the log has confirmed it.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace omo::store {

// Versions stand in one queue in the order of their records, and each knows the next newer one of
// its key. So a put, a promotion and a drop cost the same however many versions a hot key has.
template <class Key, class Row>
class Overlay {
 public:
  struct Version {
    std::uint64_t seq;
    std::uint64_t hash;
    Key key;
    std::optional<Row> row;          // nullopt: erased.
    const Version* newer = nullptr;  // Of the same key.
  };

  bool empty() const { return versions_.empty(); }
  // Another number after each change: what was read of the overlay is stale.
  std::uint64_t changes() const { return changes_; }

  // Calls visit(version) for the newest version of each key, in no order; it is good until the next
  // change.
  template <class Visit>
  void ForEachNewest(Visit visit) const {
    for (const Newest& newest : newest_) visit(*newest.version);
  }

  // The newest version of the key, or nullptr.
  const Version* Find(const Key& key, std::uint64_t hash) const {
    if (versions_.empty()) return nullptr;
    const auto found = newest_.find(Probe{key, hash});
    return found == newest_.end() ? nullptr : found->version;
  }

  // `seq` is not below that of the last call.
  void Push(std::uint64_t seq, const Key& key, std::uint64_t hash, std::optional<Row> row) {
    ++changes_;
    const auto found = newest_.find(Probe{key, hash});
    if (found != newest_.end() && found->version->seq == seq) {
      found->version->row = std::move(row);
      return;
    }
    Version& version = versions_.emplace_back(Version{seq, hash, key, std::move(row)});
    if (found == newest_.end()) {
      newest_.insert(Newest{&version});
    } else {
      found->version->newer = &version;
      found->version = &version;
    }
  }

  // Takes out the versions up to `through_seq` and gives the last one of each key to `apply`.
  template <class Apply>
  void Promote(std::uint64_t through_seq, Apply apply) {
    ++changes_;
    while (!versions_.empty() && versions_.front().seq <= through_seq) {
      Version& version = versions_.front();
      if (version.newer == nullptr) newest_.erase(newest_.find(Probe{version.key, version.hash}));
      const bool last = version.newer == nullptr || version.newer->seq > through_seq;
      if (last) apply(std::move(version));
      versions_.pop_front();
    }
  }

  void Clear() {
    ++changes_;
    newest_.clear();
    versions_.clear();
  }

 private:
  struct Probe {
    const Key& key;
    std::uint64_t hash;
  };
  struct Newest {
    mutable Version* version;  // Changes to a newer one of the same key.
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Newest& newest) const { return newest.version->hash; }
    std::size_t operator()(const Probe& probe) const { return probe.hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Newest& a, const Newest& b) const { return a.version == b.version; }
    bool operator()(const Newest& newest, const Probe& probe) const {
      return newest.version->hash == probe.hash && newest.version->key == probe.key;
    }
    bool operator()(const Probe& probe, const Newest& newest) const {
      return (*this)(newest, probe);
    }
  };

  std::uint64_t changes_ = 0;
  std::deque<Version> versions_;
  absl::flat_hash_set<Newest, Hash, Equal> newest_;
};

}  // namespace omo::store
