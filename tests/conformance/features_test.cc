// docs/features.md tells the truth about names: each RPC and each test that it names is there.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/source_tree.h"

namespace omo::conformance {
namespace {

namespace fs = std::filesystem;

std::string ReadWhole(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The RPCs of all services.
std::set<std::string> AllRpcs() {
  const std::regex rpc(R"(\brpc (\w+)\()");
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator("proto/omo")) {
    if (entry.path().extension() != ".proto") continue;
    const std::string text = ReadWhole(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), rpc), end; at != end; ++at) {
      names.insert((*at)[1]);
    }
  }
  return names;
}

std::vector<std::string> Cells(const std::string& row) {
  std::vector<std::string> cells;
  std::stringstream in(row);
  for (std::string cell; std::getline(in, cell, '|');) cells.push_back(cell);
  return cells;
}

// What is wrong with one row of the table; empty: nothing.
std::string Fault(const std::string& row, const std::set<std::string>& rpcs) {
  const std::vector<std::string> cells = Cells(row);
  if (cells.size() < 5) return "too few cells: " + row;
  const std::regex word(R"(`([A-Z]\w+)`)");
  for (std::sregex_iterator at(cells[2].begin(), cells[2].end(), word), end; at != end; ++at) {
    if (!rpcs.contains((*at)[1])) return "no such RPC: " + (*at)[1].str();
  }
  const std::regex test(R"re(`(tests/[^`]+)`(?: "([^"]+)")?)re");
  int tests = 0;
  for (std::sregex_iterator at(cells[3].begin(), cells[3].end(), test), end; at != end; ++at) {
    ++tests;
    if (!fs::exists((*at)[1].str())) return "no such test: " + (*at)[1].str();
    const std::string name = (*at)[2].str();
    if (name.empty()) return "a test without its name: " + (*at)[1].str();
    if (!testing::DefinesTest({(*at)[1].str(), ReadWhole((*at)[1].str())}, name)) {
      return "no such test case: " + name;
    }
  }
  const bool done = cells[4].starts_with(" yes") || cells[4].starts_with(" partly");
  if (done && tests == 0) return "done without a test: " + row;
  return "";
}

TEST_CASE("docs/features.md names RPCs and tests that exist", "[conformance]") {
  const std::set<std::string> rpcs = AllRpcs();
  REQUIRE(rpcs.contains("ReserveStock"));
  std::ifstream features("docs/features.md");
  const std::regex row(R"(^\| [A-Z]+-\d+ .*)");
  int rows = 0;
  for (std::string line; std::getline(features, line);) {
    if (!std::regex_match(line, row)) continue;
    ++rows;
    CHECK(Fault(line, rpcs) == "");
  }
  CHECK(rows > 20);
}

TEST_CASE("the check of docs/features.md sees what is not there", "[conformance]") {
  const std::set<std::string> rpcs = {"ReserveStock"};
  CHECK(Fault("| INV-1 x | `SellSoul` | | no |", rpcs) != "");
  CHECK(Fault("| INV-1 x | `ReserveStock` | `tests/none_test.cc` \"a\" | yes |", rpcs) != "");
  CHECK(Fault("| INV-1 x | `ReserveStock` | | yes |", rpcs) != "");
  CHECK(Fault("| INV-1 x | `ReserveStock` | | no |", rpcs) == "");
  const auto test = [&rpcs](const std::string& name) {
    const std::string path = "`tests/conformance/features_test.cc`";
    return Fault("| INV-1 x | `ReserveStock` | " + path + name + " | yes |", rpcs);
  };
  CHECK(test("") != "");
  CHECK(test(" \"RPCs and tests that exist\"") != "");
  CHECK(test(" \"docs/features.md names RPCs and tests that exist\"") == "");
}

}  // namespace
}  // namespace omo::conformance
