// The nearest places that have something of a cart. First the places of every shard are added, then
// the stock of every SKU is looked up, shard by shard; what can no longer be in the answer is
// dropped on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "services/inventory/views/places.h"

namespace omo::inventory {

// Which places.
struct PlaceFilter {
  GeoPoint origin{};
  std::int64_t metres_max = kMetresMax;
  std::vector<LocationKind> kinds{};
  std::vector<Capability> capabilities{};  // All of them.
};

struct NearbyPlace {
  const Place* place = nullptr;  // Good as long as the search is.
  std::int64_t metres = 0;
  std::vector<Quantity> free{};  // By SKU of the cart, in its unit: what may be promised.
  bool has_all = true;           // Of what was looked up so far.
};

// Used by one thread at a time.
class NearbySearch {
 public:
  // `only_with_all`: places that have all of the cart; otherwise also those that have some of it.
  NearbySearch(PlaceFilter filter, std::size_t skus, std::size_t places_max, bool only_with_all);

  void Add(std::shared_ptr<const Places> places);

  // A SKU of the cart, how much of it is wanted, above 0, and where that is read.
  struct Wanted {
    std::size_t sku = 0;
    Quantity quantity = 0;
  };
  // Looks up these SKUs; behind the last Add. `free_at(sku, location)` gives what may be promised
  // there of one, `has_all_at(location)` whether all can be promised together that can be singly.
  template <class FreeAt, class HasAllAt>
  void LookUp(const std::vector<Wanted>& skus, FreeAt free_at, HasAllAt has_all_at) {
    Arrange();
    skus_looked_up_ += skus.size();
    std::size_t kept = 0;
    std::size_t good = 0;
    for (std::size_t i = 0; i < found_.size() && good < places_max_; ++i) {
      NearbyPlace& place = found_[i];
      if (place.free.empty()) place.free.resize(skus_);
      bool enough = true;
      for (const Wanted& wanted : skus) {
        const Quantity free = free_at(wanted.sku, place.place->id);
        place.free[wanted.sku] = free;
        if (free >= wanted.quantity) continue;
        enough = false;
        if (only_with_all_) break;
      }
      place.has_all = place.has_all && enough && has_all_at(place.place->id);
      if (only_with_all_ && !place.has_all) continue;
      if (only_with_all_ ? Complete() : HasSome(place)) {
        ++good;
      } else if (Complete()) {
        continue;
      }
      if (kept != i) found_[kept] = std::move(place);
      ++kept;
    }
    found_.resize(kept);
  }

  // Behind the last LookUp: the answer, nearest first.
  const std::vector<NearbyPlace>& found() const { return found_; }

 private:
  bool Complete() const { return skus_looked_up_ == skus_; }
  static bool HasSome(const NearbyPlace& place);
  bool Fits(const LocationProfile& profile) const;
  void Arrange();

  const PlaceFilter filter_;
  const EarthPoint origin_;
  const std::size_t skus_;
  const std::size_t places_max_;
  const bool only_with_all_;
  std::vector<std::shared_ptr<const Places>> places_;
  std::vector<NearbyPlace> found_;
  std::size_t skus_looked_up_ = 0;
  bool arranged_ = false;
};

}  // namespace omo::inventory
