#include "libs/core/uuid.h"

namespace omo {
namespace {

constexpr std::size_t kTextLength = 36;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsDashPlace(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

}  // namespace

std::optional<Time> UuidTime(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  for (std::size_t at = 0; at < kTextLength; ++at) {
    if (IsDashPlace(at) ? text[at] != '-' : HexDigit(text[at]) < 0) return std::nullopt;
  }
  const int variant = HexDigit(text[19]);
  if (text[14] != '7' || variant < 8 || variant > 11) return std::nullopt;
  std::int64_t millis = 0;
  for (std::size_t at = 0; at < 13; ++at) {
    if (!IsDashPlace(at)) millis = millis << 4 | HexDigit(text[at]);
  }
  return FromMillis(millis);
}

std::string MakeUuid(Time created, std::uint64_t random_high, std::uint64_t random_low) {
  const auto millis = static_cast<std::uint64_t>(ToMillis(created));
  const std::uint64_t high = millis << 16 | 0x7000 | (random_high & 0x0FFF);
  const std::uint64_t low = 0x8000000000000000ULL | (random_low & 0x3FFFFFFFFFFFFFFFULL);
  std::string text;
  text.reserve(kTextLength);
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (IsDashPlace(text.size())) text.push_back('-');
    const std::uint64_t word = nibble < 16 ? high : low;
    text.push_back("0123456789abcdef"[word >> (60 - 4 * (nibble % 16)) & 0xF]);
  }
  return text;
}

}  // namespace omo
