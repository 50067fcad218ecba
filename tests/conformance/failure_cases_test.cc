// docs/failure_cases.md tells the truth: each case has a test that carries its number, each test
// that it names is there, and none that carries a number is left out.
#include <algorithm>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/source_tree.h"

namespace omo::testing {
namespace {

// The runtime's list without those whose subject does not exist yet: sagas (F16), releases with
// new events (F19), members (F20).
const std::set<int> kCases = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18};

struct NamedTest {
  std::string path;
  std::string name;
  auto operator<=>(const NamedTest&) const = default;  // NOLINT(modernize-use-nullptr)
};

std::vector<std::smatch> All(const std::string& text, const std::regex& pattern) {
  return {std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()};
}

// The numbers in "F6 F7 each broker ..." or test_f6_f7_each_broker.
std::set<int> NumbersIn(const std::string& name) {
  static const std::regex number(R"((?:^|[ _])[Ff](\d+)(?=[ _]))");
  std::set<int> numbers;
  for (const std::smatch& found : All(name, number)) numbers.insert(std::stoi(found[1]));
  return numbers;
}

// The tests of a file whose names begin with a case's number.
std::set<NamedTest> NumberedTests(const SourceFile& file) {
  static const std::regex cpp(R"re(TEST_CASE\(\s*"(F\d+ [^"]+)")re");
  static const std::regex python(R"((?:^|\n)def (test_f\d+_\w+))");
  std::set<NamedTest> tests;
  if (!StartsWithFolder(file.path, "tests")) return tests;
  const std::string ending = Ending(file.path);
  if (ending != ".cc" && ending != ".py") return tests;
  for (const std::smatch& found : All(file.text, ending == ".cc" ? cpp : python)) {
    tests.insert({file.path, found[1]});
  }
  return tests;
}

// What a page's table says: its tests by the case whose row they stand in, or below.
struct Page {
  std::set<NamedTest> tests;
  std::set<int> cases;  // That have a test with their own number.
};

Page ReadPage(const std::string& text) {
  static const std::regex row(R"(^\| (?:F(\d+) )?)");
  static const std::regex test(R"re(`(tests/[^`]+)` "([^"]+)")re");
  Page page;
  int number = 0;
  for (const std::string& line : Lines(text)) {
    std::smatch begin;
    if (!std::regex_search(line, begin, row)) continue;
    if (begin[1].matched) number = std::stoi(begin[1]);
    for (const std::smatch& found : All(line, test)) {
      page.tests.insert({found[1], found[2]});
      if (NumbersIn(found[2]).contains(number)) page.cases.insert(number);
    }
  }
  return page;
}

std::vector<std::string> Missing(const std::set<NamedTest>& all, const std::set<NamedTest>& from) {
  std::vector<std::string> missing;
  for (const NamedTest& test : all) {
    if (!from.contains(test)) missing.push_back(test.path + ": " + test.name);
  }
  return missing;
}

TEST_CASE("each failure case has a test that carries its number, and the page names them all",
          "[conformance]") {
  std::set<NamedTest> there;
  std::string page_text;
  for (const SourceFile& file : SourceTree()) {
    there.merge(NumberedTests(file));
    if (file.path == "docs/failure_cases.md") page_text = file.text;
  }
  std::set<int> numbers;
  for (const NamedTest& test : there) numbers.merge(NumbersIn(test.name));
  CHECK(numbers == kCases);
  const Page page = ReadPage(page_text);
  CHECK(page.cases == kCases);
  CHECK(Joined(Missing(page.tests, there)) == "");
  CHECK(Joined(Missing(there, page.tests)) == "");
}

TEST_CASE("the check of the failure cases sees what is not there", "[conformance]") {
  CHECK(NumbersIn("F6 F7 each broker") == std::set{6, 7});
  CHECK(NumbersIn("test_f1_f12_owner") == std::set{1, 12});
  CHECK(NumbersIn("UTF8 text, F").empty());
  const auto tests = NumberedTests(
      {"tests/a_test.cc", "TEST_CASE(\"F3 a\", \"[x]\") {\nTEST_CASE(\n    \"F4 b\", \"[x]\") {"});
  CHECK(tests == std::set<NamedTest>{{"tests/a_test.cc", "F3 a"}, {"tests/a_test.cc", "F4 b"}});
  CHECK(NumberedTests({"libs/a.cc", "TEST_CASE(\"F3 a\")"}).empty());
  const Page page = ReadPage("| F3 x | y | z | `tests/a_test.cc` \"F3 a\" |\n| F4 x | y | z | |\n");
  CHECK(page.cases == std::set{3});
  CHECK(Missing(tests, page.tests).size() == 1);
  // A row's tests must carry the row's own number.
  CHECK(ReadPage("| F5 x | y | z | `tests/a_test.cc` \"F3 a\" |\n").cases.empty());
}

}  // namespace
}  // namespace omo::testing
