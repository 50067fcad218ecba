#include "services/inventory/register_watch.h"

#include "libs/telemetry/log_line.h"

namespace omo::inventory {
namespace {

using telemetry::Level;

double Sum(const std::map<ShardId, std::size_t>& by_shard) {
  std::size_t sum = 0;
  for (const auto& [shard, count] : by_shard) sum += count;
  return static_cast<double>(sum);
}

}  // namespace

RegisterWatch::RegisterWatch(shard::Runtime& runtime, telemetry::Metrics& metrics)
    : runtime_(runtime),
      passes_(metrics.AddCounter("omo_inventory_register_passes_total",
                                 "Whole passes over one shard's register and figures.")),
      reservations_(metrics.AddCounter("omo_inventory_register_reservations_total",
                                       "Live reservations that passes looked at.")),
      figures_(metrics.AddCounter("omo_inventory_register_figures_total",
                                  "Rows of figures that passes looked at.")),
      unproven_(metrics.AddCounter("omo_inventory_register_unproven_total",
                                   "SKUs too busy to be proven within a pass.")),
      sum_faults_(metrics.AddGauge(
          "omo_inventory_register_sum_faults",
          "Places whose figures are not the sum of their reservations. Above 0: call a person.")),
      leaks_(
          metrics.AddGauge("omo_inventory_register_leaks",
                           "Live reservations that should have ended. Above 0: call a person.")) {}

void RegisterWatch::Tick() {
  const auto instance = runtime_.Instance(shard_);
  if (instance == nullptr) {
    shard_ = (shard_ + 1) % runtime_.shards();
    return;
  }
  if (audited_.lock() != instance) {
    audited_ = instance;
    audit_ = {};
  }
  std::optional<RegisterFindings> findings;
  {
    const store::Store::ReadLock lock(instance->store());
    // A copy that lags must not call overdue what others have long ended.
    const Time now = shard::WallNow() - (shard::SteadyNow() - instance->at_end_since());
    findings = audit_.Step(static_cast<const InventoryModel&>(instance->model()),
                           instance->confirmed_stamp(), now);
  }
  if (!findings || !instance->store().healthy()) return;
  Tell(shard_, *findings);
  shard_ = (shard_ + 1) % runtime_.shards();
}

void RegisterWatch::Tell(ShardId shard, const RegisterFindings& findings) {
  passes_.Add();
  reservations_.Add(static_cast<std::uint64_t>(findings.reservations));
  figures_.Add(static_cast<std::uint64_t>(findings.figures));
  unproven_.Add(static_cast<std::uint64_t>(findings.unproven));
  for (const SumFault& fault : findings.sums) {
    telemetry::Log(Level::kError, "figures are not the sum of their reservations",
                   {{"shard", shard},
                    {"sku", fault.key.sku.value},
                    {"location", fault.key.location.value},
                    {"reserved", fault.figures.reserved},
                    {"held_by_reservations", fault.reservations.reserved},
                    {"committed", fault.figures.committed},
                    {"committed_by_reservations", fault.reservations.committed}});
  }
  for (const LeakFault& fault : findings.leaks) {
    telemetry::Log(Level::kError, "a reservation outlives its end",
                   {{"shard", shard},
                    {"reservation_id", fault.id.value},
                    {"leak", static_cast<int>(fault.leak)}});
  }
  sum_faults_of_[shard] = findings.sums.size();
  leaks_of_[shard] = findings.leaks.size();
  sum_faults_.Set(Sum(sum_faults_of_));
  leaks_.Set(Sum(leaks_of_));
}

}  // namespace omo::inventory
