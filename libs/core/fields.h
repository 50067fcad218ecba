// The canonical bytes of a plain struct: what command hashes, state hashes and RocksDB rows rest
// on.
//
// A struct takes part by naming its members once:
//
//   struct Line {
//     std::string sku;
//     Quantity quantity = 0;
//     static auto Fields(auto& self) { return std::tie(self.sku, self.quantity); }
//   };
//
// Form: integers, enums, bools and times as zigzag varints; strings and vectors with their length
// before them; an optional as a bool and its value; nested structs in place. Deterministic: equal
// values have equal bytes on every machine. Adding a member at the end changes the form: a row's
// schema version then moves (libs/store).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace omo {

template <class T>
concept HasFields = requires(const T& value) {
  T::Fields(value);
};

namespace fields_internal {

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsTime : std::false_type {};
template <class Clock, class D>
struct IsTime<std::chrono::time_point<Clock, D>> : std::true_type {};
template <class T>
struct IsDuration : std::false_type {};
template <class R, class P>
struct IsDuration<std::chrono::duration<R, P>> : std::true_type {};

}  // namespace fields_internal

inline void WriteVarint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

// Takes a varint off the front of `in`; false when it is cut short or longer than 64 bits.
inline bool ReadVarint(std::string_view& in, std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// Appends the canonical bytes of `value`.
template <class T>
void WriteFields(std::string& out, const T& value) {
  using namespace fields_internal;
  if constexpr (std::is_same_v<T, std::string>) {
    WriteVarint(out, value.size());
    out.append(value);
  } else if constexpr (std::is_enum_v<T>) {
    WriteFields(out, static_cast<std::int64_t>(value));
  } else if constexpr (std::is_integral_v<T>) {
    const auto number = static_cast<std::int64_t>(value);
    WriteVarint(
        out, (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63));
  } else if constexpr (IsTime<T>::value) {
    WriteFields(out, static_cast<std::int64_t>(value.time_since_epoch().count()));
  } else if constexpr (IsDuration<T>::value) {
    WriteFields(out, static_cast<std::int64_t>(value.count()));
  } else if constexpr (IsVector<T>::value) {
    WriteVarint(out, value.size());
    for (const auto& element : value) WriteFields(out, element);
  } else if constexpr (IsOptional<T>::value) {
    WriteFields(out, value.has_value());
    if (value) WriteFields(out, *value);
  } else {
    static_assert(HasFields<T>, "give the struct a Fields function");
    std::apply([&](const auto&... field) { (WriteFields(out, field), ...); }, T::Fields(value));
  }
}

// Takes a value off the front of `in`. False, with `value` in no particular state, on bytes that
// WriteFields did not make.
template <class T>
bool ReadFields(std::string_view& in, T& value) {
  using namespace fields_internal;
  if constexpr (std::is_same_v<T, std::string>) {
    std::uint64_t size = 0;
    if (!ReadVarint(in, size) || size > in.size()) return false;
    value.assign(in.substr(0, size));
    in.remove_prefix(size);
    return true;
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    std::uint64_t zigzag = 0;
    if (!ReadVarint(in, zigzag)) return false;
    const auto number =
        static_cast<std::int64_t>(zigzag >> 1) ^ -static_cast<std::int64_t>(zigzag & 1);
    value = static_cast<T>(number);
    return true;
  } else if constexpr (IsTime<T>::value) {
    std::int64_t count = 0;
    if (!ReadFields(in, count)) return false;
    value = T{typename T::duration{count}};
    return true;
  } else if constexpr (IsDuration<T>::value) {
    std::int64_t count = 0;
    if (!ReadFields(in, count)) return false;
    value = T{count};
    return true;
  } else if constexpr (IsVector<T>::value) {
    std::uint64_t size = 0;
    if (!ReadVarint(in, size) || size > in.size()) return false;
    value.resize(size);
    for (auto& element : value) {
      if (!ReadFields(in, element)) return false;
    }
    return true;
  } else if constexpr (IsOptional<T>::value) {
    bool present = false;
    if (!ReadFields(in, present)) return false;
    if (!present) return value.reset(), true;
    return ReadFields(in, value.emplace());
  } else {
    static_assert(HasFields<T>, "give the struct a Fields function");
    return std::apply([&](auto&... field) { return (ReadFields(in, field) && ...); },
                      T::Fields(value));
  }
}

}  // namespace omo
