// The sending end of ShardService.CopyCheckpoint: makes a checkpoint of a shard's store, by hard
// links, and streams its files. A thread for each copy; the shard's loop never knows of it.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>

#include "libs/shard/runtime.h"
#include "omo/journal/v1/shard_service.pb.h"

namespace omo::service {

class CheckpointSender {
 public:
  // Checkpoints are made in `folder`, on the stores' file system; what an earlier process left
  // there is deleted. `runtime` outlives it.
  CheckpointSender(shard::Runtime& runtime, std::filesystem::path folder);
  // Waits for copies under way: the server has ended their calls.
  ~CheckpointSender();

  // A call's reactor. Refuses more than a few copies at a time, and ends one whose caller reads
  // nothing for half a minute. Thread-safe.
  grpc::ServerWriteReactor<journal::v1::CopyCheckpointResponse>* Send(
      grpc::CallbackServerContext& call, const journal::v1::CopyCheckpointRequest& request);

 private:
  class Sending;

  grpc::Status Copy(const journal::v1::CopyCheckpointRequest& request, Sending& out);
  grpc::Status CopyFrom(const std::filesystem::path& copy,
                        const journal::v1::CopyCheckpointRequest& request, Sending& out);

  shard::Runtime& runtime_;
  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int under_way_ = 0;
  std::uint64_t next_ = 0;  // Names the next checkpoint.
};

}  // namespace omo::service
