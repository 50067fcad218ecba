// Bytes that sort as the key does: how a table's typed key becomes a RocksDB key, so that a range
// of keys is a range of bytes. Integers big-endian with the sign bit flipped; strings with every
// 0x00 written as 0x00 0xFF and 0x00 0x01 behind them, so that "a" < "a\0" < "ab".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "libs/core/fields.h"

namespace omo {

template <class T>
void WriteOrdered(std::string& out, const T& value) {
  using namespace fields_internal;
  if constexpr (std::is_same_v<T, std::string>) {
    for (const char byte : value) {
      out.push_back(byte);
      if (byte == '\0') out.push_back('\xFF');
    }
    out.append({'\0', '\x01'});
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    auto bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(value)) ^ (1ULL << 63);
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(bits >> shift));
  } else if constexpr (IsTime<T>::value) {
    WriteOrdered(out, static_cast<std::int64_t>(value.time_since_epoch().count()));
  } else {
    static_assert(HasFields<T>, "give the key a Fields function");
    std::apply([&](const auto&... field) { (WriteOrdered(out, field), ...); }, T::Fields(value));
  }
}

// Takes a key off the front of `in`; false on bytes that WriteOrdered did not make.
template <class T>
bool ReadOrdered(std::string_view& in, T& value) {
  using namespace fields_internal;
  if constexpr (std::is_same_v<T, std::string>) {
    value.clear();
    while (in.size() >= 2) {
      const char byte = in.front();
      if (byte != '\0') {
        value.push_back(byte);
        in.remove_prefix(1);
        continue;
      }
      const char next = in[1];
      in.remove_prefix(2);
      if (next == '\x01') return true;
      if (next != '\xFF') return false;
      value.push_back('\0');
    }
    return false;
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    if (in.size() < 8) return false;
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | static_cast<unsigned char>(in[i]);
    in.remove_prefix(8);
    value = static_cast<T>(static_cast<std::int64_t>(bits ^ (1ULL << 63)));
    return true;
  } else if constexpr (IsTime<T>::value) {
    std::int64_t count = 0;
    if (!ReadOrdered(in, count)) return false;
    value = T{typename T::duration{count}};
    return true;
  } else {
    static_assert(HasFields<T>, "give the key a Fields function");
    return std::apply([&](auto&... field) { return (ReadOrdered(in, field) && ...); },
                      T::Fields(value));
  }
}

// The first fields of a key, in the order of its Fields: all keys that begin with them.
struct KeyPrefix {
  std::string bytes;
};
template <class... Leading>
KeyPrefix LeadingFields(const Leading&... fields) {
  KeyPrefix prefix;
  (WriteOrdered(prefix.bytes, fields), ...);
  return prefix;
}

}  // namespace omo
