// From a request's bytes to its shard, reading no more than the way to its key.
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "libs/core/partition.h"
#include "libs/core/types.h"
#include "libs/rpc/route.h"

namespace omo::rpc {

// Calls `visit(key)` for each key in the request's order: one for a plain path (or a route whose
// key is stated), one an entry for a path through a list. As protobuf reads it: of a field given
// twice the last counts, wrong types do not. INVALID_ARGUMENT: REQUIRED with the entry's path when
// a key is absent or empty or the list is empty, MALFORMED when the bytes are no message. What
// visit returned not ok is returned at once.
grpc::Status ForEachKey(const Route& route, std::string_view request,
                        const std::function<grpc::Status(std::string_view key)>& visit);

// The shard of a ROUTE_KIND_KEY request. Besides ForEachKey's: LINES_OF_SEVERAL_SHARDS.
grpc::Status FindShard(const Route& route, std::string_view request, std::int32_t shard_count,
                       ShardId& shard);

// Lines by the shard of their key, each shard's in the given order: what a caller with lines of
// several shards sends as one command a shard. `key_of(line)` gives something like a string_view.
template <class Line, class KeyOf>
std::map<ShardId, std::vector<Line>> GroupByShard(std::span<const Line> lines, KeyOf key_of,
                                                  std::int32_t shard_count) {
  std::map<ShardId, std::vector<Line>> groups;
  for (const Line& line : lines) groups[ShardOf(key_of(line), shard_count)].push_back(line);
  return groups;
}

}  // namespace omo::rpc
