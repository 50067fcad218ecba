// Protobuf's wire form, read field by field without parsing the message: what routing rests on.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace omo::rpc {

// One field as it stands in the bytes.
struct WireField {
  enum class Type { kVarint = 0, kFixed64 = 1, kBytes = 2, kGroup = 3, kFixed32 = 5 };
  std::uint32_t number = 0;
  Type type = Type::kVarint;
  std::string_view whole;   // The tag and all that belongs to it.
  std::string_view bytes;   // With kBytes: the text, the bytes or the message.
  std::uint64_t value = 0;  // With kVarint, kFixed64, kFixed32.
};

// Walks over a message's own fields; what is nested stays unread. Views point into `message`.
class WireReader {
 public:
  explicit WireReader(std::string_view message) : rest_(message) {}
  // The next field; false at the end and at bytes that no protobuf writer makes.
  bool Next(WireField& field);
  // Whether the walk ended before the message did.
  bool malformed() const { return malformed_; }

 private:
  bool ReadTag(std::uint32_t& number, std::uint32_t& type);
  bool ReadValue(WireField& field, std::uint32_t type);
  bool SkipGroup(std::uint32_t number, int depth);
  bool ReadFixed(std::size_t size, std::uint64_t& value);

  std::string_view rest_;
  bool malformed_ = false;
};

void AppendVarintField(std::string& message, std::uint32_t number, std::uint64_t value);
void AppendBytesField(std::string& message, std::uint32_t number, std::string_view bytes);
// The tag and the length of a bytes field whose `size` bytes are appended next.
void AppendBytesHead(std::string& message, std::uint32_t number, std::size_t size);

// The bytes of a buffer in one piece: a view of it where it is in one piece already, as all but
// large messages are. Keeps what it shows alive.
class FlatBytes {
 public:
  explicit FlatBytes(const grpc::ByteBuffer& buffer) {
    if (!buffer.TrySingleSlice(&slice_).ok()) (void)buffer.DumpToSingleSlice(&slice_);
  }
  std::string_view view() const {
    return {reinterpret_cast<const char*>(slice_.begin()), slice_.size()};
  }

 private:
  grpc::Slice slice_;
};

// A buffer with a copy of `bytes`.
grpc::ByteBuffer ToByteBuffer(std::string_view bytes);
// A buffer that is `bytes`, without a copy.
grpc::ByteBuffer MoveToByteBuffer(std::string bytes);

}  // namespace omo::rpc
