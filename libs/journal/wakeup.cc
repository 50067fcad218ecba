#include "libs/journal/wakeup.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace omo::journal {

Wakeup::Wakeup() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) {
    std::perror("eventfd");
    std::abort();
  }
}

Wakeup::~Wakeup() { close(fd_); }

void Wakeup::Notify() {
  const std::uint64_t one = 1;
  // Fails only when it is rung already.
  [[maybe_unused]] const ssize_t written = write(fd_, &one, sizeof one);
}

bool Wakeup::Wait(Duration longest) {
  pollfd waited{.fd = fd_, .events = POLLIN, .revents = 0};
  const auto millis = std::clamp<std::int64_t>(longest.count(), 0, 60'000);
  if (poll(&waited, 1, static_cast<int>(millis)) <= 0) return false;
  std::uint64_t rings = 0;
  return read(fd_, &rings, sizeof rings) == sizeof rings;
}

}  // namespace omo::journal
