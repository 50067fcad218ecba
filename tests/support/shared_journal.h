// A log in memory under many threads: each journal of it takes the same lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "libs/journal/memory_journal.h"

namespace omo::testing {

class SharedJournal final : public journal::Journal {
 public:
  // `mutex` is everybody's who touches `broker`: a loop that polls may append, so it is recursive.
  // `appended`, when given, counts the records that were taken.
  SharedJournal(journal::MemoryBroker& broker, std::recursive_mutex& mutex,
                std::atomic<std::int64_t>* appended = nullptr)
      : journal_(broker), mutex_(mutex), appended_(appended) {}

  absl::Status Append(ShardId shard, const journal::Record& record) override {
    const std::lock_guard lock(mutex_);
    absl::Status taken = journal_.Append(shard, record);
    if (taken.ok() && appended_ != nullptr) ++*appended_;
    return taken;
  }
  void Follow(ShardId shard, Offset from) override {
    const std::lock_guard lock(mutex_);
    journal_.Follow(shard, from);
  }
  void Unfollow(ShardId shard) override {
    const std::lock_guard lock(mutex_);
    journal_.Unfollow(shard);
  }
  void Fetch(ShardId shard, Offset offset) override {
    const std::lock_guard lock(mutex_);
    journal_.Fetch(shard, offset);
  }
  void Send() override {
    const std::lock_guard lock(mutex_);
    journal_.Send();
  }
  int Poll(journal::JournalSink& sink) override {
    const std::lock_guard lock(mutex_);
    return journal_.Poll(sink);
  }
  std::int64_t max_record_bytes() const override { return journal_.max_record_bytes(); }

 private:
  journal::MemoryJournal journal_;
  std::recursive_mutex& mutex_;
  std::atomic<std::int64_t>* const appended_;
};

}  // namespace omo::testing
