// One thread that does, in order, what a loop must not wait for.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace omo::journal {

class Worker {
 public:
  Worker() : thread_([this] { Run(); }) {}
  // Does what was posted before, then ends.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Any thread; never waits for a task.
  void Post(std::function<void()> task);

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool ending_ = false;
  std::thread thread_;  // Last: it uses what is above.
};

}  // namespace omo::journal
