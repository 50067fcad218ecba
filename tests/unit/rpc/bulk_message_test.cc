#include "libs/rpc/bulk_message.h"

#include "libs/rpc/errors.h"
#include "omo/bulk/v1/bulk_service.pb.h"
#include "omo/type/v1/position.pb.h"
#include "tests/support/catch.h"

namespace omo::rpc {
namespace {

using bulk::v1::RunCommandsRequest;
using bulk::v1::RunCommandsResponse;

}  // namespace

TEST_CASE("calls written one by one are what protobuf reads, and the other way round", "[rpc]") {
  std::string bytes;
  AppendBulkCall(bytes, {1, "a.B/C", "first"});
  AppendBulkCall(bytes, {UINT64_MAX, "", std::string(300, 'x')});
  AppendBulkCall(bytes, {0, "a.B/D", ""});
  RunCommandsRequest message;
  REQUIRE(message.ParseFromString(bytes));
  REQUIRE(message.calls_size() == 3);
  CHECK(message.calls(0).number() == 1);
  CHECK(message.calls(0).method() == "a.B/C");
  CHECK(message.calls(1).number() == UINT64_MAX);
  CHECK(message.calls(1).method().empty());
  CHECK(message.calls(1).request() == std::string(300, 'x'));
  CHECK(message.calls(2).method() == "a.B/D");

  const std::string written = message.SerializeAsString();
  BulkCallReader reader(written);
  BulkCall call;
  REQUIRE(reader.Next(call));
  CHECK(call.request == "first");
  REQUIRE(reader.Next(call));
  CHECK(call.number == UINT64_MAX);
  CHECK(call.method == "a.B/C");  // That of the call before.
  REQUIRE(reader.Next(call));
  CHECK(call.number == 0);
  CHECK(call.method == "a.B/D");
  CHECK(call.request.empty());
  CHECK_FALSE(reader.Next(call));
  CHECK_FALSE(reader.malformed());
}

TEST_CASE("answers written one by one are what protobuf reads, and the other way round", "[rpc]") {
  type::v1::Position position;
  position.set_offset(77);
  const grpc::Status refusal = Overloaded("queue", Duration{20});
  std::string bytes;
  AppendBulkAnswer(bytes, 1, position);
  AppendBulkAnswer(bytes, 200, refusal);
  AppendBulkAnswer(bytes, 3, grpc::Status(grpc::UNAVAILABLE, "bare"));
  RunCommandsResponse message;
  REQUIRE(message.ParseFromString(bytes));
  REQUIRE(message.answers_size() == 3);
  CHECK(message.answers(0).response() == position.SerializeAsString());
  CHECK(message.answers(1).number() == 200);
  CHECK(message.answers(1).error().code() == grpc::RESOURCE_EXHAUSTED);

  const std::string written = message.SerializeAsString();
  BulkAnswerReader reader(written);
  BulkAnswer answer;
  REQUIRE(reader.Next(answer));
  CHECK_FALSE(answer.failed);
  std::string passed_on;
  AppendBulkAnswer(passed_on, 9, answer.outcome);
  RunCommandsResponse renumbered;
  REQUIRE(renumbered.ParseFromString(passed_on));
  CHECK(renumbered.answers(0).number() == 9);
  CHECK(renumbered.answers(0).response() == position.SerializeAsString());
  REQUIRE(reader.Next(answer));
  REQUIRE(answer.failed);
  CHECK(ReadError(ReadBulkError(answer.error)).reason == "OVERLOADED");
  CHECK(ReadError(ReadBulkError(answer.error)).retry_after == Duration{20});
  REQUIRE(reader.Next(answer));
  CHECK(ReadBulkError(answer.error).error_code() == grpc::UNAVAILABLE);
  CHECK(ReadBulkError(answer.error).error_details().empty());
  CHECK_FALSE(reader.Next(answer));
}

TEST_CASE("bytes that are no message of calls are seen", "[rpc]") {
  for (const std::string& bytes :
       {std::string("\xFF\xFF"), std::string("\x0A\x05x"), std::string("\x0A\x02\x08\xFF")}) {
    BulkCallReader reader(bytes);
    BulkCall call;
    CHECK_FALSE(reader.Next(call));
    CHECK(reader.malformed());
  }
}

}  // namespace omo::rpc
