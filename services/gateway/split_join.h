// ROUTE_KIND_KEYS on bytes: one request becomes one a shard, their answers become one in the asked
// order. No message is parsed: putting protobuf messages behind each other merges them.
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/core/types.h"
#include "libs/rpc/route.h"

namespace omo::gateway {

// A shard's share of a request.
struct ShardPart {
  ShardId shard = 0;
  std::string request;
  std::vector<std::size_t> asked;  // Places of its keys in the whole request.
};

// Parts in the order of their first keys. A part has the shard's own keys and all other fields of
// the request. INVALID_ARGUMENT as rpc::ForEachKey.
grpc::Status SplitByShard(const rpc::Route& route, std::string_view request,
                          std::int32_t shard_count, std::vector<ShardPart>& parts);

// The joined response: the answers in the order of the asked keys, all other fields of all
// responses merged (so a repeated position has one a shard). `responses` are those of `parts`,
// which must hold one answer a key in the key's order; INTERNAL otherwise.
grpc::Status JoinAnswers(const rpc::Route& route, const std::vector<ShardPart>& parts,
                         const std::vector<std::string_view>& responses, std::string& joined);

}  // namespace omo::gateway
