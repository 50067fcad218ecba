#include <algorithm>
#include <string>

#include "tests/unit/inventory/network_changes.h"

namespace omo::inventory {
namespace {

using enum StockRefusal;

NetworkChanged Changed(std::int64_t version, const NetworkChange& change) {
  return {.version = version, .change = change};
}

}  // namespace

TEST_CASE("ChangeNetwork numbers its changes, and each shard takes them in one by one",
          "[inventory]") {
  const NetworkChange first = Group(kCity, {kShop});
  const NetworkChange second = Pause(kShop);
  Given()
      .When(To(first))
      .Then(Changed(1, first))
      .When(To(second, 1))
      .Then(Changed(2, second))
      .When(To(Pause(kDepot), 1))
      .ThenRefused(kNetworkChanged, {{"version", "2"}});
  Given()
      .When(ApplyNetworkChange{2, second})
      .ThenRefused(kNetworkBehind, {{"version", "0"}})
      .When(ApplyNetworkChange{1, first})
      .Then(Applied(1, first))
      .When(ApplyNetworkChange{1, first})
      .ThenNothing()
      .When(ApplyNetworkChange{2, second})
      .Then(Applied(2, second));
}

TEST_CASE("ChangeNetwork to what stands already changes nothing", "[inventory]") {
  const std::vector<NetworkChange> changes = {
      Group(kCity, {kShop}),
      Pause(kShop),
      Safety({Keep(2)}, {{.skus = {.all = true}, .group = kCity, .quantity = {9, 0}}}),
      {.put_methods = MethodSwitches{.ship = false}},
      {.put_channel = ChannelExposure{.channel = {"web"}, .sells_from = kCity}},
      {.put_reject_rules = PutRejectRules{{{"lost", RejectEffect::kNoneThere}}}}};
  Given stock;
  std::int64_t version = 0;
  for (const NetworkChange& change : changes) {
    stock.When(To(change)).Then(Changed(++version, change));
    stock.When(To(change)).ThenNothing();
  }
}

TEST_CASE("ChangeNetwork stands in the log in order, each name once", "[inventory]") {
  Given()
      .When(To(Group(kCity, {kShop, kDepot, kShop})))
      .Then(Changed(1, Group(kCity, {kDepot, kShop})))
      .When(To(Group(kCity, {kDepot, kShop, kDepot})))
      .ThenNothing();
}

TEST_CASE("ChangeNetwork takes no group that is within itself, however far", "[inventory]") {
  Given().When(To(Group(kCity, {kShop}, {kCity}))).ThenRefused(kGroupInItself);
  Given stock(Applied(1, Group({"a"}, {kShop})), Applied(2, Group({"b"}, {}, {{"a"}})),
              Applied(3, Group({"c"}, {}, {{"b"}})));
  stock.When(To(Group({"a"}, {kShop}, {{"c"}}))).ThenRefused(kGroupInItself);
  // Ten deep is deep enough.
  std::int64_t version = 3;
  std::string inner = "c";
  for (int depth = 4; depth < 10; ++depth) {
    const std::string outer = "depth-" + std::to_string(depth);
    stock.And(Applied(++version, Group({outer}, {}, {{inner}})));
    inner = outer;
  }
  stock.When(To(Group({"last"}, {}, {{inner}}))).ThenRefused(kGroupInItself);
  stock.And(Applied(++version, Group({"z"}, {kShop})));
  stock.When(To(Group({"a"}, {kShop}, {{"z"}}))).ThenRefused(kGroupInItself);
}

TEST_CASE("ChangeNetwork is decided at once, however many ways there are through the groups",
          "[inventory]") {
  // Eight layers of twelve groups, each of all twelve below: 12^8 ways from the top.
  constexpr int kLayers = 8;
  constexpr int kWide = 12;
  Given stock;
  std::int64_t version = 0;
  const auto id = [](int layer, int n) {
    return GroupId{"layer-" + std::to_string(layer) + "-" + std::to_string(n)};
  };
  std::vector<GroupId> below;
  for (int layer = 0; layer < kLayers; ++layer) {
    std::vector<GroupId> groups;
    for (int n = 0; n < kWide; ++n) {
      std::vector<LocationId> locations;
      if (layer == 0) locations = {{"shop-" + std::to_string(n)}};
      groups.push_back(id(layer, n));
      stock.And(Applied(++version, Group(groups.back(), locations, below)));
    }
    std::sort(groups.begin(), groups.end());
    below = groups;
  }
  stock.When(To(Group(id(0, 0), {kShop}, {id(kLayers - 1, 0)}))).ThenRefused(kGroupInItself);
  stock.When(To(Group({"top"}, {}, below))).ThenRefused(kTooManyGroups, {{"location", "shop-0"}});
}

TEST_CASE("A location is in fifty groups at most, and there are a thousand", "[inventory]") {
  Given stock;
  std::int64_t version = 0;
  for (int n = 0; n < 50; ++n) {
    stock.And(Applied(++version, Group({"g" + std::to_string(n)}, {kShop})));
  }
  stock.When(To(Group({"one more"}, {kShop}))).ThenRefused(kTooManyGroups, {{"location", "shop"}});
  stock.When(To(Group({"one more"}, {kDepot}, {{"g7"}}))).ThenRefused(kTooManyGroups);
  stock.When(To(Group({"g7"}, {kShop, kDepot}))).Then(Changed(51, Group({"g7"}, {kDepot, kShop})));
  for (int n = 51; n < 1'001; ++n) {
    stock.And(Applied(++version, Group({"empty " + std::to_string(n)}, {})));
  }
  stock.When(To(Group({"one more"}, {}))).ThenRefused(kTooManyGroups);
}

TEST_CASE("A change of the network names five thousand things at most, in all its lists",
          "[inventory]") {
  const auto skus = [](int many) {
    std::vector<SkuId> ids;
    for (int n = 0; n < many; ++n) ids.push_back({"sku " + std::to_string(10'000 + n)});
    return SkuSet{.skus = ids};
  };
  const auto rules = [&](int one, int other) {
    return Safety({{.skus = skus(one), .places = {.all = true}, .quantity = {1, 0}},
                   {.skus = skus(other), .places = {.all = true}, .quantity = {2, 0}}});
  };
  Given().When(To(rules(2'500, 2'500))).Then(Changed(1, rules(2'500, 2'500)));
  Given()
      .When(To(rules(2'001, 3'000)))
      .ThenRefused(kBadRule, {{"field", "change.put_safety_rules.rules[1].skus.skus"}});
}

TEST_CASE("A change of the network leaves room in its record for what it leaves short",
          "[inventory]") {
  const auto group = [](int many, std::size_t bytes) {
    std::vector<LocationId> ids;
    for (int n = 0; n < many; ++n) {
      ids.push_back({std::to_string(10'000 + n) + std::string(bytes - 5, 's')});
    }
    return Group(kCity, ids);
  };
  Given().When(To(group(5'000, 30))).Then(Changed(1, group(5'000, 30)));
  Given()
      .When(To(group(5'000, 55)))
      .ThenRefused(kBadRule, {{"field", "change.put_group.group.locations"}});
}

TEST_CASE("A group has nine thousand locations at most, with all groups in it", "[inventory]") {
  const auto stores = [](int first, int many) {
    std::vector<LocationId> ids;
    for (int n = 0; n < many; ++n) ids.push_back({"s" + std::to_string(10'000 + first + n)});
    return ids;
  };
  Given stock(
      Applied(1, Group({"a"}, stores(0, 5'000))), Applied(2, Group({"b"}, stores(4'000, 5'000))),
      Applied(3, Group({"c"}, stores(9'000, 1))), Applied(4, Group({"d"}, {}, {{"a"}, {"b"}})));
  CHECK(stock.world().groups.Get({"d"}).members.size() == 9'000);
  stock.When(To(Group({"d"}, {}, {{"a"}, {"b"}, {"c"}})))
      .ThenRefused(kTooManyGroups, {{"group", "d"}});
  stock.When(To(Group({"b"}, stores(4'001, 5'000)))).ThenRefused(kTooManyGroups, {{"group", "d"}});
}

TEST_CASE("ChangeNetwork names nothing that is not there, and ends nothing that is used",
          "[inventory]") {
  Given stock;
  stock.When(To({.remove_group = RemoveGroup{kCity}}))
      .ThenRefused(kGroupNotFound, {{"group", "city"}});
  stock.When(To(Group({"all"}, {}, {kCity}))).ThenRefused(kGroupNotFound);
  stock.When(To(Safety({Keep(1, {.groups = {kCity}})}))).ThenRefused(kGroupNotFound);
  stock.When(To({.put_channel = ChannelExposure{.channel = {"web"}, .sells_from = kCity}}))
      .ThenRefused(kGroupNotFound);
  stock.When(To({.remove_channel = RemoveChannel{{"web"}}})).ThenRefused(kChannelNotFound);

  stock.And(Applied(1, Group(kCity, {kShop}))).And(Applied(2, Group({"all"}, {}, {kCity})));
  stock.When(To({.remove_group = RemoveGroup{kCity}})).ThenRefused(kGroupInUse);
  stock.And(Applied(3, Safety({Keep(1, {.groups = {{"all"}}})})));
  stock.When(To({.remove_group = RemoveGroup{{"all"}}})).ThenRefused(kGroupInUse);
  const NetworkChange no_rules = Safety({});
  const NetworkChange removed{.remove_group = RemoveGroup{{"all"}}};
  stock.When(To(no_rules)).Then(Changed(4, no_rules));
  stock.When(To(removed)).Then(Changed(5, removed));
}

TEST_CASE("ChangeNetwork gives the reason that comes first, and where", "[inventory]") {
  const auto field = [](const char* name) { return std::vector<Detail>{{"field", name}}; };
  Given stock;
  stock.When(To({})).ThenRefused(kBadRule);
  NetworkChange change = Safety({Keep(-1, {}, {.skus = {{""}}})});
  change.put_safety_rules->rules[0].quantity.scale = 10;
  SafetyRule& rule = change.put_safety_rules->rules[0];
  stock.When(To(change)).ThenRefused(kBadName, field("change.put_safety_rules.rules[0].skus.skus"));
  rule.skus.skus = {};
  stock.When(To(change))
      .ThenRefused(kBadScale, field("change.put_safety_rules.rules[0].quantity.scale"));
  rule.quantity.scale = 0;
  stock.When(To(change))
      .ThenRefused(kBadQuantity, field("change.put_safety_rules.rules[0].quantity.value"));
  rule.quantity.value = 1;
  stock.When(To(change))
      .ThenRefused(kRuleOverNothing, field("change.put_safety_rules.rules[0].skus"));
  rule.skus.all = true;
  stock.When(To(change))
      .ThenRefused(kRuleOverNothing, field("change.put_safety_rules.rules[0].places"));
  rule.places.groups = {kCity};
  stock.When(To(change, 7)).ThenRefused(kGroupNotFound);
  rule.places = {.all = true};
  stock.When(To(change, 7)).ThenRefused(kNetworkChanged);
}

}  // namespace omo::inventory
