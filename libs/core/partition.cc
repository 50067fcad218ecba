#include "libs/core/partition.h"

namespace omo {

std::uint32_t Murmur2(std::string_view key) {
  constexpr std::uint32_t kMultiplier = 0x5bd1e995;
  const auto byte = [&](std::size_t at) -> std::uint32_t {
    return static_cast<unsigned char>(key[at]);
  };
  std::uint32_t hash = 0x9747b28c ^ static_cast<std::uint32_t>(key.size());
  std::size_t at = 0;
  for (; at + 4 <= key.size(); at += 4) {
    std::uint32_t word = byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24;
    word *= kMultiplier;
    word ^= word >> 24;
    word *= kMultiplier;
    hash = (hash * kMultiplier) ^ word;
  }
  const std::size_t left = key.size() - at;
  if (left >= 3) hash ^= byte(at + 2) << 16;
  if (left >= 2) hash ^= byte(at + 1) << 8;
  if (left >= 1) hash = (hash ^ byte(at)) * kMultiplier;
  hash ^= hash >> 13;
  hash *= kMultiplier;
  return hash ^ (hash >> 15);
}

ShardId ShardOf(std::string_view key, std::int32_t shard_count) {
  return static_cast<ShardId>((Murmur2(key) & 0x7fffffffU) %
                              static_cast<std::uint32_t>(shard_count));
}

}  // namespace omo
