// Pages of a list (AIP-158): sizes, and tokens that only their own list takes back.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

#include "libs/rpc/page_token.h"
#include "libs/rpc/require.h"

namespace omo::inventory {

inline constexpr int kPageSizeDefault = 100;
inline constexpr int kPageSizeMax = 1'000;

// How many entries a page may have. 0: the default; above the maximum: the maximum.
inline int ReadPageSize(rpc::FieldErrors& errors, std::int32_t asked) {
  if (asked < 0) errors.Add("page_size", "OUT_OF_RANGE", "must not be negative");
  if (asked <= 0) return kPageSizeDefault;
  return asked < kPageSizeMax ? asked : kPageSizeMax;
}

inline void NotAPageToken(rpc::FieldErrors& errors) {
  errors.Add("page_token", "PAGE_TOKEN", "not a token of this list");
}

// A number out of a token. False: it is none, or below zero.
template <class Number>
bool ReadTokenNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number >= 0;
}

}  // namespace omo::inventory
