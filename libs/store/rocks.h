// The RocksDB options that disk.cc and sst_rows.cc share. Internal to this library.
#pragma once

#include <absl/status/status.h>
#include <rocksdb/cache.h>
#include <rocksdb/options.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/status.h>

#include <memory>
#include <string_view>

#include "libs/store/resources.h"

namespace omo::store {

struct Resources::Shared {
  std::shared_ptr<rocksdb::Cache> block_cache;
  std::shared_ptr<rocksdb::RateLimiter> rate_limiter;  // nullptr: no limit.
};

rocksdb::Options RocksOptions(const Resources::Shared& shared);

// DATA_LOSS for damage, RESOURCE_EXHAUSTED for a full disk, UNAVAILABLE for other failures of
// files.
absl::Status ToStatus(const rocksdb::Status& status);

inline rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace omo::store
