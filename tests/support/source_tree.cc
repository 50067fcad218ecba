#include "tests/support/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace omo::testing {
namespace {

namespace fs = std::filesystem;

const std::set<std::string> kNotOurs = {".git", ".omo", ".venv", "build", "node_modules"};

bool Skipped(const fs::path& path) {
  const std::string name = path.filename().string();
  return kNotOurs.contains(name) || name == "__pycache__" || name == "third_party" ||
         name == ".cache" || name == ".pytest_cache" || name == "compile_commands.json" ||
         path.extension() == ".pyc";
}

std::vector<SourceFile> Read() {
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator("."); entry != fs::end(entry); ++entry) {
    if (Skipped(entry->path())) {
      entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file()) continue;
    std::ifstream file(entry->path(), std::ios::binary);
    files.push_back({entry->path().lexically_relative(".").generic_string(),
                     std::string(std::istreambuf_iterator<char>(file), {})});
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

// What the scanner of CodeOnly stands in.
enum class Within { kCode, kLine, kBlock, kString, kCharacter };

Within Entered(char now, char next, char before) {
  if (now == '/' && next == '/') return Within::kLine;
  if (now == '/' && next == '*') return Within::kBlock;
  if (now == '"') return Within::kString;
  // 1'000 is a number.
  if (now == '\'' && std::isalnum(static_cast<unsigned char>(before)) == 0) {
    return Within::kCharacter;
  }
  return Within::kCode;
}

// The end of a raw string that begins at `at` (its R), or npos.
std::size_t RawStringEnd(const std::string& text, std::size_t at) {
  if (text.compare(at, 2, "R\"") != 0) return std::string::npos;
  const std::size_t open = text.find('(', at);
  if (open == std::string::npos) return open;
  const std::string close = ")" + text.substr(at + 2, open - at - 2) + "\"";
  const std::size_t end = text.find(close, open);
  return end == std::string::npos ? end : end + close.size();
}

}  // namespace

const std::vector<SourceFile>& SourceTree() {
  static const std::vector<SourceFile> tree = Read();
  return tree;
}

std::vector<std::string> TopLevel() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(".")) {
    if (!Skipped(entry.path())) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool StartsWithFolder(const std::string& path, const std::string& folder) {
  return path.rfind(folder + "/", 0) == 0;
}

std::string Ending(const std::string& path) { return fs::path(path).extension().string(); }

std::string CodeOnly(const std::string& text) {
  std::string code;
  Within within = Within::kCode;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char now = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (within == Within::kCode) {
      if (const std::size_t end = RawStringEnd(text, at); end != std::string::npos) {
        at = end - 1;
        continue;
      }
      within = Entered(now, next, at > 0 ? text[at - 1] : '\0');
      if (within == Within::kCode) code += now;
      if (within == Within::kBlock) ++at;
      continue;
    }
    if (now == '\n') code += now;
    const bool literal = within == Within::kString || within == Within::kCharacter;
    if (literal && now == '\\') ++at;
    if ((within == Within::kLine && now == '\n') || (within == Within::kString && now == '"') ||
        (within == Within::kCharacter && now == '\'')) {
      within = Within::kCode;
    }
    if (within == Within::kBlock && now == '*' && next == '/') {
      within = Within::kCode;
      ++at;
    }
  }
  return code;
}

std::string Joined(const std::vector<std::string>& complaints) {
  std::string text;
  for (const std::string& complaint : complaints) text += "\n  " + complaint;
  return text;
}

namespace {

// The string at `at`, put together from the literals that stand behind each other there.
std::string LiteralAt(const std::string& text, std::size_t at) {
  std::string literal;
  while ((at = text.find_first_not_of(" \n", at)) != std::string::npos && text[at] == '"') {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\') ++at;
      literal += text[at];
    }
    ++at;
  }
  return literal;
}

}  // namespace

bool DefinesTest(const SourceFile& file, const std::string& name) {
  if (Ending(file.path) == ".py") {
    return name.starts_with("test_") &&
           ("\n" + file.text).find("\ndef " + name + "(") != std::string::npos;
  }
  const std::string head = "TEST_CASE(";
  for (auto at = file.text.find(head); at != std::string::npos; at = file.text.find(head, at)) {
    at += head.size();
    if (LiteralAt(file.text, at) == name) return true;
  }
  return false;
}

}  // namespace omo::testing
