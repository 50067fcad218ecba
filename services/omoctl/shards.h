// An operator's orders to one shard, given to an instance's own port (journal.v1.ShardService).
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/channel.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "libs/core/types.h"

namespace omo::omoctl {

struct ShardOrder {
  ShardId shard = 0;
  std::string decided_by;
  std::string reason;
};

// Makes the record at `offset`, where the shard is stopped, void for every reader, and waits until
// the instance has gone on. FAILED_PRECONDITION: the shard is not stopped at that record; nothing
// was written. DEADLINE_EXCEEDED: it has not gone on within `patience`.
absl::Status SkipRecord(const std::shared_ptr<grpc::Channel>& instance, const ShardOrder& order,
                        Offset offset, std::chrono::seconds patience);

// Writes the feature into the log of a shard that the instance owns; the record's offset.
// FAILED_PRECONDITION: it does not own it, or its release is older than the feature.
absl::StatusOr<Offset> EnableFeature(const std::shared_ptr<grpc::Channel>& instance, ShardId shard,
                                     const std::string& feature, std::int32_t level);

// Moves the time of a shard that the instance owns back to its clock's; the record's offset.
// FAILED_PRECONDITION: it does not own it, or the time is not ahead.
absl::StatusOr<Offset> TakeClockTime(const std::shared_ptr<grpc::Channel>& instance,
                                     const ShardOrder& order);

}  // namespace omo::omoctl
