// The names of things in inventory.
#pragma once

#include "libs/core/types.h"

namespace omo::inventory {

using SkuId = Id<struct SkuTag>;
using LocationId = Id<struct LocationTag>;
using ReservationId = Id<struct ReservationTag>;
using DeviceId = Id<struct DeviceTag>;
using GroupId = Id<struct GroupTag>;
using ChannelId = Id<struct ChannelTag>;
using QuotaId = Id<struct QuotaTag>;
using SegmentId = Id<struct SegmentTag>;  // A class of demand: VIP, wholesale, a region.
using RecordId = Id<struct RecordTag>;    // Of an upload's record.

// 1 to 128 bytes: what any id or name may be.
inline bool IsName(const std::string& text) { return !text.empty() && text.size() <= 128; }

// Units can be kept at a group of locations before it is known at which of them (ADR 12): the group
// is then a place with figures of its own. No location's name begins with this mark.
inline constexpr char kGroupMark = '@';
inline LocationId PlaceOf(const GroupId& group) { return {kGroupMark + group.value}; }
inline bool IsGroup(const LocationId& place) {
  return !place.value.empty() && place.value.front() == kGroupMark;
}
inline GroupId GroupAt(const LocationId& place) { return {place.value.substr(1)}; }
inline bool IsLocation(const LocationId& place) { return IsName(place.value) && !IsGroup(place); }
inline bool IsPlace(const LocationId& place) {
  return IsGroup(place) ? IsName(GroupAt(place).value) : IsName(place.value);
}

// Up to 1,000 bytes: an explanation for people.
inline bool IsText(const std::string& text) { return text.size() <= 1000; }

}  // namespace omo::inventory
