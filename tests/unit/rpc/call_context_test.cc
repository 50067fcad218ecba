#include "libs/rpc/call_context.h"

#include "libs/rpc/errors.h"
#include "tests/support/catch.h"

using namespace omo;
using namespace omo::rpc;

namespace {

constexpr auto kNoDeadline = std::chrono::system_clock::time_point::max();
constexpr auto kTrace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

}  // namespace

TEST_CASE("a call's metadata become its context", "[rpc]") {
  const Metadata metadata{{"omo-caller", "pos-7"},      {"omo-actor", "staff-1"},
                          {"omo-role", "cashier"},      {"omo-channel", "pos"},
                          {"omo-store", "S1"},          {"omo-device", "till 3"},
                          {"omo-guide", "guide-9"},     {"omo-campaign", "spring"},
                          {"omo-reference", "order-5"}, {"omo-cause", "command-4"},
                          {"omo-shard", "11"},          {"traceparent", kTrace},
                          {"user-agent", "something"},  {"omo-of-another-release", "x"}};
  CallContext context;
  const auto deadline = std::chrono::system_clock::time_point(std::chrono::seconds(5));
  REQUIRE(ReadCallContext(metadata, deadline, context).ok());
  CHECK(context.caller == "pos-7");
  CHECK(context.context.actor() == "staff-1");
  CHECK(context.context.role() == "cashier");
  CHECK(context.context.channel() == "pos");
  CHECK(context.context.store() == "S1");
  CHECK(context.context.device() == "till 3");
  CHECK(context.context.guide() == "guide-9");
  CHECK(context.context.campaign() == "spring");
  CHECK(context.context.reference() == "order-5");
  CHECK(context.context.cause() == "command-4");
  CHECK(context.shard == 11);
  CHECK(context.traceparent == kTrace);
  CHECK(context.deadline == FromMillis(5000));
}

TEST_CASE("a context handed on reads as the same context", "[rpc]") {
  const Metadata metadata{{"omo-caller", "pos-7"}, {"omo-store", "S1"}, {"traceparent", kTrace}};
  CallContext context;
  REQUIRE(ReadCallContext(metadata, kNoDeadline, context).ok());
  const auto sent = ContextMetadata(context);
  Metadata received;
  for (const auto& [key, value] : sent) received.emplace(key, value);
  CHECK(received == metadata);
  CHECK_FALSE(context.deadline.has_value());
  CHECK_FALSE(context.shard.has_value());
}

TEST_CASE("wrong metadata are refused by name", "[rpc]") {
  struct Row {
    Metadata metadata;
    std::string field;
    std::string reason;
  };
  const std::string long_text(kContextBytesMax + 1, 'x');
  const Row row =
      GENERATE_COPY(Row{{{"omo-store", long_text}}, "omo-store", "TOO_LONG"},
                    Row{{{"omo-caller", "a\nb"}}, "omo-caller", "NOT_PRINTABLE"},
                    Row{{{"omo-actor", "\xE5\xBA\x97"}}, "omo-actor", "NOT_PRINTABLE"},
                    Row{{{"omo-caller", "one"}, {"omo-caller", "two"}}, "omo-caller", "REPEATED"},
                    Row{{{"omo-shard", "-1"}}, "omo-shard", "OUT_OF_RANGE"},
                    Row{{{"omo-shard", "1x"}}, "omo-shard", "OUT_OF_RANGE"},
                    Row{{{"omo-shard", "99999999999"}}, "omo-shard", "OUT_OF_RANGE"});
  CallContext context;
  const ErrorInfo error = ReadError(ReadCallContext(row.metadata, kNoDeadline, context));
  REQUIRE(error.field_errors.size() == 1);
  CHECK(error.code == grpc::INVALID_ARGUMENT);
  CHECK(error.field_errors[0].field == row.field);
  CHECK(error.field_errors[0].reason == row.reason);
}

TEST_CASE("a mutation needs a caller", "[rpc]") {
  CallContext context;
  CHECK(ReadError(RequireCaller(context)).Find("field") == "omo-caller");
  context.caller = "pos-7";
  CHECK(RequireCaller(context).ok());
}

TEST_CASE("a broken trace is dropped, not refused", "[rpc]") {
  const std::string trace = GENERATE(as<std::string>(), "", "junk",
                                     "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                                     "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                     "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                     "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                     "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  CallContext context;
  CHECK(ReadCallContext(Metadata{{"traceparent", trace}}, kNoDeadline, context).ok());
  CHECK(context.traceparent.empty());
}
