// The receiving end of ShardService.CopyCheckpoint: a peer's rows, so that a shard need not be read
// from its log's beginning. What comes is trusted only when it adds up; the caller (libs/shard)
// reads every row of the copy before it uses one.
#pragma once

#include <absl/status/statusor.h>
#include <grpcpp/channel.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/journal/ownership.h"
#include "libs/shard/runtime.h"

namespace omo::service {

// Copies from the instance behind `channel` into wanted.directory. Blocks; holds one chunk in
// memory; ends soon once `cancelled` and when the peer is silent for long. NOT_FOUND: the peer has
// no copy that is wanted. INVALID_ARGUMENT, FAILED_PRECONDITION: another schema, another log.
// DATA_LOSS: a chunk, a file or the order of things is not as it was told.
absl::StatusOr<shard::CopyMade> CopyCheckpoint(const std::shared_ptr<grpc::Channel>& channel,
                                               const std::string& schema,
                                               const shard::CopyWanted& wanted,
                                               const std::atomic<bool>& cancelled);

// Whom to ask, and in which order.
class PeerCopies {
 public:
  struct Options {
    std::string service;
    std::string schema;
    std::string address;  // Ours: not asked.
    // Whether the directory knows what there is to know; waited for, some seconds from the making
    // of this at most.
    std::function<bool()> directory_ready;
  };
  // `directory` outlives it.
  PeerCopies(Options options, const journal::OwnerDirectory& directory);

  // Runtime::Parts::copy_from_peer: the shard's owner first, then whoever else owns something,
  // since every instance tails every shard. Thread-safe.
  absl::StatusOr<shard::CopyMade> Copy(const shard::CopyWanted& wanted,
                                       const std::atomic<bool>& cancelled) const;

 private:
  absl::StatusOr<shard::CopyMade> Ask(const std::string& peer, const shard::CopyWanted& wanted,
                                      const std::atomic<bool>& cancelled) const;
  void AwaitDirectory(const std::atomic<bool>& cancelled) const;
  std::vector<std::string> Peers(ShardId shard) const;

  const Options options_;
  const journal::OwnerDirectory& directory_;
  const std::chrono::steady_clock::time_point directory_until_;
};

}  // namespace omo::service
