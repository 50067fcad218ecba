// The page token that a shard's owner gives out and takes, for lists that ask every shard
// (ROUTE_KIND_EVERY_SHARD): the order values of the last answer given, or of what was looked at
// behind it, "begin behind this one". The
// gateway makes such tokens too, where it cuts a page, so both sides use these functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace omo::rpc {

// One value for each field of the route's `order`; integers as decimal text.
std::string WritePageToken(std::span<const std::string> values);

// The values again; nullopt for what WritePageToken did not make of `count` values.
std::optional<std::vector<std::string>> ReadPageToken(std::string_view token, std::size_t count);

}  // namespace omo::rpc
