// The lock between the loop that changes confirmed rows and their readers. Readers do not starve
// the writer: absl's does not, glibc's would.
#pragma once

#if defined(__SANITIZE_THREAD__)
#include <shared_mutex>
#else
#include <absl/synchronization/mutex.h>
#endif

namespace omo::store {

#if defined(__SANITIZE_THREAD__)
// The sanitizer knows pthread's locks, but nothing of those in a library built without it.
class RowLock {
 public:
  void Lock() { mutex_.lock(); }
  void Unlock() { mutex_.unlock(); }
  void ReaderLock() { mutex_.lock_shared(); }
  void ReaderUnlock() { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};
#else
using RowLock = absl::Mutex;
#endif

}  // namespace omo::store
