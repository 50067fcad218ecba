// A decider is a pure function: services/*/domain and libs/hold know the standard library,
// libs/core and each other, and no clock, thread, chance, file, environment or wire.
#include <regex>

#include "tests/support/catch.h"
#include "tests/support/source_tree.h"

namespace omo::testing {
namespace {

// A word, and what to use in its place.
struct Banned {
  std::string pattern;
  std::string instead;
};

const std::vector<Banned> kBanned = {
    {R"(\bnow\s*\(\s*\))", "`now` is an argument of decide"},
    {R"(\b(system|steady|high_resolution)_clock\b)", "`now` is an argument of decide"},
    {R"(\b(time|clock|gettimeofday|clock_gettime|localtime|gmtime)\s*\()", "omo::Time is a value"},
    {R"(\b(rand|srand|random_device|mt19937\w*|getrandom)\b)", "ids come with the command"},
    {R"(\b(getenv|setenv)\b)", "settings come with the state or the command"},
    {R"(\bstd::(thread|jthread|mutex|shared_mutex|atomic\w*|async|future|promise)\b)",
     "a shard's loop is one thread"},
    {R"(\b(thread_local|volatile)\b)", "a decider has no memory"},
    {R"(\bstd::(cout|cerr|clog|printf|ofstream|ifstream|fstream)\b)", "the shell writes logs"},
    {R"(\b(printf|fprintf)\s*\()", "the shell writes logs"},
    {R"(\b(float|double)\b)", "integers only: the smallest unit, minor units of money"},
    {R"(\bthrow\b)", "a refusal is an answer"},
    {R"(\b(protobuf|rdkafka|rocksdb|grpc)\b)", "the codec knows the bytes"},
    {R"(\bstatic\s+(?!constexpr|const\b|auto\s+Fields|[\w:<>, ]+\())", "a decider has no memory"},
};

bool IsPure(const std::string& path) {
  static const std::regex pure("^(services/[a-z_]+/domain|libs/hold)/.*\\.(h|cc)$");
  return std::regex_search(path, pure);
}

std::vector<std::string> Complaints(const SourceFile& file) {
  // A standard header has neither folder nor ending: <vector>, not <sys/time.h>.
  static const std::regex foreign(
      R"(^#include <([^>]*[./][^>]*|thread|mutex|random|fstream|ctime)>)");
  std::vector<std::string> complaints;
  for (const std::string& line : Lines(file.text)) {
    if (std::regex_search(line, foreign)) complaints.push_back(file.path + ": " + line);
  }
  const std::string code = CodeOnly(file.text);
  for (const Banned& banned : kBanned) {
    std::smatch match;
    if (!std::regex_search(code, match, std::regex(banned.pattern))) continue;
    complaints.push_back(file.path + ": " + match.str() + ": " + banned.instead);
  }
  return complaints;
}

TEST_CASE("the domain is pure", "[conformance]") {
  std::vector<std::string> complaints;
  for (const SourceFile& file : SourceTree()) {
    if (!IsPure(file.path)) continue;
    for (const std::string& complaint : Complaints(file)) complaints.push_back(complaint);
  }
  CHECK(Joined(complaints) == "");
}

TEST_CASE("the purity check sees clocks, threads, chance, logs and wires", "[conformance]") {
  const auto wrong = [](const std::string& text) {
    return !Complaints({"services/order/domain/order.cc", text}).empty();
  };
  CHECK(wrong("auto t = std::chrono::system_clock::now();"));
  CHECK(wrong("auto t = Clock::now();"));
  CHECK(wrong("auto t = time(nullptr);"));
  CHECK(wrong("int dice = rand() % 6;"));
  CHECK(wrong("std::mutex lock;"));
  CHECK(wrong("#include <thread>"));
  CHECK(wrong("#include <sys/time.h>"));
  CHECK(wrong("#include <absl/status/status.h>"));
  CHECK(wrong("const char* home = getenv(name);"));
  CHECK(wrong("std::cerr << 1;"));
  CHECK(wrong("double price = 1;"));
  CHECK(wrong("throw 1;"));
  CHECK(wrong("static int calls = 0;"));
  CHECK(wrong("google::protobuf::Message* message;"));

  CHECK_FALSE(wrong("#include <vector>\n#include \"libs/core/types.h\""));
  CHECK_FALSE(wrong("if (command.now < due) return {};  // Until now(), nothing is double."));
  CHECK_FALSE(wrong("static constexpr int kMost = 3;"));
  CHECK_FALSE(wrong("static auto Fields(auto& self) { return std::tie(self.id); }"));
  CHECK_FALSE(wrong("const std::string text = \"time(\";"));
}

TEST_CASE("the purity check knows which files it is for", "[conformance]") {
  CHECK(IsPure("services/order/domain/order.h"));
  CHECK(IsPure("services/order/domain/cart/add_line.cc"));
  CHECK(IsPure("libs/hold/hold.h"));
  CHECK_FALSE(IsPure("services/order/api/order_service.cc"));
  CHECK_FALSE(IsPure("tests/unit/order/domain_test.cc"));
}

}  // namespace
}  // namespace omo::testing
