// Which shard a key lives in: Kafka's own default partitioner (murmur2 of the key's bytes), so that
// any Kafka client computes the same.
#pragma once

#include <cstdint>
#include <string_view>

#include "libs/core/types.h"

namespace omo {

// Source: org.apache.kafka.common.utils.Utils.murmur2 (seed 0x9747b28c).
std::uint32_t Murmur2(std::string_view key);

// The shard of `key` in a journal of `shard_count` partitions (> 0).
ShardId ShardOf(std::string_view key, std::int32_t shard_count);

}  // namespace omo
