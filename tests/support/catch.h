// The one place that includes Catch2: version 2 (Debian 12) and 3 (Debian 13) have other headers.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <cstdio>
#include <cstdlib>
#include <thread>

namespace omo::testing {

// Catch keeps its messages and assertions in lists without a lock: a macro on a second thread
// spoils the heap once in a while, in another test's name. So it ends the program every time.
inline Catch::SourceLineInfo OnTestThread(const Catch::SourceLineInfo& line) {
  static const std::thread::id test_thread = std::this_thread::get_id();  // As tests register.
  if (std::this_thread::get_id() != test_thread) {
    std::fprintf(stderr, "%s:%zu: a Catch macro on another thread than the test's\n", line.file,
                 line.line);
    std::abort();
  }
  return line;
}

}  // namespace omo::testing

// Part of every macro, in both versions.
#undef CATCH_INTERNAL_LINEINFO
#define CATCH_INTERNAL_LINEINFO \
  ::omo::testing::OnTestThread( \
      ::Catch::SourceLineInfo(__FILE__, static_cast<std::size_t>(__LINE__)))
