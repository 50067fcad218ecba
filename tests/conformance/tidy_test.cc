// The house's form, where no formatter looks: sizes, names, and what is left lying about.
#include <map>
#include <regex>
#include <set>

#include "tests/support/catch.h"
#include "tests/support/source_tree.h"

namespace omo::testing {
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t kColumns = 100;
constexpr std::size_t kProtoColumns = 120;  // No formatter wraps a .proto's comments.
constexpr std::size_t kLinesOfAFile = 600;
constexpr std::size_t kLinesOfAFunction = 70;
constexpr std::size_t kFilesOfAFolder = 40;
constexpr std::size_t kFoldersAboveCpp = 4;  // services/inventory/domain/stock/
constexpr std::size_t kBytesOfAFile = 1 << 20;

const std::set<std::string> kTopLevel = {
    ".ci",
    ".clang-format",
    ".clang-tidy",
    ".editorconfig",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "CMakeLists.txt",
    "CONTRIBUTING.md",
    "CMakePresets.json",
    "LICENSE",
    "README.md",
    "README.zh-CN.md",
    "SECURITY.md",
    "deploy",
    "docs",
    "k8s",
    "libs",
    "omo",
    "proto",
    "services",
    "tests",
};

// Words that say nothing of what a file holds.
const std::set<std::string> kEmptyWords = {
    "base", "common",  "data",     "handler", "handlers",  "helper", "helpers",   "impl", "info",
    "lib",  "manager", "managers", "misc",    "processor", "util",   "utilities", "utils"};

// Where a test sleeps all the same, because time itself is its story.
const std::set<std::string> kMaySleep = {
    "tests/support/wait.cc",                  // Between two asks for a condition.
    "tests/support/python/shop.py",           // The same.
    "tests/integration/store/crash_test.cc",  // A kill after so long is what it tries.
};

// Where a function is a table, a row an entry, and may be as long as that.
const std::set<std::string> kTables = {"tests/golden/inventory/specimens.h",
                                       "services/inventory/api/refusal_status.cc"};

bool IsCode(const std::string& path) { return Ending(path) == ".h" || Ending(path) == ".cc"; }

bool IsText(const std::string& path) {
  static const std::set<std::string> endings = {".h",   ".cc",    ".proto",     ".py",  ".sh",
                                                ".md",  ".yaml",  ".yml",       ".txt", ".json",
                                                ".xml", ".cmake", ".properties"};
  return endings.contains(Ending(path)) || path == "omo" || path == ".ci/run";
}

bool IsHandWritten(const std::string& path) {
  static const std::set<std::string> endings = {".h", ".cc", ".proto", ".py", ".sh"};
  return endings.contains(Ending(path)) || path == "omo" || path == ".ci/run";
}

// Characters, not bytes: a UTF-8 continuation byte begins none.
std::size_t Columns(const std::string& line) {
  std::size_t columns = 0;
  for (const char byte : line) columns += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return columns;
}

Names LineComplaints(const SourceFile& file) {
  // Put together, so that this file does not find itself.
  static const std::regex unfinished(std::string("\\b(TO") + "DO|FIX" + "ME)\\b");
  static const std::regex machine_path(std::string("(^|[^\\w./-])/(wo") + "rk|ro" + "ot)/");
  const std::size_t limit = Ending(file.path) == ".proto" ? kProtoColumns : kColumns;
  Names complaints;
  std::size_t number = 0;
  for (const std::string& line : Lines(file.text)) {
    const std::string where = file.path + ":" + std::to_string(++number) + ": ";
    if (IsHandWritten(file.path) && Columns(line) > limit) complaints.push_back(where + "too long");
    if (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
      complaints.push_back(where + "blank at the end");
    }
    if (std::regex_search(line, unfinished)) complaints.push_back(where + "unfinished: " + line);
    if (std::regex_search(line, machine_path)) complaints.push_back(where + "a machine's path");
  }
  if (!file.text.empty() && file.text.back() != '\n') {
    complaints.push_back(file.path + ": no newline at the end");
  }
  if (IsHandWritten(file.path) && number > kLinesOfAFile) {
    complaints.push_back(file.path + ": " + std::to_string(number) + " lines");
  }
  return complaints;
}

// Functions (and other blocks behind a closing parenthesis) that are too long. It counts braces in
// code that clang-format has laid out; it does not parse.
Names FunctionComplaints(const SourceFile& file) {
  static const std::regex head(
      R"(\)\s*((const|noexcept|override|final|mutable)\s*)*(->[^;{]+)?\{$)");
  struct Block {
    std::size_t line;
    bool function;
  };
  std::vector<Block> open;
  Names complaints;
  std::size_t number = 0;
  for (const std::string& line : Lines(CodeOnly(file.text))) {
    ++number;
    std::string trimmed = line.substr(0, line.find_last_not_of(' ') + 1);
    const bool function = std::regex_search(trimmed, head);
    for (const char brace : line) {
      if (brace == '{') open.push_back({number, function});
      if (brace != '}' || open.empty()) continue;
      const std::size_t lines = number - open.back().line + 1;
      if (open.back().function && lines > kLinesOfAFunction) {
        complaints.push_back(file.path + ":" + std::to_string(open.back().line) +
                             ": a function of " + std::to_string(lines) + " lines");
      }
      open.pop_back();
    }
  }
  return complaints;
}

bool Sleeps(const SourceFile& file) {
  static const std::regex call(
      R"(this_thread::sleep_|\b(usleep|nanosleep)\s*\(|(^|[^\w.>])sleep\s*\()");
  static const std::regex python(R"(\btime\.sleep\s*\(|\bimport\b.*\bsleep\b)");
  if (Ending(file.path) == ".py") return std::regex_search(file.text, python);
  return IsCode(file.path) && std::regex_search(CodeOnly(file.text), call);
}

Names SleepComplaints(const SourceFile& file) {
  const bool is_test = StartsWithFolder(file.path, "tests") &&
                       !StartsWithFolder(file.path, "tests/bench") &&
                       !kMaySleep.contains(file.path);
  if (!is_test || !Sleeps(file)) return {};
  return {file.path + " sleeps: wait for the condition with WaitUntil, or await_that"};
}

Names NameComplaints(const std::string& path) {
  static const std::regex own("^(libs|services|tests|deploy|proto)/.*");
  if (!std::regex_match(path, own)) return {};
  Names complaints;
  std::string word;
  for (const char letter : path + "/") {
    if (std::isalpha(static_cast<unsigned char>(letter)) != 0) {
      word += letter;
      continue;
    }
    if (kEmptyWords.contains(word)) complaints.push_back(path + ": \"" + word + "\" says nothing");
    word.clear();
  }
  return complaints;
}

Names FolderComplaints(const Names& paths) {
  std::map<std::string, std::size_t> files;
  Names complaints;
  for (const std::string& path : paths) {
    if (!IsCode(path)) continue;
    const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
    if (depth > kFoldersAboveCpp) complaints.push_back(path + " lies too deep");
    ++files[path.substr(0, path.rfind('/'))];
  }
  for (const auto& [folder, count] : files) {
    if (count <= kFilesOfAFolder) continue;
    complaints.push_back(folder + " has " + std::to_string(count) + " files: split it");
  }
  return complaints;
}

Names TopLevelComplaints(const Names& names) {
  Names complaints;
  for (const std::string& name : names) {
    if (!kTopLevel.contains(name)) complaints.push_back(name + " does not belong in the root");
  }
  return complaints;
}

template <class Judge>
std::string OfAllFiles(const Judge& judge) {
  Names complaints;
  for (const SourceFile& file : SourceTree()) {
    for (const std::string& complaint : judge(file)) complaints.push_back(complaint);
  }
  return Joined(complaints);
}

std::string Repeated(const std::string& text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST_CASE("files are tidy", "[conformance]") {
  CHECK(OfAllFiles([](const SourceFile& file) {
          return IsText(file.path) ? LineComplaints(file) : Names{};
        }) == "");
}

TEST_CASE("the tidiness check sees what is untidy", "[conformance]") {
  const auto complaints = [](const std::string& path, const std::string& text) {
    return LineComplaints({path, text}).size();
  };
  CHECK(complaints("libs/a/a.cc", "// " + Repeated("x", 98) + "\n") == 1);
  CHECK(complaints("libs/a/a.cc", "// " + Repeated("\u00e9", 97) + "\n") == 0);
  CHECK(complaints("proto/a.proto", "// " + Repeated("x", 98) + "\n") == 0);
  CHECK(complaints("libs/a/a.cc", "int a; \n") == 1);
  CHECK(complaints("libs/a/a.cc", "int a;\r\n") == 1);
  CHECK(complaints("libs/a/a.cc", "int a;") == 1);
  CHECK(complaints("libs/a/a.cc", std::string("// TO") + "DO: later\n") == 1);
  CHECK(complaints("libs/a/a.cc", std::string("// FIX") + "ME\n") == 1);
  CHECK(complaints("docs/a.md", std::string("see /wo") + "rk/here\n") == 1);
  CHECK(complaints("docs/a.md", "see docs/work/here and //root/path\n") == 0);
  CHECK(complaints("libs/a/a.cc", Repeated("int a;\n", 601)) == 1);
  CHECK(complaints("libs/a/a.cc", Repeated("int a;\n", 600)) == 0);
}

TEST_CASE("functions are short", "[conformance]") {
  CHECK(OfAllFiles([](const SourceFile& file) {
          return IsCode(file.path) && !kTables.contains(file.path) ? FunctionComplaints(file)
                                                                   : Names{};
        }) == "");
}

TEST_CASE("the function check sees a long one", "[conformance]") {
  const auto wrong = [](const std::string& head, std::size_t lines) {
    const std::string text = head + "\n" + Repeated("  a += \"}\";  // }\n", lines - 2) + "}\n";
    return !FunctionComplaints({"libs/a/a.cc", text}).empty();
  };
  CHECK(wrong("void Long(int a) {", 71));
  CHECK(wrong("bool A::Long(int a) const noexcept override {", 71));
  CHECK(wrong("TEST_CASE(\"a long story\", \"[a]\") {", 71));
  CHECK(wrong("auto Long(int a) -> std::vector<int> {", 71));
  CHECK_FALSE(wrong("void Short(int a) {", 70));
  CHECK_FALSE(wrong("namespace omo {", 500));
  CHECK_FALSE(wrong("class Long : public Short {", 500));
}

TEST_CASE("tests wait for conditions and never sleep", "[conformance]") {
  CHECK(OfAllFiles(SleepComplaints) == "");
  std::set<std::string> sleeping;
  for (const SourceFile& file : SourceTree()) {
    if (kMaySleep.contains(file.path) && Sleeps(file)) sleeping.insert(file.path);
  }
  CHECK(sleeping == kMaySleep);  // Whoever sleeps no more is exempt no more.
}

TEST_CASE("the sleep check sees a sleep", "[conformance]") {
  const std::string text = "std::this_thread::sleep_for(1s);";
  CHECK_FALSE(SleepComplaints({"tests/unit/a_test.cc", text}).empty());
  CHECK_FALSE(SleepComplaints({"tests/unit/a_test.cc", "usleep(10);"}).empty());
  CHECK_FALSE(SleepComplaints({"tests/unit/a_test.cc", "  sleep (10);"}).empty());
  CHECK_FALSE(SleepComplaints({"tests/chaos/test_a.py", "    time.sleep(1)\n"}).empty());
  CHECK_FALSE(SleepComplaints({"tests/chaos/test_a.py", "from time import sleep\n"}).empty());
  CHECK(SleepComplaints({"tests/chaos/test_a.py", "shop.put_to_sleep(name)\n"}).empty());
  CHECK(SleepComplaints({"tests/support/wait.cc", text}).empty());
  CHECK(SleepComplaints({"tests/unit/a_test.cc", "Process({\"sleep\", \"600\"});"}).empty());
}

TEST_CASE("names say what is inside", "[conformance]") {
  CHECK(OfAllFiles([](const SourceFile& file) { return NameComplaints(file.path); }) == "");
}

TEST_CASE("the name check sees an empty word", "[conformance]") {
  CHECK_FALSE(NameComplaints("libs/core/string_utils.h").empty());
  CHECK_FALSE(NameComplaints("libs/common/text.h").empty());
  CHECK_FALSE(NameComplaints("services/order/order_manager.cc").empty());
  CHECK_FALSE(NameComplaints("tests/support/helpers.h").empty());
  CHECK(NameComplaints("libs/store/database_options.h").empty());
  CHECK(NameComplaints("k8s/base/gateway/service.yaml").empty());
}

TEST_CASE("folders are small and flat", "[conformance]") {
  Names paths;
  for (const SourceFile& file : SourceTree()) paths.push_back(file.path);
  CHECK(Joined(FolderComplaints(paths)) == "");
}

TEST_CASE("the folder check sees a crowd and a deep place", "[conformance]") {
  Names crowd;
  for (int i = 0; i < 41; ++i) crowd.push_back("libs/a/f" + std::to_string(i) + ".cc");
  CHECK(FolderComplaints(crowd).size() == 1);
  crowd.pop_back();
  CHECK(FolderComplaints(crowd).empty());
  CHECK(FolderComplaints({"services/a/domain/b/c/d.cc"}).size() == 1);
}

TEST_CASE("the root holds what belongs there", "[conformance]") {
  CHECK(Joined(TopLevelComplaints(TopLevel())) == "");
  CHECK(TopLevelComplaints({"README.md", "scripts", "notes.txt"}).size() == 2);
}

TEST_CASE("no file is large", "[conformance]") {
  const auto judge = [](const SourceFile& file) {
    return file.text.size() > kBytesOfAFile ? Names{file.path} : Names{};
  };
  CHECK(OfAllFiles(judge) == "");
  CHECK(judge({"a.bin", Repeated("x", kBytesOfAFile + 1)}).size() == 1);
}

TEST_CASE("the scanner leaves code only", "[conformance]") {
  CHECK(CodeOnly("int a;  // b\nint c; /* d\n e */ int f;") == "int a;  \nint c; \n int f;");
  CHECK(CodeOnly(R"(f("a\"b", 'c', '\'', 1'000);)") == "f(, , , 1'000);");
  CHECK(CodeOnly("x = R\"re(\"})re\"; y") == "x = ; y");
}

}  // namespace
}  // namespace omo::testing
