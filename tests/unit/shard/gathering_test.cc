#include "libs/shard/gathering.h"

#include "tests/support/catch.h"

namespace omo::shard {
namespace {

constexpr Time At(int millis) { return Time{Duration{1'000 + millis}}; }

TEST_CASE("a loop that is not busy decides at once, whatever is in flight", "[shard]") {
  Gathering gathering;
  CHECK(gathering.MayDecide(0, 1, At(0)));
  CHECK(gathering.MayDecide(1, 1, At(0)));
  CHECK(gathering.MayDecide(400, 1, At(0)));
}

TEST_CASE("a busy loop waits until all came back, and then a moment", "[shard]") {
  Gathering gathering;
  CHECK(gathering.MayDecide(0, 600, At(0)));
  CHECK_FALSE(gathering.MayDecide(600, 5, At(1)));
  CHECK_FALSE(gathering.MayDecide(3, 50, At(2)));
  CHECK_FALSE(gathering.MayDecide(0, 60, At(3)));
  CHECK(gathering.until() == At(4));
  CHECK(gathering.MayDecide(0, 90, At(4)));
}

TEST_CASE("a busy loop does not wait for a slow broker for ever", "[shard]") {
  Gathering gathering;
  CHECK(gathering.MayDecide(0, 600, At(0)));
  CHECK_FALSE(gathering.MayDecide(1, 5, At(9)));
  CHECK(gathering.until() == At(10));
  CHECK(gathering.MayDecide(1, 5, At(10)));
}

TEST_CASE("a loop that was busy is not once the load is gone", "[shard]") {
  Gathering gathering;
  CHECK(gathering.MayDecide(0, 600, At(0)));
  CHECK_FALSE(gathering.MayDecide(0, 1, At(5)));
  CHECK(gathering.MayDecide(0, 1, At(6)));
  CHECK(gathering.MayDecide(1, 1, At(6)));
  CHECK(gathering.MayDecide(0, 1, At(7)));
}

}  // namespace
}  // namespace omo::shard
