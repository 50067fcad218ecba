#include "libs/hold/hold.h"

#include <algorithm>

namespace omo::hold {
namespace {

std::optional<Obstacle> EndInTheWay(const Life& life, Time now) {
  switch (life.stage) {
    case Stage::kCancelled:
      return Obstacle::kCancelled;
    case Stage::kReleased:
      return Obstacle::kReleased;
    case Stage::kExpired:
      return Obstacle::kExpired;
    case Stage::kFulfilled:
      return Obstacle::kFulfilled;
    case Stage::kHeld:
      if (IsDue(life, now)) return Obstacle::kExpired;
      return std::nullopt;
    case Stage::kNone:
    case Stage::kCommitted:
    case Stage::kShort:
    case Stage::kPartlyFulfilled:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

bool IsEnd(Stage stage) { return stage >= Stage::kFulfilled; }

void Fulfil(Units& units, Quantity quantity) {
  units.fulfilled += quantity;
  units.missing = std::min(units.missing, units.Open());
}

void Release(Units& units, Quantity quantity) {
  units.released += quantity;
  units.missing -= std::min(units.missing, quantity);
}

void ExpireAll(Units& units) {
  units.expired += units.Open();
  units.missing = 0;
}

void MarkMissing(Units& units, Quantity quantity) { units.missing += quantity; }

void MoveAway(Units& units, Quantity quantity) {
  units.held -= quantity;
  units.missing -= std::min(units.missing, quantity);
}

void MoveIn(Units& units, Quantity quantity) { units.held += quantity; }

Units operator+(const Units& left, const Units& right) {
  return {.held = left.held + right.held,
          .fulfilled = left.fulfilled + right.fulfilled,
          .released = left.released + right.released,
          .expired = left.expired + right.expired,
          .missing = left.missing + right.missing};
}

Stage StageAfter(Stage before, const Units& total) {
  if (IsEnd(before)) return before;
  if (total.Open() > 0) {
    if (before == Stage::kHeld) return Stage::kHeld;
    if (total.missing > 0) return Stage::kShort;
    return total.fulfilled > 0 ? Stage::kPartlyFulfilled : Stage::kCommitted;
  }
  if (total.fulfilled > 0) return Stage::kFulfilled;
  if (total.expired > 0) return Stage::kExpired;
  return before == Stage::kShort ? Stage::kCancelled : Stage::kReleased;
}

std::optional<Obstacle> ToPlace(const Limits& limits, Duration term) {
  if (term <= Duration{0} || term > limits.term_max) return Obstacle::kBadTerm;
  return std::nullopt;
}

std::optional<Obstacle> ToExtend(const Life& life, const Limits& limits, Duration term, Time now) {
  if (auto obstacle = ToPlace(limits, term)) return obstacle;
  if (auto obstacle = EndInTheWay(life, now)) return obstacle;
  if (life.stage != Stage::kHeld) return Obstacle::kCommitted;
  if (life.extensions >= limits.extensions_max) return Obstacle::kTooManyExtensions;
  if (now + term > life.made_at + limits.life_max) return Obstacle::kTooOld;
  if (now + term <= life.ends_at) return Obstacle::kNotLonger;
  return std::nullopt;
}

std::optional<Obstacle> ToCommit(const Life& life, Time now) {
  if (auto obstacle = EndInTheWay(life, now)) return obstacle;
  if (life.stage != Stage::kHeld) return Obstacle::kCommitted;
  return std::nullopt;
}

std::optional<Obstacle> ToUse(const Life& life, Time now) {
  if (auto obstacle = EndInTheWay(life, now)) return obstacle;
  if (life.stage == Stage::kHeld) return Obstacle::kNotCommitted;
  return std::nullopt;
}

bool IsDue(const Life& life, Time now) { return life.stage == Stage::kHeld && now >= life.ends_at; }

}  // namespace omo::hold
