// The names of things in inventory.
#pragma once

#include "libs/core/types.h"

namespace omo::inventory {

using SkuId = Id<struct SkuTag>;
using LocationId = Id<struct LocationTag>;
using ReservationId = Id<struct ReservationTag>;
using DeviceId = Id<struct DeviceTag>;
using RecordId = Id<struct RecordTag>;  // Of an upload's record.

// 1 to 128 bytes: what any id or name may be.
inline bool IsName(const std::string& text) { return !text.empty() && text.size() <= 128; }
// Up to 1,000 bytes: an explanation for people.
inline bool IsText(const std::string& text) { return text.size() <= 1000; }

}  // namespace omo::inventory
