// One record of a journal: what is in Kafka's key, headers, timestamp and value (protocol.md 1.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libs/core/types.h"

namespace omo::journal {

// What the log alone decides ownership and order by. Written big-endian, in this order.
struct Fence {
  std::uint64_t term = 0;
  std::uint64_t nonce = 0;              // Drawn from the operating system for each claim attempt.
  std::uint64_t seq = 0;                // 0 for the claim, then 1, 2, … within the term.
  std::uint64_t command_hash = 0;       // Of the command behind an event; 0 for control records.
  std::uint32_t previous_checksum = 0;  // Of the valid record before this one.
  bool operator==(const Fence&) const = default;
};

inline constexpr std::size_t kFenceBytes = 36;
std::string EncodeFence(const Fence& fence);
// nullopt when `bytes` are not kFenceBytes long.
std::optional<Fence> DecodeFence(std::string_view bytes);

struct Record {
  Fence fence;
  std::string type;   // Header ce_type: the full name of the event's message, or a control's.
  std::string id;     // Header ce_id: the command id; empty for control records.
  std::string key;    // The subject; empty for control records.
  std::string value;  // One serialised message of the journal's event type.
  Time stamp{};       // The owner's `now`.
  bool operator==(const Record&) const = default;
};

// CRC-32 (IEEE, zlib's) over fence, type, id, key, value, each behind its 32-bit length, and stamp.
std::uint32_t Checksum(const Record& record);

// What a record is for the journal. Every type outside omo.journal.v1 is an event.
enum class Kind {
  kEvent,
  kClaim,
  kBarrier,
  kRelease,
  kStateHash,
  kSkip,
  kSeal,
  kCarried,
  kSetTime,
  kProgress,
  kFeatureEnabled,
  kUnknownControl,  // Of a later release: a reader stops.
};

Kind KindOf(std::string_view type);
// The ce_type of a control record; `kind` is none of kEvent, kUnknownControl.
std::string_view TypeOf(Kind kind);

}  // namespace omo::journal
