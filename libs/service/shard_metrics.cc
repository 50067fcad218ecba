#include "libs/service/shard_metrics.h"

#include <cstdint>
#include <system_error>
#include <utility>

namespace omo::service {
namespace {

using shard::ShardStatus;
using telemetry::FamilyKind;

struct Figure {
  const char* name;
  FamilyKind kind;
  const char* help;
  double (*read)(const ShardStatus&);
};

double Seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e3; }

constexpr FamilyKind kCounter = FamilyKind::kCounter;
constexpr FamilyKind kGauge = FamilyKind::kGauge;

// Every figure of one shard. Counters begin at 0 again when the shard is rebuilt.
constexpr Figure kFigures[] = {
    {"shard_owned", kGauge, "1 while this instance owns the shard.",
     [](const ShardStatus& s) { return s.owned ? 1.0 : 0.0; }},
    {"shard_stopped", kGauge,
     "1 when the shard does not go on (poison, damage, disk): /shards says why.",
     [](const ShardStatus& s) { return s.stop_reason.empty() ? 0.0 : 1.0; }},
    {"shard_term", kGauge, "The number of the shard's current claim.",
     [](const ShardStatus& s) { return static_cast<double>(s.term); }},
    {"shard_next_offset", kGauge, "The confirmed position: the offset behind the rows.",
     [](const ShardStatus& s) { return static_cast<double>(s.next_offset); }},
    {"shard_lag_seconds", kGauge, "How long ago the rows last were all that the log had.",
     [](const ShardStatus& s) { return Seconds(s.lag); }},
    {"queued_commands", kGauge, "Commands that wait for a turn.",
     [](const ShardStatus& s) { return static_cast<double>(s.queued); }},
    {"in_flight_records", kGauge, "Records appended and not yet confirmed.",
     [](const ShardStatus& s) { return static_cast<double>(s.in_flight); }},
    {"events_total", kCounter, "Events applied: decided here, or read from another owner.",
     [](const ShardStatus& s) { return static_cast<double>(s.events); }},
    {"refusals_total", kCounter, "Commands answered with a refusal or as invalid.",
     [](const ShardStatus& s) { return static_cast<double>(s.refusals); }},
    {"duplicates_total", kCounter, "Commands known by their id, answered as the first time.",
     [](const ShardStatus& s) { return static_cast<double>(s.duplicates); }},
    {"barriers_total", kCounter, "Barriers appended, for answers that write nothing.",
     [](const ShardStatus& s) { return static_cast<double>(s.barriers); }},
    {"void_records_total", kCounter, "Records read that do not count: a deposed owner's, mostly.",
     [](const ShardStatus& s) { return static_cast<double>(s.log.void_records); }},
    {"duplicate_records_total", kCounter, "Records read that the log holds a second time.",
     [](const ShardStatus& s) { return static_cast<double>(s.log.duplicate_records); }},
    {"offset_jumps_total", kCounter, "Own records found behind somebody else's.",
     [](const ShardStatus& s) { return static_cast<double>(s.log.jumps); }},
    {"suspects_total", kCounter, "Times at which the own term was in doubt.",
     [](const ShardStatus& s) { return static_cast<double>(s.log.suspects); }},
    {"claims_won_total", kCounter, "Own claims that became a term.",
     [](const ShardStatus& s) { return static_cast<double>(s.log.claims_won); }},
    {"claims_lost_total", kCounter, "Own claims that another's overtook.",
     [](const ShardStatus& s) { return static_cast<double>(s.log.claims_lost); }},
    {"store_flushes_total", kCounter, "Flushes of changed rows that have finished.",
     [](const ShardStatus& s) { return static_cast<double>(s.store.flushes); }},
    {"store_flushed_rows_total", kCounter, "Rows that flushes wrote or deleted.",
     [](const ShardStatus& s) { return static_cast<double>(s.store.flushed_rows); }},
    {"store_flush_seconds_total", kCounter, "How long all flushes took together.",
     [](const ShardStatus& s) { return Seconds(s.store.all_flushes); }},
    {"store_last_flush_seconds", kGauge, "How long the last flush took.",
     [](const ShardStatus& s) { return Seconds(s.store.last_flush); }},
    {"store_changed_bytes", kGauge, "Rows changed since the last flush began, in memory.",
     [](const ShardStatus& s) { return static_cast<double>(s.store.changed_bytes); }},
    {"store_cached_bytes", kGauge, "Rows kept in memory after they were read.",
     [](const ShardStatus& s) { return static_cast<double>(s.store.cached_bytes); }},
};

constexpr std::size_t kFigureCount = std::size(kFigures);

// What the shard's files take; 0 while there is no such folder.
double DiskBytes(const std::filesystem::path& folder) {
  double bytes = 0;
  std::error_code error;
  std::filesystem::recursive_directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    std::error_code gone;  // Files come and go while we look.
    const std::uintmax_t size = at->is_regular_file(gone) ? at->file_size(gone) : 0;
    if (!gone) bytes += static_cast<double>(size);
  }
  return bytes;
}

}  // namespace

void AddShardMetrics(const std::string& service, std::filesystem::path data,
                     std::function<std::vector<ShardStatus>()> status,
                     telemetry::Metrics& metrics) {
  const std::string prefix = "omo_" + service + "_";
  std::vector<telemetry::Family> families;
  for (const Figure& figure : kFigures) {
    families.push_back({prefix + figure.name, figure.kind, figure.help, {"shard"}});
  }
  families.push_back(
      {prefix + "store_disk_bytes", kGauge, "What the shard's files take.", {"shard"}});
  families.push_back({prefix + "owned_shards", kGauge, "How many shards this instance owns.", {}});
  metrics.AddSource(std::move(families), [data = std::move(data), status = std::move(status)] {
    std::vector<telemetry::Sample> samples;
    double owned = 0;
    for (const ShardStatus& each : status()) {
      const std::string shard = std::to_string(each.shard);
      for (std::size_t i = 0; i < kFigureCount; ++i) {
        samples.push_back({i, {shard}, kFigures[i].read(each)});
      }
      samples.push_back({kFigureCount, {shard}, DiskBytes(data / ("shard-" + shard))});
      owned += each.owned ? 1 : 0;
    }
    samples.push_back({kFigureCount + 1, {}, owned});
    return samples;
  });
}

}  // namespace omo::service
