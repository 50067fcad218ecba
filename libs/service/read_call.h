// A query's way through a service: at the asked level of freshness, over confirmed rows of one
// shard, all of them at one position.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/rpc/call_context.h"
#include "libs/rpc/require.h"
#include "libs/shard/runtime.h"
#include "omo/type/v1/read.pb.h"

namespace omo::service {

class ReadCall {
 public:
  // Reads the call's metadata and `options`.
  ReadCall(grpc::CallbackServerContext* context, shard::Runtime& runtime,
           const type::v1::ReadOptions& options);

  rpc::FieldErrors& errors() { return errors_; }
  const rpc::CallContext& context() const { return context_; }

  // Runs `read` under the read lock of the shard's store once the level is reached; it fills the
  // response and `freshness`, which is already set to the position and age of the rows. It may run
  // on this thread (level local) or on the shard's.
  using Fill =
      std::function<grpc::Status(shard::Model& model, const type::v1::Freshness& freshness)>;
  grpc::ServerUnaryReactor* Run(ShardId shard, Fill fill);
  // The same at several shards, one after the other: each at its own position.
  using FillShard = std::function<grpc::Status(ShardId shard, shard::Model& model,
                                               const type::v1::Freshness& freshness)>;
  // One that stands there twice is read twice. `finish` completes the answer when all were read,
  // under no lock.
  grpc::ServerUnaryReactor* RunAtShards(std::vector<ShardId> shards, FillShard fill,
                                        std::function<void()> finish = {});
  grpc::ServerUnaryReactor* RunAtKey(std::string_view key, Fill fill);
  grpc::ServerUnaryReactor* Fail(const grpc::Status& status);

  // For a call that answers by a stream. What is wrong with the request; OK: nothing.
  grpc::Status Faults() const;
  // `end` hears when the shard is at the asked level, or why it is not within `patience`: on this
  // thread or the shard's.
  using End = std::function<void(const grpc::Status&)>;
  void Reach(ShardId shard, Duration patience, End end);

 private:
  grpc::CallbackServerContext* const grpc_;
  shard::Runtime& runtime_;
  const type::v1::ReadOptions options_;
  rpc::CallContext context_;
  grpc::Status bad_context_;
  rpc::FieldErrors errors_;
};

}  // namespace omo::service
