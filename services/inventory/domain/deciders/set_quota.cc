#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

namespace {

constexpr std::size_t kQuotasMax = 20;  // Of one SKU at one place.
constexpr std::size_t kBorrowersMax = 20;

bool IsOwner(const QuotaOwner& owner) {
  return owner.channel.value.size() <= 128 && owner.segment.value.size() <= 128;
}

InTheWay CheckNames(const StockState& state, const SetQuota& command) {
  using enum StockRefusal;
  if (!IsName(command.sku.value) || !IsPlace(command.location)) return kBadName;
  if (!IsName(command.id.value) || !IsOwner(command.owner)) return kBadName;
  if (!std::all_of(command.lends_to.begin(), command.lends_to.end(), IsOwner)) return kBadName;
  if (command.owner.IsEverybody()) return kRuleOverNothing;
  if (command.lends_to.size() > kBorrowersMax) return kBadRule;
  if (IsGroup(command.location) &&
      state.network.groups.Find(GroupAt(command.location)) == nullptr) {
    return StockDecision(kGroupNotFound, {{"group", GroupAt(command.location).value}});
  }
  return std::nullopt;
}

// The event by which `quota` stands in the place of what was kept before.
StockDecision Set(const StockState& state, const FiguresKey& key, const Quota& quota) {
  const PlaceQuotas there = state.quotas.Get(key);
  const Quota* known = there.Find(quota.id);
  // One that is used up is there until it is ended: its owner may not take what is for all.
  const bool stands = known != nullptr ? quota.left != 0 && *known == quota : quota.left == 0;
  if (stands) return {};
  if (known == nullptr && there.quotas.size() >= kQuotasMax) return StockRefusal::kBadRule;
  const Quantity more = quota.left - (known != nullptr ? known->left : 0);
  const Quantity free = Foresight(state).CommonAt(key.sku, key.location, {});
  if (more > free) {
    return {StockRefusal::kNotEnoughAvailable,
            {{"sku", key.sku.value},
             {"location", key.location.value},
             {"ordered", std::to_string(more)},
             {"available", std::to_string(free)}}};
  }
  return Settle(state, QuotaSet{.sku = key.sku,
                                .location = key.location,
                                .quota = quota,
                                .quantity = more,
                                .scale = ScaleOf(state, key.sku)});
}

}  // namespace

StockDecision Decide(const StockState& state, const SetQuota& command, Time now) {
  using enum StockRefusal;
  if (auto no = CheckNames(state, command)) return *no;
  StockLine line{.sku = command.sku};
  if (auto no = ReadAmount(state, command.quantity, line)) return *no;
  if (line.quantity < 0) return kBadQuantity;
  if (command.ends_at != Time{} && command.ends_at <= now) return kBadRule;
  const FiguresKey key{command.sku, command.location};
  const PlaceQuotas* there = state.quotas.Find(key);
  const Quota* known = there != nullptr ? there->Find(command.id) : nullptr;
  const bool is_new = known == nullptr || known->owner != command.owner;
  return Set(state, key,
             {.id = command.id,
              .owner = command.owner,
              .left = line.quantity,
              .ends_at = command.ends_at,
              .borrows = command.borrows,
              .lends_to = command.lends_to,
              .made_at = is_new ? now : known->made_at});
}

StockDecision Decide(const StockState& state, const EndQuota& command, Time now) {
  const PlaceQuotas there = state.quotas.Get(command.key);
  const Quota* quota = there.Find(command.id);
  if (quota == nullptr || quota->ends_at == Time{} || quota->ends_at > now) return {};
  Quota ended = *quota;
  ended.left = 0;
  return Set(state, command.key, ended);
}

}  // namespace omo::inventory
