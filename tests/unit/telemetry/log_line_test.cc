#include "libs/telemetry/log_line.h"

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"

using namespace omo;
using namespace omo::telemetry;

TEST_CASE("a log line is one JSON object with its fields in order", "[telemetry]") {
  const std::string line =
      FormatLogLine(FromMillis(1'700'000'000'123), Level::kWarning, "gateway", "slow call",
                    {{"shard", 3}, {"method", "Reserve"}, {"late", true}, {"ratio", 0.5}});
  CHECK(line == R"({"time":"2023-11-14T22:13:20.123Z","level":"warning","service":"gateway",)"
                R"("message":"slow call","shard":3,"method":"Reserve","late":true,"ratio":0.5})");
}

TEST_CASE("a log line escapes what would break it", "[telemetry]") {
  const std::string hostile = "quote\" back\\slash\nnew line\x01 \xFF bad utf-8";
  const std::string line =
      FormatLogLine(FromMillis(0), Level::kInfo, "omo", hostile, {{"field", hostile}});
  CHECK(line.find('\n') == std::string::npos);
  const auto parsed = nlohmann::json::parse(line);
  CHECK(parsed["message"].get<std::string>().starts_with("quote\" back\\slash\nnew line\x01 "));
  CHECK(parsed["time"] == "1970-01-01T00:00:00.000Z");
}

TEST_CASE("a time before 1970 keeps its milliseconds", "[telemetry]") {
  const std::string line = FormatLogLine(FromMillis(-1), Level::kInfo, "omo", "old", {});
  CHECK(nlohmann::json::parse(line)["time"] == "1969-12-31T23:59:59.999Z");
}
