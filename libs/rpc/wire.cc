#include "libs/rpc/wire.h"

#include "libs/core/fields.h"

namespace omo::rpc {
namespace {

constexpr std::uint32_t kEndGroup = 4;
constexpr std::uint32_t kNumberMax = (1U << 29) - 1;
constexpr int kGroupDepthMax = 100;  // As protobuf's own parsers.

}  // namespace

bool WireReader::Next(WireField& field) {
  if (rest_.empty() || malformed_) return false;
  const std::string_view start = rest_;
  std::uint32_t type = 0;
  if (!ReadTag(field.number, type) || !ReadValue(field, type)) {
    malformed_ = true;
    return false;
  }
  field.whole = start.substr(0, start.size() - rest_.size());
  return true;
}

bool WireReader::ReadTag(std::uint32_t& number, std::uint32_t& type) {
  std::uint64_t tag = 0;
  if (!ReadVarint(rest_, tag) || tag >> 32 != 0) return false;
  number = static_cast<std::uint32_t>(tag >> 3);
  type = static_cast<std::uint32_t>(tag & 7);
  return number > 0 && number <= kNumberMax;
}

bool WireReader::ReadValue(WireField& field, std::uint32_t type) {
  field.type = static_cast<WireField::Type>(type);
  switch (field.type) {
    case WireField::Type::kVarint:
      return ReadVarint(rest_, field.value);
    case WireField::Type::kFixed64:
      return ReadFixed(8, field.value);
    case WireField::Type::kFixed32:
      return ReadFixed(4, field.value);
    case WireField::Type::kBytes: {
      std::uint64_t size = 0;
      if (!ReadVarint(rest_, size) || size > rest_.size()) return false;
      field.bytes = rest_.substr(0, size);
      rest_.remove_prefix(size);
      return true;
    }
    case WireField::Type::kGroup:
      return SkipGroup(field.number, 0);
  }
  return false;  // An end without its group, or a type that does not exist.
}

bool WireReader::SkipGroup(std::uint32_t number, int depth) {
  if (depth > kGroupDepthMax) return false;
  while (!rest_.empty()) {
    WireField inner;
    std::uint32_t type = 0;
    if (!ReadTag(inner.number, type)) return false;
    if (type == kEndGroup) return inner.number == number;
    const bool is_group = type == static_cast<std::uint32_t>(WireField::Type::kGroup);
    if (is_group ? !SkipGroup(inner.number, depth + 1) : !ReadValue(inner, type)) return false;
  }
  return false;
}

bool WireReader::ReadFixed(std::size_t size, std::uint64_t& value) {
  if (rest_.size() < size) return false;
  value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(rest_[i]);
  rest_.remove_prefix(size);
  return true;
}

void AppendVarintField(std::string& message, std::uint32_t number, std::uint64_t value) {
  WriteVarint(message, number << 3 | static_cast<std::uint32_t>(WireField::Type::kVarint));
  WriteVarint(message, value);
}

void AppendBytesField(std::string& message, std::uint32_t number, std::string_view bytes) {
  AppendBytesHead(message, number, bytes.size());
  message.append(bytes);
}

void AppendBytesHead(std::string& message, std::uint32_t number, std::size_t size) {
  WriteVarint(message, number << 3 | static_cast<std::uint32_t>(WireField::Type::kBytes));
  WriteVarint(message, size);
}

grpc::ByteBuffer ToByteBuffer(std::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

grpc::ByteBuffer MoveToByteBuffer(std::string bytes) {
  auto* owned = new std::string(std::move(bytes));
  const grpc::Slice slice(
      owned->data(), owned->size(), [](void* text) { delete static_cast<std::string*>(text); },
      owned);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace omo::rpc
