// Keeps the register's check going over all shards of this instance, and tells of what it finds: as
// metrics, and as an error in the log for each fault.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "libs/shard/runtime.h"
#include "libs/telemetry/metrics.h"
#include "services/inventory/register_audit.h"

namespace omo::inventory {

class RegisterWatch {
 public:
  // Both outlive the watch.
  RegisterWatch(shard::Runtime& runtime, telemetry::Metrics& metrics);

  // One step of the pass over one shard; when it is through, the next tick begins with the next
  // shard. One thread, not the loop's.
  void Tick();

 private:
  void Tell(ShardId shard, const RegisterFindings& findings);

  shard::Runtime& runtime_;
  telemetry::Counter& passes_;
  telemetry::Counter& reservations_;
  telemetry::Counter& figures_;
  telemetry::Counter& unproven_;
  telemetry::Gauge sum_faults_;
  telemetry::Gauge leaks_;

  ShardId shard_ = 0;
  std::weak_ptr<shard::ShardInstance> audited_;  // A rebuilt shard is another one.
  RegisterAudit audit_;
  // By shard, of its last whole pass.
  std::map<ShardId, std::size_t> sum_faults_of_;
  std::map<ShardId, std::size_t> leaks_of_;
};

}  // namespace omo::inventory
