// Documents that a reader can trust: links lead somewhere, commands exist, pages stay short.
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "tests/support/catch.h"
#include "tests/support/source_tree.h"

namespace omo::testing {
namespace {

using Names = std::vector<std::string>;

const std::map<std::string, std::size_t> kLinesAtMost = {
    {"README.md", 120}, {"README.zh-CN.md", 120}, {"docs/architecture.md", 250}, {"docs/adr", 60}};

Names Matches(const std::string& text, const std::regex& pattern) {
  Names found;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), pattern);
       at != std::sregex_iterator(); ++at) {
    found.push_back((*at)[1].str());
  }
  return found;
}

Names LinkComplaints(const SourceFile& page) {
  static const std::regex link(R"(\]\(([^)#:\s]+)(#[^)]*)?\))");  // Not to other sites.
  const auto folder = std::filesystem::path(page.path).parent_path();
  Names complaints;
  for (const std::string& target : Matches(page.text, link)) {
    if (std::filesystem::exists(folder / target)) continue;
    complaints.push_back(page.path + " links to " + target);
  }
  return complaints;
}

std::string TextOf(const std::string& path) {
  for (const SourceFile& file : SourceTree()) {
    if (file.path == path) return file.text;
  }
  return "";
}

std::set<std::string> Verbs(const std::string& script) {
  const Names verbs = Matches(script, std::regex(R"(\nverb_([a-z]+)\(\) \{)"));
  return {verbs.begin(), verbs.end()};
}

Names VerbComplaints(const SourceFile& page, const std::set<std::string>& verbs) {
  static const std::regex call(R"(\./omo ([a-z]+))");
  Names complaints;
  for (const std::string& verb : Matches(page.text, call)) {
    if (!verbs.contains(verb)) complaints.push_back(page.path + " says ./omo " + verb);
  }
  return complaints;
}

// Tests that a page names: `tests/unit/a_test.cc` "the sentence", or a file of them.
Names TestComplaints(const SourceFile& page) {
  static const std::regex test(R"re(`(tests/[^`*< ]+\.(?:cc|py))`(?: "([^"]+)")?)re");
  Names complaints;
  for (auto at = std::sregex_iterator(page.text.begin(), page.text.end(), test);
       at != std::sregex_iterator(); ++at) {
    const SourceFile file{(*at)[1].str(), TextOf((*at)[1].str())};
    const bool there = !file.text.empty() && (!(*at)[2].matched || DefinesTest(file, (*at)[2]));
    if (!there) complaints.push_back(page.path + " names a test that is not there: " + at->str());
  }
  return complaints;
}

Names LengthComplaints(const SourceFile& page) {
  Names complaints;
  for (const auto& [place, limit] : kLinesAtMost) {
    if (page.path != place && !StartsWithFolder(page.path, place)) continue;
    if (Lines(page.text).size() > limit) complaints.push_back(page.path + " is too long");
  }
  return complaints;
}

TEST_CASE("documents lead to what exists", "[conformance]") {
  const std::set<std::string> verbs = Verbs(TextOf("omo"));
  CHECK(verbs.contains("run"));
  Names complaints;
  for (const SourceFile& page : SourceTree()) {
    if (Ending(page.path) != ".md") continue;
    for (const Names& found : {LinkComplaints(page), VerbComplaints(page, verbs),
                               TestComplaints(page), LengthComplaints(page)}) {
      complaints.insert(complaints.end(), found.begin(), found.end());
    }
  }
  CHECK(Joined(complaints) == "");
}

TEST_CASE("the document check sees dead links, unknown verbs and long pages", "[conformance]") {
  CHECK(LinkComplaints({"docs/a.md", "[gone](gone.md) [root](../README.md)"}).size() == 1);
  CHECK(LinkComplaints({"README.md", "[part](docs/README.md#decisions)"}).empty());
  CHECK(LinkComplaints({"README.md", "[site](https://example.org/x)"}).empty());

  const std::set<std::string> verbs = Verbs("\nverb_run() {  # start\n");
  CHECK(VerbComplaints({"a.md", "`./omo run`, `./omo fly`, `./omo`"}, verbs).size() == 1);

  CHECK(TestComplaints({"a.md", "`tests/unit/none_test.cc`"}).size() == 1);
  CHECK(TestComplaints({"a.md", "`tests/conformance/domain_test.cc` \"the domain is pure\""})
            .empty());
  CHECK(TestComplaints({"a.md", "`tests/conformance/domain_test.cc` \"is a cake\""}).size() == 1);
  // A part of a name, or a sentence elsewhere in the file, is no test's name.
  CHECK(TestComplaints({"a.md", "`tests/conformance/domain_test.cc` \"domain is pure\""}).size() ==
        1);

  std::string page;
  for (int i = 0; i < 61; ++i) page += "line\n";
  CHECK(LengthComplaints({"docs/adr/0009-long.md", page}).size() == 1);
  CHECK(LengthComplaints({"docs/guide.md", page}).empty());
}

}  // namespace
}  // namespace omo::testing
