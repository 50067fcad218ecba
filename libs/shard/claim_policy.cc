#include "libs/shard/claim_policy.h"

#include <algorithm>
#include <utility>

namespace omo::shard {
namespace {

constexpr Duration kBackOffMin{100};
constexpr Duration kBackOffMax{30'000};
constexpr Duration kLongTenure{10'000};  // A term that lasted this long was no steal.

}  // namespace

ClaimPolicy::ClaimPolicy(std::string instance, std::string group)
    : instance_(std::move(instance)), group_(std::move(group)) {}

void ClaimPolicy::Assign(std::int32_t generation, Time steady) {
  assigned_ = true;
  forbidden_ = false;
  asked_ = asked_ && generation == generation_;
  generation_ = generation;
  next_attempt_ = std::min(next_attempt_, steady);  // A new assignment ends any back-off.
  back_off_ = Duration{0};
}

void ClaimPolicy::Unassign() { assigned_ = false; }

void ClaimPolicy::Forbid() {
  assigned_ = false;
  forbidden_ = true;
}

void ClaimPolicy::SawClaim(const Claimer& claimer) {
  current_ = claimer;
  released_ = false;
  successor_is_us_ = false;
  asked_ = false;
  foreign_group_ = claimer.group != group_;
}

void ClaimPolicy::SawRelease(const std::string& successor) {
  released_ = true;
  successor_is_us_ = successor == instance_;
}

void ClaimPolicy::Won(Time steady) { won_at_ = steady; }

void ClaimPolicy::Lost(Time steady) {
  const bool short_tenure = steady - won_at_ < kLongTenure;
  back_off_ = short_tenure ? std::clamp(back_off_ * 2, kBackOffMin, kBackOffMax) : Duration{0};
  next_attempt_ = steady + back_off_;
}

bool ClaimPolicy::MayClaim(bool suspect, Time steady) const {
  if (foreign_group_ || forbidden_) return false;
  if (suspect) return true;
  if (released_ && successor_is_us_) return true;
  if (!assigned_ || steady < next_attempt_) return false;
  if (!current_ || released_) return true;
  if (current_->instance == instance_) return current_->generation <= generation_;
  return OwnerIsOlder() && asked_ && steady >= hand_over_until_;
}

// Another instance owns by an older assignment than ours.
bool ClaimPolicy::OwnerIsOlder() const {
  return assigned_ && current_ && !released_ && !foreign_group_ &&
         current_->instance != instance_ && current_->generation < generation_;
}

bool ClaimPolicy::MustAskOwner() const { return OwnerIsOlder() && !asked_; }

void ClaimPolicy::AskedOwner(Time until) {
  asked_ = true;
  hand_over_until_ = until;
}

Time ClaimPolicy::NextClaim() const {
  if (!assigned_ || foreign_group_) return Time::max();
  const bool waits = OwnerIsOlder() && asked_;
  return waits ? std::max(next_attempt_, hand_over_until_) : next_attempt_;
}

}  // namespace omo::shard
