#include "libs/store/rocks.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace omo::store {

rocksdb::Options RocksOptions(const Resources::Shared& shared) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = shared.block_cache;
  table.block_size = 8 << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  // Each point read asks the filters of several files: about 12 bits a row stay, however large the
  // files of a flush are; a look-up of each in the shared cache costs more than the read.
  table.metadata_cache_options.unpartitioned_pinning = rocksdb::PinningTier::kAll;
  table.format_version = 5;

  rocksdb::Options options;
  options.create_if_missing = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.rate_limiter = shared.rate_limiter;
  options.compression = rocksdb::kLZ4Compression;
  options.level_compaction_dynamic_level_bytes = true;
  // Nothing is ever written through the memtable and the WAL.
  options.write_buffer_size = 1 << 20;
  options.avoid_flush_during_shutdown = true;
  // A process has many stores: no statistics threads, few log files.
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.skip_stats_update_on_db_open = true;
  return options;
}

absl::Status ToStatus(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = "rocksdb: " + status.ToString();
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(text);
  // A file that the manifest names and the disk lacks is an I/O error of its own kind.
  if (status.IsIOError() && !status.IsPathNotFound()) return absl::UnavailableError(text);
  if (status.IsBusy() || status.IsTimedOut() || status.IsShutdownInProgress()) {
    return absl::UnavailableError(text);
  }
  return absl::DataLossError(text);
}

}  // namespace omo::store
