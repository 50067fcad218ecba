// UUID version 7 (RFC 9562): the caller-chosen id of commands and of things created. Its first 48
// bits are the time of creation, which the command-id window rests on; never order events by it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libs/core/types.h"

namespace omo {

// The time of creation in a UUIDv7's text form (36 lower- or upper-case characters); nullopt when
// it is not one.
std::optional<Time> UuidTime(std::string_view text);

// A UUIDv7 from its time and 74 random bits (the upper bits of the two words are ignored).
std::string MakeUuid(Time created, std::uint64_t random_high, std::uint64_t random_low);

}  // namespace omo
