#include "services/inventory/api/inventory_query_service.h"

#include <set>

namespace omo::inventory {

void CheckPositions(const type::v1::ReadOptions& read, const shard::Runtime& runtime,
                    rpc::FieldErrors& errors) {
  std::set<ShardId> shards;
  for (int i = 0; i < read.min_positions_size(); ++i) {
    const type::v1::Position& position = read.min_positions(i);
    const auto fault = [&](std::string_view field, std::string_view reason,
                           std::string_view message) {
      errors.Add(rpc::FieldAt("read.min_positions", static_cast<std::size_t>(i), field), reason,
                 message);
    };
    if (position.shard() < 0 || position.shard() >= runtime.shards()) {
      fault("shard", "OUT_OF_RANGE", "there is no such shard");
    } else if (!shards.insert(position.shard()).second) {
      fault("shard", "REPEATED", "at most one position a shard");
    }
    if (position.offset() < 0) fault("offset", "OUT_OF_RANGE", "not an offset");
  }
}

ShardId ShardOfList(const shard::Runtime& runtime, service::ReadCall& call) {
  const std::optional<ShardId> shard = call.context().shard;
  if (!shard) {
    call.errors().Add(rpc::kShardKey, "REQUIRED", "a list is asked shard by shard, by the gateway");
  } else if (*shard >= runtime.shards()) {
    call.errors().Add(rpc::kShardKey, "OUT_OF_RANGE", "there is no such shard");
  }
  return shard.value_or(0);
}

}  // namespace omo::inventory
