// Wakes a loop's thread from its sleep: an eventfd that anybody may ring.
#pragma once

#include "libs/core/types.h"

namespace omo::journal {

// Rings are not counted: many of them before one Wait are one. A loop does its rounds until nothing
// is left to do and only then waits; what rings meanwhile is seen by that Wait.
class Wakeup {
 public:
  Wakeup();  // Ends the process when it has no file descriptor left.
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  // Ends the present or the next Wait. Any thread; never blocks.
  void Notify();
  // Sleeps until rung, at most `longest`. False: nobody rang. One thread at a time.
  bool Wait(Duration longest);
  // Becomes readable when rung: write 8 bytes to ring it.
  int fd() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace omo::journal
