#include "tests/support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <fstream>
#include <random>
#include <stdexcept>
#include <utility>

#include "tests/support/wait.h"

namespace omo::testing {
namespace {

[[noreturn]] void Fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

// Everything the child needs, made before the fork: after it only async-signal-safe calls are
// allowed, because other threads may have held locks.
struct Prepared {
  explicit Prepared(const Command& command) {
    words = command.words;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string text = *entry;
      if (!command.environment.contains(text.substr(0, text.find('=')))) settings.push_back(text);
    }
    for (const auto& [name, value] : command.environment) settings.push_back(name + "=" + value);
    for (std::string& word : words) argv.push_back(word.data());
    for (std::string& setting : settings) envp.push_back(setting.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
  }

  std::vector<std::string> words;
  std::vector<std::string> settings;
  std::vector<char*> argv;
  std::vector<char*> envp;
};

[[noreturn]] void BecomeChild(Prepared& prepared, int log, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // The parent died before the kernel was told.
  ::setpgid(0, 0);                          // A Ctrl-C at the test is the test's to handle.
  // The test runner's handlers are not the child's, not even until it has become its program.
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  ::execvpe(prepared.argv[0], prepared.argv.data(), prepared.envp.data());
  ::_exit(127);
}

int ExitCode(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool CanListen(int port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free =
      ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(listener);
  return free;
}

// Reserves a port among all test programs: the name of an abstract socket, which the kernel frees
// when the process ends. It stays open on purpose.
bool Reserve(int port) {
  const int lease = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = "omo-test-port-" + std::to_string(port);
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(lease, reinterpret_cast<const sockaddr*>(&address), size) == 0) return true;
  ::close(lease);
  return false;
}

}  // namespace

Process::Process(Command command) : command_(std::move(command)) {
  if (command_.words.empty()) throw std::runtime_error("a command without a program");
  Prepared prepared(command_);
  const std::string log_path = command_.log.empty() ? "/dev/null" : command_.log.string();
  const int log = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) Fail("cannot write " + log_path);
  const pid_t parent = ::getpid();
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // A signal for the child waits until it is ready.
  pid_ = ::fork();
  if (pid_ == 0) BecomeChild(prepared, log, parent);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(log);
  if (pid_ < 0) Fail("cannot start " + command_.words.front());
}

Process::~Process() {
  if (pid_ > 0) Kill();
}

Process::Process(Process&& other) noexcept { *this = std::move(other); }

Process& Process::operator=(Process&& other) noexcept {
  std::swap(command_, other.command_);
  std::swap(pid_, other.pid_);
  std::swap(exit_code_, other.exit_code_);
  return *this;
}

bool Process::Running() {
  if (pid_ <= 0 || exit_code_) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) exit_code_ = ExitCode(status);
  return !exit_code_;
}

void Process::Signal(int signal) {
  if (Running()) ::kill(pid_, signal);
}

void Process::Kill() {
  Signal(SIGKILL);
  int status = 0;
  if (!exit_code_ && ::waitpid(pid_, &status, 0) == pid_) exit_code_ = ExitCode(status);
}

void Process::Pause() {
  Signal(SIGSTOP);
  int status = 0;
  if (exit_code_ || ::waitpid(pid_, &status, WUNTRACED) != pid_ || WIFSTOPPED(status)) return;
  exit_code_ = ExitCode(status);
}

void Process::Continue() { Signal(SIGCONT); }

std::optional<int> Process::Terminate(std::chrono::milliseconds limit) {
  Signal(SIGTERM);
  return Wait(limit);
}

std::optional<int> Process::Wait(std::chrono::milliseconds limit) {
  WaitUntil([this] { return !Running(); }, limit);
  return exit_code_;
}

std::string Process::LogTail(int lines) const {
  std::ifstream log(command_.log);
  std::deque<std::string> tail;
  for (std::string line; std::getline(log, line);) {
    tail.push_back(line);
    if (tail.size() > static_cast<std::size_t>(lines)) tail.pop_front();
  }
  std::string text;
  for (const std::string& line : tail) text += line + "\n";
  return text;
}

int FreePort() {
  static std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<int> port_of(18'000, 31'999);
  for (int tries = 0; tries < 1'000; ++tries) {
    const int port = port_of(random);
    if (CanListen(port) && Reserve(port)) return port;
  }
  throw std::runtime_error("no free port");
}

TemporaryFolder::TemporaryFolder(const std::string& purpose) {
  std::string name = (std::filesystem::temp_directory_path() / ("omo-" + purpose + "-XXXXXX"));
  if (::mkdtemp(name.data()) == nullptr) Fail("cannot make " + name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // A file that cannot be removed must not fail a test.
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace omo::testing
