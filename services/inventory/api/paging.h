// Pages of a list (AIP-158): sizes, and tokens that only their own list takes back.
#pragma once

#include <absl/strings/escaping.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/core/fields.h"
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

// A place in a list (a struct with Fields) as opaque text.
template <class Place>
std::string WritePageToken(const Place& place) {
  std::string bytes;
  WriteFields(bytes, place);
  return absl::WebSafeBase64Escape(bytes);
}

// False for text that WritePageToken did not make of such a place.
template <class Place>
bool ReadPageToken(const std::string& text, Place& place) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(text, &bytes)) return false;
  std::string_view rest = bytes;
  return ReadFields(rest, place) && rest.empty();
}

}  // namespace omo::inventory
