// Keys in the order of their bytes, whatever bytes they have.
#include "libs/store/ordered_index.h"

#include <map>
#include <random>
#include <string>

#include "tests/support/catch.h"

namespace omo::testing {
namespace {

TEST_CASE("An ordered index orders, finds and removes as a map of strings does", "[store]") {
  const std::string alphabet("\0\1\x7F\x80\xFF", 5);
  std::minstd_rand random(3);
  const auto below = [&random](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  const auto any_key = [&] {
    std::string key(1, '\x02');
    // Mostly alike, so that keys differ in any one of their bytes.
    for (std::size_t left = below(20); left > 0; --left) {
      key.push_back(below(6) == 0 ? alphabet[below(5)] : 'k');
    }
    return key;
  };
  store::OrderedIndex<int> index;
  std::map<std::string, int> model;
  for (int round = 0; round < 5'000; ++round) {
    const std::string key = any_key();
    const auto [at, inserted] = model.try_emplace(key, round);
    if (inserted) {
      index.Insert(key, at->second);
    } else if (below(2) == 0) {
      index.Remove(key);
      model.erase(at);
    }
  }
  REQUIRE(model.size() > 500);
  auto place = index.begin();
  for (const auto& [key, value] : model) {
    REQUIRE(place->key == key);
    REQUIRE(*place->entry == value);
    ++place;
  }
  CHECK(place == index.end());
  for (int round = 0; round < 5'000; ++round) {
    const std::string key = any_key();
    const auto lower = model.lower_bound(key);
    const auto upper = model.upper_bound(key);
    REQUIRE((lower == model.end() ? index.lower_bound(key) == index.end()
                                  : index.lower_bound(key)->key == lower->first));
    REQUIRE((upper == model.end() ? index.upper_bound(key) == index.end()
                                  : index.upper_bound(key)->key == upper->first));
  }
}

}  // namespace
}  // namespace omo::testing
