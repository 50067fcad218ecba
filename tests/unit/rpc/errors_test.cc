#include "libs/rpc/errors.h"

#include <set>

#include "google/rpc/status.pb.h"
#include "tests/support/catch.h"

using namespace omo;
using namespace omo::rpc;

TEST_CASE("every outcome has the code and the reason of the table", "[rpc]") {
  struct Row {
    grpc::Status status;
    grpc::StatusCode code;
    std::string reason;
  };
  const Row row = GENERATE(
      Row{InvalidArgument("sku", "REQUIRED", "empty"), grpc::INVALID_ARGUMENT, "REQUIRED"},
      Row{CommandIdReused("id"), grpc::INVALID_ARGUMENT, "COMMAND_ID_REUSED"},
      Row{LinesOfSeveralShards("lines.sku"), grpc::INVALID_ARGUMENT, "LINES_OF_SEVERAL_SHARDS"},
      Row{NotOwner(3, {"h:1", 7}), grpc::UNAVAILABLE, "NOT_OWNER"},
      Row{PositionNotReached("not yet", {}), grpc::UNAVAILABLE, "POSITION_NOT_REACHED"},
      Row{Poisoned(3, 9), grpc::UNAVAILABLE, "POISONED"},
      Row{NoOwner("inventory", 3), grpc::UNAVAILABLE, "NO_OWNER"},
      Row{NotRecorded("id"), grpc::ABORTED, "NOT_RECORDED"},
      Row{Overloaded("queue", Duration{1500}), grpc::RESOURCE_EXHAUSTED, "OVERLOADED"},
      Row{OutcomeUnknown("id"), grpc::DEADLINE_EXCEEDED, "OUTCOME_UNKNOWN"});
  CHECK(row.status.error_code() == row.code);
  CHECK_FALSE(row.status.error_message().empty());
  const ErrorInfo error = ReadError(row.status);
  CHECK(error.code == row.code);
  CHECK(error.reason == row.reason);
  REQUIRE(FindReason(row.reason) != nullptr);
  CHECK(FindReason(row.reason)->code == row.code);
}

TEST_CASE("a refusal carries its reason and figures to the client", "[rpc]") {
  const std::vector<Detail> details{{"available", "3"}, {"asked", "5"}};
  const grpc::Status status =
      Refused(grpc::FAILED_PRECONDITION, "NOT_ENOUGH_AVAILABLE", "only 3 are left", details);
  const ErrorInfo error = ReadError(status);
  CHECK(error.reason == "NOT_ENOUGH_AVAILABLE");
  CHECK(error.message == "only 3 are left");
  CHECK(error.details == std::vector<Detail>{{"asked", "5"}, {"available", "3"}});
  CHECK(error.Find("available") == "3");
  CHECK(error.Find("absent").empty());
}

TEST_CASE("bad input names every field at once", "[rpc]") {
  const std::vector<FieldError> faults{{"lines[2].sku", "REQUIRED", "must not be empty"},
                                       {"quantity", "NOT_POSITIVE", "must be above zero"}};
  const ErrorInfo error = ReadError(InvalidArgument(faults));
  CHECK(error.field_errors == faults);
  CHECK(error.reason == "REQUIRED");
  CHECK(error.Find("field") == "lines[2].sku");
}

TEST_CASE("a status never outgrows the metadata that a client takes", "[rpc]") {
  constexpr std::size_t kTakenBytes = 8'192;  // Of gRPC, in every language, unless told otherwise.
  constexpr std::size_t kOtherBytes = 512;    // Our position, gRPC's own.
  const auto bytes = [](const grpc::Status& status) {  // Percent-encoded and base64.
    return 3 * status.error_message().size() + 4 * (status.error_details().size() + 2) / 3;
  };
  std::string long_text;
  while (long_text.size() < 4'000) long_text += "售罄";

  std::vector<Detail> details;
  for (int line = 0; line < 100; ++line) {
    const std::string nth = "." + std::to_string(line);
    details.push_back({"sku" + nth, std::string(128, 's')});
    details.push_back({"available" + nth, "0"});
  }
  const grpc::Status refused =
      Refused(grpc::FAILED_PRECONDITION, "NOT_ENOUGH_AVAILABLE", long_text, details);
  CHECK(bytes(refused) < kTakenBytes - kOtherBytes);
  const ErrorInfo error = ReadError(refused);
  CHECK(error.reason == "NOT_ENOUGH_AVAILABLE");
  CHECK(error.message == long_text.substr(0, 507) + "...");  // No letter in parts.
  const std::size_t told = error.details.size() - 1;
  CHECK(told > 30);
  CHECK(told % 2 == 0);  // No line in parts.
  CHECK(error.Find("left_out") == std::to_string(details.size() - told));
  CHECK(error.Find("available." + std::to_string(told / 2 - 1)) == "0");

  const std::vector<FieldError> faults(200, {"lines[99].quantity", "NOT_POSITIVE", long_text});
  CHECK(bytes(InvalidArgument(faults)) < kTakenBytes - kOtherBytes);
  const std::vector<FieldError> many(200, {"lines[99].quantity", "NOT_POSITIVE", "is not"});
  const ErrorInfo bad = ReadError(InvalidArgument(many));
  CHECK(bytes(InvalidArgument(many)) < kTakenBytes - kOtherBytes);
  CHECK(bad.field_errors.size() > 50);
  CHECK(bad.Find("left_out") == std::to_string(many.size() - bad.field_errors.size()));
}

TEST_CASE("a hint and a retry delay survive the way", "[rpc]") {
  CHECK(ReadError(NotOwner(3, {"10.0.0.7:7610", 12})).Hint() == OwnerHint{"10.0.0.7:7610", 12});
  CHECK(ReadError(NotOwner(3, {})).Hint() == OwnerHint{"", 0});
  CHECK(ReadError(Overloaded("queue", Duration{1500})).retry_after == Duration{1500});
}

TEST_CASE("how far a shard is read is told in figures, and only what is known", "[rpc]") {
  const ReadSoFar so_far{
      .shard = 3, .asked = 9, .reached = 7, .age = Duration{40}, .stamp_age = Duration{1500}};
  CHECK(ReadError(PositionNotReached("not yet", so_far)).details ==
        std::vector<Detail>{{"age_ms", "40"},
                            {"asked_offset", "9"},
                            {"reached_offset", "7"},
                            {"shard", "3"},
                            {"stamp_age_ms", "1500"}});
  CHECK(ReadError(PositionNotReached("not yet", {.shard = 3})).details ==
        std::vector<Detail>{{"shard", "3"}});
}

TEST_CASE("a status without our details is read as it is", "[rpc]") {
  CHECK(ReadError({grpc::UNAVAILABLE, "broken pipe"}).reason.empty());
  CHECK(ReadError({grpc::UNAVAILABLE, "x", "\xFF not a status"}).code == grpc::UNAVAILABLE);
  google::rpc::Status foreign;
  foreign.add_details()->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  foreign.mutable_details(0)->set_value("\xFF\xFF");
  CHECK(ReadError({grpc::INTERNAL, "x", foreign.SerializeAsString()}).reason.empty());
}

TEST_CASE("reasons are distinct, spelled alike and explained", "[rpc]") {
  std::set<std::string_view> seen;
  for (const ReasonEntry& entry : kReasons) {
    CHECK(seen.insert(entry.reason).second);
    CHECK(entry.reason.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") ==
          std::string_view::npos);
    CHECK(entry.meaning.ends_with('.'));
  }
}
