// Who should try to own which shard, and who does: hints for liveness, never for safety
// (protocol.md 2.6, 2.7). Safety is in the log alone.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libs/core/types.h"

namespace omo::journal {

// The shards that this instance should own, from the group's newest rebalance.
struct Assignment {
  std::string group;
  std::int32_t generation = 0;
  std::vector<ShardId> shards;
};

// A member of a service's group. `on_assignment` is called on the membership's own thread with each
// new assignment (an empty one when all was revoked for good or the instance was fenced).
class Membership {
 public:
  virtual ~Membership() = default;
  // Leaves the group, so that the others are assigned this member's shards at once.
  virtual void Leave() = 0;
};

// Who owns a shard, as published by owners after their claim was applied.
struct Owner {
  std::string service;
  ShardId shard = 0;
  std::uint64_t log_id = 0;
  std::uint64_t term = 0;
  std::string instance;
  std::string address;  // host:port of its gRPC server; empty: released, nobody owns it just now.
  bool operator==(const Owner&) const = default;
};

// The compacted topic omo.owners: published by owners, tailed by everyone who routes. Thread-safe.
class OwnerDirectory {
 public:
  virtual ~OwnerDirectory() = default;
  // Publishes without waiting. An entry that is older (same log, lower term) than the known one
  // changes nothing for readers.
  virtual void Publish(const Owner& owner) = 0;
  // The entry with the highest term of the newest log seen, if any.
  virtual std::optional<Owner> Find(const std::string& service, ShardId shard) const = 0;
  // All entries of a service.
  virtual std::vector<Owner> List(const std::string& service) const = 0;
  // Calls `listener` on the directory's own thread with every change that Find would show.
  virtual void Listen(std::function<void(const Owner&)> listener) = 0;
};

}  // namespace omo::journal
