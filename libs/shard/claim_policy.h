// When an instance should try to own a shard (protocol.md 2.6). Liveness only: whatever this says,
// the log alone decides who owns. Pure; times are of a clock that never jumps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "libs/core/types.h"
#include "libs/shard/control.h"

namespace omo::shard {

class ClaimPolicy {
 public:
  ClaimPolicy(std::string instance, std::string group);

  // The group gave us the shard, or took it away.
  void Assign(std::int32_t generation, Time steady);
  void Unassign();
  // This instance is not fit to own: no claim, not even to settle, before the next assignment.
  void Forbid();
  bool assigned() const { return assigned_; }
  std::int32_t generation() const { return generation_; }

  // What the log says: a valid claim, the end of a term in good order, our own claim won, our
  // ownership lost.
  void SawClaim(const Claimer& claimer);
  void SawRelease(const std::string& successor);
  void Won(Time steady);
  void Lost(Time steady);

  // Whether the owner is still to be asked to hand over, once an assignment; read the log to its
  // end before. No claim until it was asked, and then none before `until` unless it releases.
  bool MustAskOwner() const;
  void AskedOwner(Time until);
  // The owner cannot be reached: nothing to wait for.
  void OwnerUnreachable() { hand_over_until_ = Time{}; }

  // Whether to claim now. `suspect`: our own term is in doubt and only a claim settles it.
  bool MayClaim(bool suspect, Time steady) const;
  // The claims on this shard come from another deployment's group: stop and page.
  bool ForeignGroup() const { return foreign_group_; }
  // The instance that is to be asked for a hand-over, if another lives in the current claim.
  const std::optional<Claimer>& current() const { return current_; }
  bool released() const { return released_; }
  // When a claim may be due without news; Time::max() when it takes news.
  Time NextClaim() const;

 private:
  bool OwnerIsOlder() const;

  const std::string instance_;
  const std::string group_;
  bool assigned_ = false;
  bool forbidden_ = false;
  std::int32_t generation_ = 0;
  std::optional<Claimer> current_;
  bool released_ = false;
  bool successor_is_us_ = false;
  bool foreign_group_ = false;
  bool asked_ = false;  // The owner, since the assignment or its newest claim.
  Time hand_over_until_{};
  Time won_at_{};
  Time next_attempt_{};
  Duration back_off_{0};
};

}  // namespace omo::shard
