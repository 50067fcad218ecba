#include "libs/shard/command_ids.h"

#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace omo::shard {
namespace {

std::int64_t HourOf(Time time) {
  return std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
}

}  // namespace

IdKey MakeIdKey(std::string_view caller, std::string_view id, Time created) {
  std::string bytes;
  bytes.reserve(caller.size() + 1 + id.size());
  bytes.append(caller).push_back('\0');
  bytes.append(id);
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {.hour = HourOf(created), .high = hash.high64, .low = hash.low64};
}

CommandIds::CommandIds(Table<IdKey, IdRow>& rows, Duration window) : rows_(rows), window_(window) {}

std::optional<CommandIds::Known> CommandIds::Find(const IdKey& key) const {
  if (const auto flight = in_flight_.find(key); flight != in_flight_.end()) {
    return Known{
        .in_flight = true, .seq = flight->second.seq, .command_hash = flight->second.command_hash};
  }
  if (Forgotten(key)) return std::nullopt;
  const IdRow* row = rows_.Find(key);
  if (row == nullptr) return std::nullopt;
  return Known{.offset = row->offset, .command_hash = row->command_hash};
}

void CommandIds::BeginFlight(const IdKey& key, std::uint64_t seq, std::uint64_t command_hash) {
  in_flight_[key] = {.seq = seq, .command_hash = command_hash};
}

void CommandIds::Confirm(const IdKey& key, Offset offset, std::uint64_t command_hash, Time stamp) {
  in_flight_.erase(key);
  if (!Forgotten(key)) rows_.Put(key, {.offset = offset, .command_hash = command_hash});
  const std::int64_t floor = HourOf(stamp - window_);
  if (floor <= floor_hour_) return;
  floor_hour_ = floor;
  floor_moved_ = true;
}

void CommandIds::TimeMovedBack(Time to, Duration id_future_max) {
  const std::int64_t floor = HourOf(to - window_);
  if (floor >= floor_hour_) return;  // Nothing was forgotten before its time.
  floor_hour_ = floor;
  unknown_before_ = std::max(unknown_before_, to + id_future_max);
}

}  // namespace omo::shard
