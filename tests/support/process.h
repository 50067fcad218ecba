// Child processes for tests: started with arguments and a log file, hit with signals, never left
// behind. A test environment that does not work fails the test: these throw std::runtime_error.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace omo::testing {

struct Command {
  std::vector<std::string> words;  // The program (a path, or a name looked up in PATH), its words.
  std::map<std::string, std::string> environment;  // Added to this process's own.
  std::filesystem::path log;  // Where its output is appended; empty: thrown away.
};

// A running child. It dies with the object, and also with the thread that started it (the kernel
// ties it to that thread), so that nothing outlives a crashed test: start it from a thread that
// lives as long. Not thread-safe.
class Process {
 public:
  // Starts the command. A program that cannot be executed ends at once with exit code 127.
  explicit Process(Command command);
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;

  pid_t pid() const { return pid_; }
  bool Running();

  void Kill();      // SIGKILL; returns when it is gone.
  void Pause();     // SIGSTOP; returns when all its threads stand still.
  void Continue();  // SIGCONT.
  // SIGTERM. The exit code, or nothing when it still runs after `limit` (it is left running).
  std::optional<int> Terminate(std::chrono::milliseconds limit = std::chrono::seconds{30});
  // Waits for its own end. The exit code (128 + signal when a signal ended it), or nothing when it
  // still runs after `limit`.
  std::optional<int> Wait(std::chrono::milliseconds limit = std::chrono::seconds{30});
  // The last lines of its log, for a failure's message.
  std::string LogTail(int lines = 20) const;

 private:
  void Signal(int signal);

  Command command_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

// A port of the loopback address that nobody listens on. No other caller on this machine is given
// the same one while this process lives. Below the range of outgoing connections, so that a server
// that is started again finds it free.
int FreePort();

// A new empty folder under the system's temporary folder; removed with the object.
class TemporaryFolder {
 public:
  // `purpose` becomes a part of its name.
  explicit TemporaryFolder(const std::string& purpose);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace omo::testing
