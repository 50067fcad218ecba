// Hashes of keys and rows, and what a row weighs in memory. All from the struct's Fields.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "libs/core/fields.h"

namespace omo::store {

// XXH3-64.
std::uint64_t HashBytes(std::string_view bytes);

inline std::uint64_t MixHash(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;
  return hash ^ hash >> 32;
}

// The place of a key in memory. Never written anywhere.
template <class T>
std::uint64_t HashKey(const T& value, std::uint64_t hash = 0x51ED270B) {
  using namespace fields_internal;
  if constexpr (std::is_same_v<T, std::string>) {
    return MixHash(hash, HashBytes(value));
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    return MixHash(hash, static_cast<std::uint64_t>(value));
  } else if constexpr (IsTime<T>::value) {
    return MixHash(hash, static_cast<std::uint64_t>(value.time_since_epoch().count()));
  } else {
    static_assert(HasFields<T>, "give the key a Fields function");
    std::apply([&](const auto&... field) { ((hash = HashKey(field, hash)), ...); },
               T::Fields(value));
    return hash;
  }
}

// The bytes a value owns beyond its own size, approximately.
template <class T>
std::int64_t OwnedBytes(const T& value) {
  using namespace fields_internal;
  if constexpr (std::is_same_v<T, std::string>) {
    constexpr std::size_t kInPlace = 15;
    return value.capacity() > kInPlace ? static_cast<std::int64_t>(value.capacity() + 16) : 0;
  } else if constexpr (IsVector<T>::value) {
    auto bytes = static_cast<std::int64_t>(value.capacity() * sizeof(typename T::value_type));
    for (const auto& element : value) bytes += OwnedBytes(element);
    return bytes;
  } else if constexpr (IsOptional<T>::value) {
    return value ? OwnedBytes(*value) : 0;
  } else if constexpr (HasFields<T>) {
    return std::apply(
        [](const auto&... field) { return (std::int64_t{0} + ... + OwnedBytes(field)); },
        T::Fields(value));
  } else {
    return 0;
  }
}

}  // namespace omo::store
