// What a request to inventory may hold: every fault is noted with its field's path, so that a
// caller mends all of them at once. Limits are the domain's; what depends on state is its business.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/rpc/require.h"
#include "libs/shard/runtime.h"
#include "omo/inventory/v1/inventory_service.pb.h"
#include "services/inventory/domain/ids.h"

namespace omo::inventory {

inline constexpr std::size_t kNameBytesMax = 128;
inline constexpr std::size_t kReasonBytesMax = 1'000;
inline constexpr std::int64_t kCommandLinesMax = 100;
inline constexpr std::int64_t kHoldSecondsMax = 14'400;

// An id, or nothing.
void CheckOptionalName(rpc::FieldErrors& errors, std::string_view field, const std::string& value);
inline void CheckName(rpc::FieldErrors& errors, std::string_view field, const std::string& value) {
  errors.RequireId(field, value, kNameBytesMax);
}
// Text for people that must be given.
void CheckText(rpc::FieldErrors& errors, std::string_view field, const std::string& value,
               std::size_t bytes_max);

// What a quantity may be.
enum class Sign { kPositive, kNotNegative, kNotZero, kAny };
void CheckQuantity(rpc::FieldErrors& errors, std::string_view field, bool present,
                   const type::v1::Quantity& quantity, Sign sign);

// A named bucket in which `command` can change units; UNSPECIFIED counts as AVAILABLE.
enum class BucketUse { kArrive, kMove, kAdjust };
void CheckBucket(rpc::FieldErrors& errors, std::string_view field, v1::Bucket bucket,
                 BucketUse use);

void CheckMethod(rpc::FieldErrors& errors, std::string_view field, events::v1::Method method);
void CheckHoldSeconds(rpc::FieldErrors& errors, std::int32_t seconds);
// A time by the caller's clock, which may be a little ahead of `now`.
void CheckClock(rpc::FieldErrors& errors, std::string_view field, std::int64_t time_ms, Time now);
void CheckProfile(rpc::FieldErrors& errors, bool present, const v1::LocationProfile& profile);

// Notes the faults that `check(faults, message)` finds in each message of a list with its path.
template <class Messages, class Check>
void CheckEach(rpc::FieldErrors& errors, std::string_view list, const Messages& messages,
               Check check) {
  for (int i = 0; i < messages.size(); ++i) {
    rpc::FieldErrors faults;
    check(faults, messages[i]);
    for (const rpc::FieldError& fault : faults.errors()) {
      errors.Add(rpc::FieldAt(list, static_cast<std::size_t>(i), fault.field), fault.reason,
                 fault.message);
    }
  }
}

// A location's id: a name that is not marked as a group's place.
void CheckLocation(rpc::FieldErrors& errors, std::string_view field, const std::string& value);

void CheckLine(rpc::FieldErrors& errors, const v1::Line& line);
// The same, which may name a group.
void CheckPlacedLine(rpc::FieldErrors& errors, const v1::Line& line);
// All SKUs of the lines live in the shard of `sku`: one command is one event in one shard.
template <class Lines>
void CheckOneShard(rpc::FieldErrors& errors, const shard::Runtime& runtime, const std::string& sku,
                   const Lines& lines, std::string_view list = "lines",
                   std::string_view message = "in another shard; send one command a shard") {
  for (int i = 0; i < lines.size(); ++i) {
    if (lines[i].sku() == sku) continue;
    if (runtime.ShardOfKey(lines[i].sku()) == runtime.ShardOfKey(sku)) continue;
    errors.Add(rpc::FieldAt(list, static_cast<std::size_t>(i), "sku"), "LINES_OF_SEVERAL_SHARDS",
               message);
  }
}

// 1 to 100 lines in which `check` finds no fault and whose SKUs share a shard. Answers the first
// one's SKU: the command's key.
template <class Lines, class Check>
const std::string& CheckKeyLines(rpc::FieldErrors& errors, const shard::Runtime& runtime,
                                 const Lines& lines, Check check, std::string_view list = "lines") {
  static const std::string kNone;
  if (!errors.RequireCount(list, lines.size(), kCommandLinesMax)) return kNone;
  CheckEach(errors, list, lines, check);
  CheckOneShard(errors, runtime, lines[0].sku(), lines, list);
  return lines[0].sku();
}

}  // namespace omo::inventory
