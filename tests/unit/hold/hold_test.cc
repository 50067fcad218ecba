#include "libs/hold/hold.h"

#include "tests/support/catch.h"

namespace omo::hold {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Time kNoon{hours{12}};
constexpr Limits kLimits{.term_max = minutes{60}, .extensions_max = 2, .life_max = minutes{100}};

Life Held(Duration term) {
  return {.stage = Stage::kHeld, .made_at = kNoon, .ends_at = kNoon + term};
}

}  // namespace

TEST_CASE("Units say where each held one went", "[hold]") {
  Units units{.held = 10};
  Fulfil(units, 3);
  Release(units, 2);
  CHECK(units.Open() == 5);
  MoveAway(units, 1);
  MoveIn(units, 4);
  CHECK(units.held == 13);
  CHECK(units.Open() == 8);
  ExpireAll(units);
  CHECK(units == Units{.held = 13, .fulfilled = 3, .released = 2, .expired = 8});
}

TEST_CASE("Missing units are given back first and handed over last", "[hold]") {
  Units units{.held = 10};
  MarkMissing(units, 4);
  Fulfil(units, 6);
  CHECK(units.missing == 4);
  Fulfil(units, 1);
  CHECK(units.missing == 3);
  Release(units, 1);
  CHECK(units.missing == 2);
  MoveAway(units, 2);
  CHECK(units.missing == 0);
  CHECK(units.Open() == 0);
}

TEST_CASE("A hold's stage follows from what its lines add up to", "[hold]") {
  CHECK(StageAfter(Stage::kHeld, {.held = 4, .released = 3}) == Stage::kHeld);
  CHECK(StageAfter(Stage::kHeld, {.held = 4, .released = 4}) == Stage::kReleased);
  CHECK(StageAfter(Stage::kHeld, {.held = 4, .released = 1, .expired = 3}) == Stage::kExpired);
  CHECK(StageAfter(Stage::kCommitted, {.held = 4}) == Stage::kCommitted);
  CHECK(StageAfter(Stage::kCommitted, {.held = 4, .fulfilled = 1}) == Stage::kPartlyFulfilled);
  CHECK(StageAfter(Stage::kCommitted, {.held = 4, .missing = 1}) == Stage::kShort);
  CHECK(StageAfter(Stage::kShort, {.held = 4}) == Stage::kCommitted);
  CHECK(StageAfter(Stage::kShort, {.held = 4, .released = 4}) == Stage::kCancelled);
  CHECK(StageAfter(Stage::kPartlyFulfilled, {.held = 4, .fulfilled = 1, .released = 3}) ==
        Stage::kFulfilled);
}

TEST_CASE("An end is never left", "[hold]") {
  for (const Stage end :
       {Stage::kFulfilled, Stage::kReleased, Stage::kExpired, Stage::kCancelled}) {
    CHECK(IsEnd(end));
    CHECK(StageAfter(end, {.held = 4}) == end);
  }
  for (const Stage live :
       {Stage::kNone, Stage::kHeld, Stage::kCommitted, Stage::kShort, Stage::kPartlyFulfilled}) {
    CHECK(!IsEnd(live));
  }
}

TEST_CASE("A hold is over at its end, not before", "[hold]") {
  const Life life = Held(minutes{15});
  CHECK(!IsDue(life, kNoon + minutes{15} - Duration{1}));
  CHECK(IsDue(life, kNoon + minutes{15}));
  CHECK(ToCommit(life, kNoon + minutes{15} - Duration{1}) == std::nullopt);
  CHECK(ToCommit(life, kNoon + minutes{15}) == Obstacle::kExpired);
  CHECK(ToCommit({.stage = Stage::kCommitted}, kNoon) == Obstacle::kCommitted);
  CHECK(!IsDue({.stage = Stage::kCommitted}, kNoon + hours{100}));
}

TEST_CASE("Only what is committed can be used", "[hold]") {
  CHECK(ToUse(Held(minutes{15}), kNoon) == Obstacle::kNotCommitted);
  CHECK(ToUse(Held(minutes{15}), kNoon + minutes{15}) == Obstacle::kExpired);
  CHECK(ToUse({.stage = Stage::kCommitted}, kNoon) == std::nullopt);
  CHECK(ToUse({.stage = Stage::kShort}, kNoon) == std::nullopt);
  CHECK(ToUse({.stage = Stage::kPartlyFulfilled}, kNoon) == std::nullopt);
  CHECK(ToUse({.stage = Stage::kReleased}, kNoon) == Obstacle::kReleased);
  CHECK(ToUse({.stage = Stage::kCancelled}, kNoon) == Obstacle::kCancelled);
  CHECK(ToUse({.stage = Stage::kFulfilled}, kNoon) == Obstacle::kFulfilled);
}

TEST_CASE("An extension is bounded in length, number and total life", "[hold]") {
  Life life = Held(minutes{50});
  const auto extend = [&](Duration term) { return ToExtend(life, kLimits, term, kNoon); };
  CHECK(extend(Duration{0}) == Obstacle::kBadTerm);
  CHECK(extend(minutes{61}) == Obstacle::kBadTerm);
  CHECK(extend(minutes{50}) == Obstacle::kNotLonger);
  CHECK(extend(minutes{51}) == std::nullopt);
  CHECK(ToExtend(life, kLimits, minutes{51}, kNoon + minutes{49}) == std::nullopt);
  CHECK(ToExtend(life, kLimits, minutes{52}, kNoon + minutes{49}) == Obstacle::kTooOld);
  life.extensions = 2;
  CHECK(extend(minutes{51}) == Obstacle::kTooManyExtensions);
  life.stage = Stage::kCommitted;
  CHECK(extend(minutes{51}) == Obstacle::kCommitted);
}

}  // namespace omo::hold
