#include "libs/journal/record.h"

#include <zlib.h>

#include <array>
#include <utility>

namespace omo::journal {
namespace {

void WriteBig(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

std::uint64_t ReadBig(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

constexpr std::string_view kControlPrefix = "omo.journal.v1.";

constexpr std::array<std::pair<Kind, std::string_view>, 10> kControlTypes{{
    {Kind::kClaim, "omo.journal.v1.Claim"},
    {Kind::kBarrier, "omo.journal.v1.Barrier"},
    {Kind::kRelease, "omo.journal.v1.Release"},
    {Kind::kStateHash, "omo.journal.v1.StateHash"},
    {Kind::kSkip, "omo.journal.v1.Skip"},
    {Kind::kSeal, "omo.journal.v1.Seal"},
    {Kind::kCarried, "omo.journal.v1.Carried"},
    {Kind::kSetTime, "omo.journal.v1.SetTime"},
    {Kind::kProgress, "omo.journal.v1.Progress"},
    {Kind::kFeatureEnabled, "omo.journal.v1.FeatureEnabled"},
}};

}  // namespace

std::string EncodeFence(const Fence& fence) {
  std::string bytes;
  bytes.reserve(kFenceBytes);
  WriteBig(bytes, fence.term, 8);
  WriteBig(bytes, fence.nonce, 8);
  WriteBig(bytes, fence.seq, 8);
  WriteBig(bytes, fence.command_hash, 8);
  WriteBig(bytes, fence.previous_checksum, 4);
  return bytes;
}

std::optional<Fence> DecodeFence(std::string_view bytes) {
  if (bytes.size() != kFenceBytes) return std::nullopt;
  return Fence{.term = ReadBig(bytes, 0, 8),
               .nonce = ReadBig(bytes, 8, 8),
               .seq = ReadBig(bytes, 16, 8),
               .command_hash = ReadBig(bytes, 24, 8),
               .previous_checksum = static_cast<std::uint32_t>(ReadBig(bytes, 32, 4))};
}

std::uint32_t Checksum(const Record& record) {
  std::string head = EncodeFence(record.fence);
  for (const std::string* part : {&record.type, &record.id, &record.key}) {
    WriteBig(head, part->size(), 4);
    head += *part;
  }
  WriteBig(head, record.value.size(), 4);
  WriteBig(head, static_cast<std::uint64_t>(ToMillis(record.stamp)), 8);
  const auto add = [](uLong sum, std::string_view bytes) {
    return crc32_z(sum, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  };
  return static_cast<std::uint32_t>(add(add(crc32_z(0, nullptr, 0), head), record.value));
}

Kind KindOf(std::string_view type) {
  if (!type.starts_with(kControlPrefix)) return Kind::kEvent;
  for (const auto& [kind, name] : kControlTypes) {
    if (name == type) return kind;
  }
  return Kind::kUnknownControl;
}

std::string_view TypeOf(Kind kind) {
  for (const auto& [candidate, name] : kControlTypes) {
    if (candidate == kind) return name;
  }
  return {};
}

}  // namespace omo::journal
