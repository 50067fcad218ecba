#include "libs/service/ticker.h"

#include <utility>

namespace omo::service {

Ticker::Ticker(std::function<void()> tick, Duration every) : tick_(std::move(tick)), every_(every) {
  if (tick_) thread_ = std::thread([this] { Run(); });
}

Ticker::~Ticker() { Stop(); }

void Ticker::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_asked_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Ticker::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_asked_.wait_for(lock, every_, [this] { return stopping_; })) {
    lock.unlock();
    tick_();
    lock.lock();
  }
}

}  // namespace omo::service
