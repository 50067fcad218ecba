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
  generation_ = generation;
  next_attempt_ = std::min(next_attempt_, steady);  // A new assignment ends any back-off.
  back_off_ = Duration{0};
}

void ClaimPolicy::Unassign() { assigned_ = false; }

void ClaimPolicy::SawClaim(const Claimer& claimer) {
  current_ = claimer;
  released_ = false;
  successor_is_us_ = false;
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
  if (foreign_group_) return false;
  if (suspect) return true;
  if (released_ && successor_is_us_) return true;
  if (!assigned_ || steady < next_attempt_) return false;
  if (!current_ || released_) return true;
  const bool ours = current_->instance == instance_;
  if (ours ? current_->generation > generation_ : current_->generation >= generation_) return false;
  return ours || steady >= hand_over_until_;
}

}  // namespace omo::shard
