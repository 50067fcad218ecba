// The repository's own files, as the conformance tests read them.
#pragma once

#include <string>
#include <vector>

namespace omo::testing {

struct SourceFile {
  std::string path;  // From the repository's root, with "/".
  std::string text;
};

// All files below the working folder (the repository's root) but what is built, installed, fetched
// or another project's: build/, .omo/, .git, proto/third_party/ and hidden caches. Read once.
const std::vector<SourceFile>& SourceTree();

// The names in the repository's root, without what .gitignore leaves out and .git.
std::vector<std::string> TopLevel();

std::vector<std::string> Lines(const std::string& text);
bool StartsWithFolder(const std::string& path, const std::string& folder);
// "a/b/c.cc" has the ending ".cc", "a/README" none.
std::string Ending(const std::string& path);
// The code without comments and without what stands in string and character literals.
std::string CodeOnly(const std::string& text);

// The complaints as lines, for a failure's message; empty when there are none.
std::string Joined(const std::vector<std::string>& complaints);

// Whether the file defines a test of exactly that name: a TEST_CASE, or a function of pytest's.
bool DefinesTest(const SourceFile& file, const std::string& name);

}  // namespace omo::testing
