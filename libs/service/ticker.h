// A thread that calls a function again and again: for checks that watch the shards from outside.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "libs/core/types.h"

namespace omo::service {

class Ticker {
 public:
  // Calls `tick` each `every`, on its own thread, until Stop; an empty one never.
  explicit Ticker(std::function<void()> tick, Duration every = Duration{100});
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  // Waits for a call under way. May be called twice.
  void Stop();

 private:
  void Run();

  const std::function<void()> tick_;
  const Duration every_;
  std::mutex mutex_;
  std::condition_variable stop_asked_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace omo::service
