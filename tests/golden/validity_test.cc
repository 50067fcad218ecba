// The golden log that the shipped Python reader is held to as well (tests/analysts).
#include "libs/journal/validity.h"

#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/catch.h"

namespace omo::journal {
namespace {

std::string NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kValid:
      return "valid";
    case Verdict::kDuplicate:
      return "duplicate";
    case Verdict::kVoid:
      return "void";
    case Verdict::kImpossible:
      return "impossible";
  }
  return "";
}

TEST_CASE("each verdict on the golden log is the one written there", "[journal]") {
  std::ifstream log("tests/golden/validity.tsv");
  REQUIRE(log);
  Cursor cursor;
  int judged = 0;
  for (std::string line; std::getline(log, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::string type, verdict;
    Fence fence;
    REQUIRE(fields >> type >> fence.term >> fence.nonce >> fence.seq >> verdict);
    INFO(line);
    CHECK(NameOf(Judge(cursor, KindOf(type), fence)) == verdict);
    ++judged;
  }
  CHECK(judged >= 20);
}

}  // namespace
}  // namespace omo::journal
