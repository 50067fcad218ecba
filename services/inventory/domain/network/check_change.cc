#include "services/inventory/domain/network/check_change.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "services/inventory/domain/lists.h"

namespace omo::inventory {
namespace {

// A change is one record of the log, and one in every shard beside what it leaves short.
constexpr std::size_t kNamesMax = 5'000;
constexpr std::size_t kBytesMax = 180 << 10;
constexpr std::size_t kBytesOfName = 4;  // Beside its letters.
constexpr std::size_t kRulesMax = 200;
constexpr std::int64_t kUnitsMax = 1'000'000'000'000;

bool IsPercent(std::int32_t value) { return value >= 0 && value <= 100; }

bool HasScale(const Amount& amount) { return amount.scale >= 0 && amount.scale <= kScaleMax; }
bool HasValue(const Amount& amount) { return amount.value >= 0 && amount.value <= kUnitsMax; }

// Whether `one` is less than `other`, as far as they are good.
bool IsLess(const Amount& one, const Amount& other) {
  for (const Amount* amount : {&one, &other}) {
    if (!HasScale(*amount) || !HasValue(*amount)) return true;
  }
  const auto value = [](const Amount& amount, std::int32_t scale) {
    std::int64_t scaled = amount.value;
    // Above kUnitsMax it is more than whatever it is compared with.
    for (std::int32_t at = amount.scale; at < scale && scaled <= kUnitsMax; ++at) scaled *= 10;
    return scaled;
  };
  return value(one, other.scale) < value(other, one.scale);
}
bool AreLocations(const std::vector<LocationId>& ids) {
  return std::all_of(ids.begin(), ids.end(), IsLocation);
}

class Tidier {
 public:
  std::optional<ChangeFault> Tidy(NetworkChange& change) {
    int parts = 0;
    const auto take = [&](auto& part) {
      if (!part) return;
      ++parts;
      Part(*part);
    };
    std::apply([&](auto&... part) { (take(part), ...); }, NetworkChange::Fields(change));
    Require(parts == 1, ChangeFaultKind::kBadRule, "");
    Require(names_ <= kNamesMax && bytes_ <= kBytesMax, ChangeFaultKind::kBadRule, longest_);
    return std::move(first_);
  }

 private:
  using enum ChangeFaultKind;

  void Require(bool good, ChangeFaultKind kind, const std::string& field) {
    if (good || (first_ && first_->kind <= kind)) return;
    first_ = ChangeFault{kind, field};
  }
  static std::size_t BytesOf(const std::string& name) { return name.size(); }
  static std::size_t BytesOf(const auto& id) { return id.value.size(); }
  // In order, each once; their number and bytes are bounded over the whole change.
  void List(auto& ids, const std::string& field) {
    SortUnique(ids);
    names_ += ids.size();
    for (const auto& id : ids) bytes_ += BytesOf(id) + kBytesOfName;
    if (longest_.empty() || ids.size() > longest_size_) {
      longest_ = field;
      longest_size_ = ids.size();
    }
  }
  void Quantity(const Amount& amount, const std::string& field) {
    Require(HasScale(amount), kBadScale, field + ".scale");
    Require(HasValue(amount), kBadQuantity, field + ".value");
  }
  void Set(SkuSet& set, const std::string& field) {
    Require(AreNames(set.skus), kBadName, field + ".skus");
    Require(AreNames(set.classes), kBadName, field + ".classes");
    List(set.skus, field + ".skus");
    List(set.classes, field + ".classes");
    Require(!set.IsEmpty(), kRuleOverNothing, field);
  }
  void Set(PlaceSet& set, const std::string& field) {
    Require(AreLocations(set.locations), kBadName, field + ".locations");
    Require(AreNames(set.groups), kBadName, field + ".groups");
    List(set.locations, field + ".locations");
    List(set.groups, field + ".groups");
    Require(!set.IsEmpty(), kRuleOverNothing, field);
  }
  static std::string Nth(const char* list, std::size_t n) {
    return std::string(list) + "[" + std::to_string(n) + "]";
  }

