#include "libs/rpc/page_token.h"

#include "tests/support/catch.h"

using namespace omo::rpc;

TEST_CASE("a page token gives its values back, whatever they hold", "[rpc]") {
  const auto values =
      GENERATE(std::vector<std::string>{"plain"}, std::vector<std::string>{"-12", "a,b%c%%,,"},
               std::vector<std::string>{"", "x", ""}, std::vector<std::string>{"%p", "%c"});
  CHECK(ReadPageToken(WritePageToken(values), values.size()) == values);
}

TEST_CASE("a page token of another list is not read", "[rpc]") {
  CHECK_FALSE(ReadPageToken("a,b", 1).has_value());
  CHECK_FALSE(ReadPageToken("a", 2).has_value());
  CHECK_FALSE(ReadPageToken("a%", 1).has_value());
  CHECK_FALSE(ReadPageToken("%41", 1).has_value());
}
