#include "services/inventory/domain/stock/quota.h"

#include <algorithm>

namespace omo::inventory {
namespace {

auto Place(auto& quotas, const QuotaId& id) {
  return std::lower_bound(quotas.begin(), quotas.end(), id,
                          [](const Quota& quota, const QuotaId& of) { return quota.id < of; });
}

// Takes up to `wanted` of each in turn, which falls by it.
void TakeOf(const std::vector<const Quota*>& sources, Quantity& wanted,
            std::vector<QuotaPart>& parts) {
  for (const Quota* source : sources) {
    const Quantity taken = std::min(wanted, source->left);
    if (taken <= 0) continue;
    parts.push_back({source->id, taken});
    wanted -= taken;
  }
}

// Those without an end last.
bool EndsSooner(const Quota* one, const Quota* other) {
  if (one->ends_at == other->ends_at) return false;
  return other->ends_at == Time{} || (one->ends_at != Time{} && one->ends_at < other->ends_at);
}

}  // namespace

bool Quota::LendsTo(const Demand& demand) const {
  return std::any_of(lends_to.begin(), lends_to.end(),
                     [&](const QuotaOwner& borrower) { return borrower.IsOf(demand); });
}

const Quota* PlaceQuotas::Find(const QuotaId& id) const {
  const auto at = Place(quotas, id);
  return at != quotas.end() && at->id == id ? &*at : nullptr;
}

void PlaceQuotas::Put(const Quota& quota) {
  const auto at = Place(quotas, quota.id);
  const bool known = at != quotas.end() && at->id == quota.id;
  if (quota.left == 0) {
    if (known) quotas.erase(at);
  } else if (known) {
    *at = quota;
  } else {
    quotas.insert(at, quota);
  }
}

void PlaceQuotas::Change(const QuotaId& id, Quantity quantity) {
  const auto at = Place(quotas, id);
  if (at != quotas.end() && at->id == id) at->left += quantity;
}

QuotaShare ShareOf(const PlaceQuotas& there, const Demand& demand) {
  QuotaShare share;
  bool has_own = false;
  bool borrows = false;
  for (const Quota& quota : there.quotas) {
    if (quota.owner.IsOf(demand)) {
      has_own = true;
      borrows = borrows || quota.borrows;
      share.own += quota.left;
    } else if (quota.LendsTo(demand)) {
      share.lent += quota.left;
    }
  }
  share.borrows = !has_own || borrows;
  return share;
}

std::vector<QuotaPart> Draw(const PlaceQuotas& there, const Demand& demand, Quantity common,
                            Quantity wanted) {
  std::vector<const Quota*> own;
  std::vector<const Quota*> lenders;
  for (const Quota& quota : there.quotas) {
    if (quota.owner.IsOf(demand)) {
      own.push_back(&quota);
    } else if (quota.LendsTo(demand)) {
      lenders.push_back(&quota);
    }
  }
  std::stable_sort(own.begin(), own.end(), EndsSooner);
  std::stable_sort(lenders.begin(), lenders.end(), EndsSooner);
  std::vector<QuotaPart> parts;
  TakeOf(own, wanted, parts);
  wanted -= std::min(wanted, common);
  TakeOf(lenders, wanted, parts);
  return parts;
}

std::vector<QuotaPart> Cut(const PlaceQuotas& there, Quantity excess) {
  std::vector<const Quota*> last_first;
  for (auto quota = there.quotas.rbegin(); quota != there.quotas.rend(); ++quota) {
    last_first.push_back(&*quota);
  }
  std::vector<QuotaPart> parts;
  TakeOf(last_first, excess, parts);
  return parts;
}

}  // namespace omo::inventory