  void Part(PutGroup& part) {
    Require(IsName(part.id.value), kBadName, "put_group.group_id");
    Require(IsText(part.group.name), kBadName, "put_group.group.name");
    Require(AreLocations(part.group.locations), kBadName, "put_group.group.locations");
    Require(AreNames(part.group.groups), kBadName, "put_group.group.groups");
    List(part.group.locations, "put_group.group.locations");
    List(part.group.groups, "put_group.group.groups");
  }
  void Part(RemoveGroup& part) {
    Require(IsName(part.id.value), kBadName, "remove_group.group_id");
  }
  void Part(PauseLocation& part) {
    Require(IsLocation(part.location), kBadName, "pause_location.location");
    const bool has_reason = !part.reason.empty() && IsText(part.reason);
    Require(part.paused ? has_reason : part.reason.empty(), kBadName, "pause_location.reason");
  }
  void Part(MethodSwitches&) {}
  void Part(PutSafetyRules& part) {
    const bool few = part.rules.size() + part.thresholds.size() <= kRulesMax;
    Require(few, kBadRule, "put_safety_rules.rules");
    for (std::size_t i = 0; i < part.rules.size(); ++i) {
      const std::string field = Nth("put_safety_rules.rules", i);
      Set(part.rules[i].skus, field + ".skus");
      Set(part.rules[i].places, field + ".places");
      Quantity(part.rules[i].quantity, field + ".quantity");
    }
    for (std::size_t i = 0; i < part.thresholds.size(); ++i) {
      const std::string field = Nth("put_safety_rules.thresholds", i);
      Set(part.thresholds[i].skus, field + ".skus");
      Require(IsName(part.thresholds[i].group.value), kBadName, field + ".group_id");
      Quantity(part.thresholds[i].quantity, field + ".quantity");
    }
  }
  void Part(ChannelExposure& part) {
    Require(IsName(part.channel.value), kBadName, "put_channel.channel");
    Require(part.sells_from.value.size() <= 128, kBadName, "put_channel.sells_from");
    Require(part.rules.size() <= kRulesMax, kBadRule, "put_channel.rules");
    Quantity(part.display.low, "put_channel.display.low");
    for (std::size_t i = 0; i < part.rules.size(); ++i) {
      ExposureRule& rule = part.rules[i];
      const std::string field = Nth("put_channel.rules", i);
      Set(rule.skus, field + ".skus");
      Set(rule.places, field + ".places");
      Quantity(rule.buffer, field + ".buffer");
      Require(IsPercent(rule.buffer_percent), kBadRule, field + ".buffer_percent");
      Require(IsPercent(rule.share_percent), kBadRule, field + ".share_percent");
      if (rule.shown_max) Quantity(*rule.shown_max, field + ".shown_max");
    }
    Watches(part);
  }
  void Watches(ChannelExposure& part) {
    const std::string list = "put_channel.watches";
    Require(part.watches.size() <= kRulesMax, kBadRule, list);
    const auto by_id = [](const auto& one, const auto& other) { return one.id < other.id; };
    std::stable_sort(part.watches.begin(), part.watches.end(), by_id);
    for (std::size_t i = 0; i < part.watches.size(); ++i) {
      StockWatch& watch = part.watches[i];
      const std::string field = Nth(list.c_str(), i);
      Require(IsName(watch.id), kBadName, field + ".id");
      const bool has_place = !watch.place.value.empty();
      Require(!has_place || IsPlace(watch.place), kBadName, field + ".place");
      Set(watch.skus, field + ".skus");
      Quantity(watch.low_at, field + ".low_at");
      Quantity(watch.back_at, field + ".back_at");
      const auto method = static_cast<std::int32_t>(watch.method);
      const bool known = method >= 0 && method <= static_cast<std::int32_t>(Method::kSameCity);
      Require(known, kBadRule, field + ".method");
      Require(IsLess(watch.low_at, watch.back_at), kBadRule, field + ".back_at");
      Require(has_place || !part.sells_from.value.empty(), kBadRule, field + ".place");
      const bool twice = i > 0 && watch.id == part.watches[i - 1].id;
      Require(!twice, kBadRule, list);
    }
  }
  void Part(RemoveChannel& part) {
    Require(IsName(part.channel.value), kBadName, "remove_channel.channel");
  }
  void Part(PutRejectRules& part) {
    Require(part.rules.size() <= kRulesMax, kBadRule, "put_reject_rules.rules");
    for (std::size_t i = 0; i < part.rules.size(); ++i) {
      const std::string field = Nth("put_reject_rules.rules", i);
      Require(IsName(part.rules[i].reason), kBadName, field + ".reason");
      const auto effect = static_cast<std::int32_t>(part.rules[i].effect);
      const bool known = effect > 0 && effect <= static_cast<std::int32_t>(RejectEffect::kDisplay);
      Require(known, kBadRule, field + ".effect");
    }
    const auto by_reason = [](const auto& one, const auto& other) {
      return one.reason < other.reason;
    };
    std::stable_sort(part.rules.begin(), part.rules.end(), by_reason);
    for (std::size_t i = 1; i < part.rules.size(); ++i) {
      const bool twice = part.rules[i].reason == part.rules[i - 1].reason;
      Require(!twice, kBadRule, "put_reject_rules.rules");
    }
  }

  std::optional<ChangeFault> first_;
  std::size_t names_ = 0;
  std::size_t bytes_ = 0;
  std::string longest_;
  std::size_t longest_size_ = 0;
};

}  // namespace

std::optional<ChangeFault> Tidy(NetworkChange& change) { return Tidier().Tidy(change); }

}  // namespace omo::inventory
