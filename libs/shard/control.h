// The journal's own records, made and read: claims, barriers, releases, hashes (protocol.md 1.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "libs/core/types.h"
#include "libs/journal/record.h"

namespace omo::shard {

struct Claimer {
  std::string instance;
  std::string address;
  std::string group;
  std::int32_t generation = 0;
  std::int32_t feature_level = 0;
  static auto Fields(auto& self) {
    return std::tie(self.instance, self.address, self.group, self.generation, self.feature_level);
  }
};

struct StateHashNote {
  std::int32_t schema = 0;
  Offset offset = kNoOffset;
  std::uint64_t hash = 0;
};

struct FeatureNote {
  std::string name;
  std::int32_t level = 0;
  static auto Fields(auto& self) { return std::tie(self.name, self.level); }
};

// Values of control records. The record's type is journal::TypeOf of the kind.
std::string ClaimValue(const Claimer& claimer);
std::string BarrierValue();
std::string ReleaseValue(const std::string& successor);
std::string StateHashValue(const StateHashNote& note);
std::string SkipValue(Offset offset, std::uint32_t checksum, const std::string& decided_by,
                      const std::string& reason);
std::string SealValue(const std::string& next_topic);
std::string SetTimeValue(Time now, const std::string& decided_by, const std::string& reason);
std::string FeatureEnabledValue(const FeatureNote& note);

// nullopt when `value` does not hold that kind.
std::optional<Claimer> ReadClaim(const std::string& value);
std::optional<std::string> ReadRelease(const std::string& value);
std::optional<StateHashNote> ReadStateHash(const std::string& value);
std::optional<Time> ReadSetTime(const std::string& value);
std::optional<FeatureNote> ReadFeatureEnabled(const std::string& value);
// The record that an operator made void: its checksum, too, for whoever reads another log.
struct SkipNote {
  Offset offset = kNoOffset;
  std::uint32_t checksum = 0;
  auto operator<=>(const SkipNote&) const = default;  // NOLINT(modernize-use-nullptr)
};
std::optional<SkipNote> ReadSkip(const std::string& value);

}  // namespace omo::shard
