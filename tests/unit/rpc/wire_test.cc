#include "libs/rpc/wire.h"

#include <google/protobuf/stubs/logging.h>

#include <random>

#include "omo/journal/v1/journal.pb.h"
#include "shelf_service.pb.h"
#include "tests/support/catch.h"

using namespace omo::rpc;

namespace {

std::vector<WireField> ReadAll(std::string_view bytes, bool& malformed) {
  std::vector<WireField> fields;
  WireReader reader(bytes);
  for (WireField field; reader.Next(field);) fields.push_back(field);
  malformed = reader.malformed();
  return fields;
}

}  // namespace

TEST_CASE("a message is read field by field", "[rpc]") {
  omo::journal::v1::InputPosition message;
  message.set_topic("omo.shelf");
  message.set_log_id(0x0102030405060708);
  message.set_shard(-3);
  message.set_offset(300);
  const std::string bytes = message.SerializeAsString();
  bool malformed = true;
  const auto fields = ReadAll(bytes, malformed);
  CHECK_FALSE(malformed);
  REQUIRE(fields.size() == 4);
  CHECK(fields[0].number == 1);
  CHECK(fields[0].bytes == "omo.shelf");
  CHECK(fields[1].value == 0x0102030405060708);
  CHECK(static_cast<std::int32_t>(fields[2].value) == -3);
  CHECK(fields[3].value == 300);
  std::string again;
  for (const auto& field : fields) again.append(field.whole);
  CHECK(again == bytes);
}

TEST_CASE("what is appended reads as the field", "[rpc]") {
  std::string bytes;
  AppendVarintField(bytes, 1, 7);
  AppendBytesField(bytes, 2, "token");
  omo::test::v1::ListRequest request;
  REQUIRE(request.ParseFromString(bytes));
  CHECK(request.page_size() == 7);
  CHECK(request.page_token() == "token");
}

TEST_CASE("bytes that no writer makes are malformed", "[rpc]") {
  const std::string bytes = GENERATE(
      as<std::string>(), std::string("\x0A", 1),  // Length is missing.
      std::string("\x0A\x05"
                  "ab",
                  4),                                      // Shorter than its length.
      std::string("\x08", 1), std::string("\x08\xFF", 2),  // Varint cut short.
      std::string("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 12),  // More than 64 bits.
      std::string("\x09\x01\x02", 3), std::string("\x0D\x01", 2),           // Fixed cut short.
      std::string("\x00\x00", 2),                                           // Field number 0.
      std::string("\x0C", 1),          // The end of a group that never began.
      std::string("\x0B\x10\x01", 3),  // A group that never ends.
      std::string("\x0B\x14", 2),      // A group that ends as another.
      std::string("\x0E\x01", 2), std::string("\x0F\x01", 2),  // Types 6 and 7 do not exist.
      std::string("\xFF\xFF\xFF\xFF\xFF\xFF\x01\x00", 8));     // A number too large.
  bool malformed = false;
  ReadAll(bytes, malformed);
  CHECK(malformed);
  CHECK_FALSE(omo::test::v1::ListRequest().ParseFromString(bytes));
}

TEST_CASE("a group of an old writer is stepped over", "[rpc]") {
  const std::string bytes("\x0B\x10\x01\x1B\x1C\x0C\x12\x01x", 9);
  bool malformed = true;
  const auto fields = ReadAll(bytes, malformed);
  CHECK_FALSE(malformed);
  REQUIRE(fields.size() == 2);
  CHECK(fields[1].bytes == "x");
  const std::string deep(1000, '\x0B');
  ReadAll(deep, malformed);
  CHECK(malformed);
}

TEST_CASE("on bytes at random the reader agrees with protobuf", "[rpc]") {
  const google::protobuf::LogSilencer quiet;
  std::mt19937 random(20260101);
  omo::test::v1::ListRequest request;
  request.set_page_size(9);
  request.set_page_token("some token");
  const std::string good = request.SerializeAsString();
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (int change = 0; change < 1 + round % 3; ++change) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    bytes.resize(random() % (bytes.size() + 1));
    bool malformed = false;
    ReadAll(bytes, malformed);
    // Protobuf besides wants valid UTF-8, which only the owner looks at.
    const bool parsed = omo::test::v1::ListRequest().ParseFromString(bytes);
    if (malformed) CHECK_FALSE(parsed);
    refused += malformed ? 1 : 0;
  }
  CHECK(refused > 1'000);
}

TEST_CASE("a buffer in several slices is read as one", "[rpc]") {
  const std::vector<grpc::Slice> slices{grpc::Slice("ab"), grpc::Slice("cd")};
  const grpc::ByteBuffer buffer(slices.data(), slices.size());
  CHECK(FlatBytes(buffer).view() == "abcd");
  CHECK(FlatBytes(ToByteBuffer("one")).view() == "one");
  CHECK(FlatBytes(ToByteBuffer("")).view().empty());
  CHECK(FlatBytes(grpc::ByteBuffer()).view().empty());
}
