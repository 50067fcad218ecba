// The test environment's own ground: children that do as told and never stay behind.
#include "tests/support/process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

#include "tests/support/catch.h"
#include "tests/support/wait.h"

namespace omo::testing {
namespace {

char StateOf(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  const std::string text((std::istreambuf_iterator<char>(stat)), {});
  const auto name_end = text.rfind(')');
  return name_end == std::string::npos ? '-' : text.at(name_end + 2);
}

TEST_CASE("a process has its words, its environment and its log", "[support]") {
  const TemporaryFolder folder("process");
  Process process({.words = {"sh", "-c", "echo \"$GREETING $0\"; exit 7", "world"},
                   .environment = {{"GREETING", "hello"}},
                   .log = folder.path() / "log"});
  CHECK(process.Wait() == 7);
  CHECK(process.LogTail() == "hello world\n");
  CHECK_FALSE(process.Running());
}

TEST_CASE("a program that does not exist ends with 127", "[support]") {
  Process process({.words = {"/no/such/program"}, .environment = {}, .log = {}});
  CHECK(process.Wait() == 127);
}

TEST_CASE("a log that cannot be written is an error at once", "[support]") {
  CHECK_THROWS_AS(Process({.words = {"true"}, .environment = {}, .log = "/no/such/folder/log"}),
                  std::runtime_error);
}

TEST_CASE("a process is paused, continued, asked to end and killed", "[support]") {
  Process process({.words = {"sleep", "600"}, .environment = {}, .log = {}});
  REQUIRE(process.Running());

  process.Pause();
  CHECK(StateOf(process.pid()) == 'T');
  process.Continue();
  CHECK(WaitUntil([&] { return StateOf(process.pid()) != 'T'; }));
  CHECK(process.Terminate() == 128 + SIGTERM);

  Process another({.words = {"sleep", "600"}, .environment = {}, .log = {}});
  another.Pause();
  another.Kill();
  CHECK_FALSE(another.Running());
  CHECK(another.Wait() == 128 + SIGKILL);
}

TEST_CASE("Terminate leaves a process that does not listen", "[support]") {
  const TemporaryFolder folder("process");
  Process process({.words = {"sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 600; done"},
                   .environment = {},
                   .log = folder.path() / "log"});
  REQUIRE(WaitUntil([&] { return process.LogTail() == "deaf\n"; }));
  CHECK(process.Terminate(std::chrono::milliseconds{50}) == std::nullopt);
  CHECK(process.Running());
}

TEST_CASE("a process ends with its object", "[support]") {
  pid_t pid = 0;
  {
    const Process process({.words = {"sleep", "600"}, .environment = {}, .log = {}});
    pid = process.pid();
    REQUIRE(::kill(pid, 0) == 0);
  }
  CHECK(::kill(pid, 0) == -1);
}

// The child makes a grandchild, as a test program would, and crashes without cleaning up.
TEST_CASE("a process dies with a test that crashes", "[support]") {
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  const pid_t crasher = ::fork();
  if (crasher == 0) {
    Process orphan({.words = {"sleep", "600"}, .environment = {}, .log = {}});
    const pid_t pid = orphan.pid();
    if (::write(pipe[1], &pid, sizeof(pid)) != sizeof(pid)) ::_exit(1);
    ::kill(::getpid(), SIGKILL);
  }
  pid_t orphan = 0;
  REQUIRE(::read(pipe[0], &orphan, sizeof(orphan)) == sizeof(orphan));
  REQUIRE(::waitpid(crasher, nullptr, 0) == crasher);
  ::close(pipe[0]);
  ::close(pipe[1]);
  // Who reaps an orphan is the machine's business: a zombie is dead too.
  CHECK(WaitUntil([&] { return ::kill(orphan, 0) == -1 || StateOf(orphan) == 'Z'; }));
}

TEST_CASE("a free port is given once", "[support]") {
  std::set<int> ports;
  for (int i = 0; i < 50; ++i) ports.insert(FreePort());
  CHECK(ports.size() == 50);
}

TEST_CASE("a temporary folder goes with its object", "[support]") {
  std::filesystem::path path;
  {
    const TemporaryFolder folder("folder");
    path = folder.path();
    std::ofstream(path / "file") << "text";
    REQUIRE(std::filesystem::exists(path / "file"));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("WaitUntil asks until the condition holds or the time is over", "[support]") {
  int asked = 0;
  CHECK(WaitUntil([&] { return ++asked == 3; }));
  CHECK(asked == 3);
  asked = 0;
  CHECK_FALSE(WaitUntil([&] { return ++asked < 0; }, std::chrono::milliseconds{0}));
  CHECK(asked >= 1);
}

}  // namespace
}  // namespace omo::testing
