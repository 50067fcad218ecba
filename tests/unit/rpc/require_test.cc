#include "libs/rpc/require.h"

#include "omo/type/v1/options.pb.h"
#include "tests/support/catch.h"

using namespace omo::rpc;

namespace {

std::string Reason(const FieldErrors& errors) {
  return errors.empty() ? "" : errors.errors().front().reason;
}

}  // namespace

TEST_CASE("an id is short, printable and without spaces", "[rpc]") {
  const auto reason = [](std::string_view id) {
    FieldErrors errors;
    const bool held = errors.RequireId("sku", id, 8);
    CHECK(held == errors.empty());
    return Reason(errors);
  };
  CHECK(reason("A-1/x") == "");
  CHECK(reason("12345678") == "");
  CHECK(reason("") == "REQUIRED");
  CHECK(reason("123456789") == "TOO_LONG");
  CHECK(reason("a b") == "NOT_PRINTABLE");
  CHECK(reason(std::string_view("a\0b", 3)) == "NOT_PRINTABLE");
  CHECK(reason("caf\xC3\xA9") == "NOT_PRINTABLE");
}

TEST_CASE("a caller's id is a UUIDv7", "[rpc]") {
  const auto reason = [](std::string_view id) {
    FieldErrors errors;
    const bool held = errors.RequireUuid7("command_id", id);
    CHECK(held == errors.empty());
    return Reason(errors);
  };
  CHECK(reason("0190a5b0-1234-7abc-8def-0123456789ab") == "");
  CHECK(reason("") == "REQUIRED");
  CHECK(reason("0190a5b0-1234-4abc-8def-0123456789ab") == "NOT_UUID7");
  CHECK(reason("anything") == "NOT_UUID7");
}

TEST_CASE("numbers keep their limits", "[rpc]") {
  FieldErrors errors;
  CHECK(errors.RequirePositive("quantity", 1));
  CHECK(errors.RequireRange("minutes", 1, 1, 240));
  CHECK(errors.RequireRange("minutes", 240, 1, 240));
  CHECK(errors.RequireCount("lines", 100, 100));
  REQUIRE(errors.empty());
  CHECK(errors.Status().ok());
  CHECK_FALSE(errors.RequirePositive("quantity", 0));
  CHECK_FALSE(errors.RequireRange("minutes", 0, 1, 240));
  CHECK_FALSE(errors.RequireRange("minutes", 241, 1, 240));
  CHECK_FALSE(errors.RequireCount("lines", 0, 100));
  CHECK_FALSE(errors.RequireCount("lines", 101, 100));
  const ErrorInfo error = ReadError(errors.Status());
  REQUIRE(error.field_errors.size() == 5);
  CHECK(error.field_errors[0].reason == "NOT_POSITIVE");
  CHECK(error.field_errors[1].reason == "OUT_OF_RANGE");
  CHECK(error.field_errors[3].reason == "REQUIRED");
  CHECK(error.field_errors[4].reason == "TOO_LONG");
}

TEST_CASE("an enum is named and stated", "[rpc]") {
  FieldErrors errors;
  CHECK(errors.RequireEnum("kind", omo::type::v1::ROUTE_KIND_KEY));
  CHECK_FALSE(errors.RequireEnum("kind", omo::type::v1::ROUTE_KIND_UNSPECIFIED));
  CHECK_FALSE(errors.RequireEnum("kind", static_cast<omo::type::v1::RouteKind>(77)));
  CHECK(errors.errors().size() == 2);
  CHECK(Reason(errors) == "UNKNOWN_VALUE");
}

TEST_CASE("a currency is a current code", "[rpc]") {
  FieldErrors errors;
  for (const char* code : {"CNY", "AED", "ZWG", "USD"}) CHECK(errors.RequireCurrency("c", code));
  CHECK(errors.empty());
  for (const char* code : {"cny", "XXX", "DEM", "CN", "CNYX", "NY "}) {
    CHECK_FALSE(errors.RequireCurrency("c", code));
  }
  CHECK(errors.errors().size() == 6);
}

TEST_CASE("text for people has no control characters", "[rpc]") {
  FieldErrors errors;
  CHECK(errors.RequireText("note", ""));
  CHECK(errors.RequireText("note", "\xE9\x97\xA8\xE5\xBA\x97 stock"));
  CHECK_FALSE(errors.RequireText("note", "two\nlines"));
  CHECK_FALSE(errors.RequireText("note", std::string(kTextBytesMax + 1, 'x')));
  CHECK(errors.RequirePresent("price", true));
  CHECK_FALSE(errors.RequirePresent("price", false));
  CHECK(errors.errors().size() == 3);
}

TEST_CASE("of very many faults the first are kept, and the others counted", "[rpc]") {
  FieldErrors errors;
  for (int i = 0; i < 100'000; ++i) errors.RequireId("names[" + std::to_string(i) + "]", "");
  CHECK(errors.errors().size() == kFieldErrorsMax);
  CHECK(errors.count() == 100'000);
  const ErrorInfo told = ReadError(errors.Status());
  CHECK(told.Find("left_out") == std::to_string(100'000 - told.field_errors.size()));
}

TEST_CASE("a field path names the entry", "[rpc]") {
  CHECK(FieldAt("lines", 2, "sku") == "lines[2].sku");
  CHECK(FieldAt("skus", 0) == "skus[0]");
}
