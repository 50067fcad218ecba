#include "libs/telemetry/flags.h"

#include <absl/flags/parse.h>
#include <absl/flags/reflection.h>
#include <absl/flags/usage.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <vector>

namespace omo::telemetry {
namespace {

std::string VariableOf(std::string_view flag) {
  std::string name = "OMO_";
  for (const char c : flag) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

// Our own flags only: absl's come from absl's folders.
bool IsOurs(const absl::CommandLineFlag& flag) {
  return flag.Filename().find("absl/flags") == std::string::npos;
}

bool ReadEnvironment() {
  bool all_parse = true;
  for (auto& [name, flag] : absl::GetAllFlags()) {
    if (!IsOurs(*flag)) continue;
    const std::string variable = VariableOf({name.data(), name.size()});
    const char* value = std::getenv(variable.c_str());
    std::string error;
    if (value == nullptr || flag->ParseFrom(value, &error)) continue;
    std::cerr << variable << ": " << error << "\n";
    all_parse = false;
  }
  return all_parse;
}

// "--allow-this=a-b" -> "--allow_this=a-b".
std::string WithUnderscores(std::string word) {
  if (word.rfind("--", 0) != 0) return word;
  const auto end = std::find(word.begin(), word.end(), '=');
  std::replace(word.begin() + 2, end, '-', '_');
  return word;
}

}  // namespace

bool ReadFlags(int argc, char** argv, const std::string& usage) {
  absl::SetProgramUsageMessage(usage);
  if (!ReadEnvironment()) return false;
  std::vector<std::string> words;
  words.reserve(static_cast<std::size_t>(argc));
  for (int i = 0; i < argc; ++i) words.push_back(WithUnderscores(argv[i]));
  std::vector<char*> pointers;
  pointers.reserve(words.size());
  for (std::string& word : words) pointers.push_back(word.data());
  const auto left = absl::ParseCommandLine(argc, pointers.data());
  for (std::size_t i = 1; i < left.size(); ++i) std::cerr << "not a flag: " << left[i] << "\n";
  return left.size() <= 1;
}

}  // namespace omo::telemetry
