// One who watches figures: a stream of which one message at a time is under way. What is not told
// yet waits in the shard's rows and last changes, never here: who reads slowly costs nothing.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "omo/inventory/v1/watch_availability.pb.h"
#include "services/inventory/api/availability_watch.h"
#include "services/inventory/inventory_model.h"

namespace omo::inventory {

// UNAVAILABLE: come back.
grpc::Status WatchEnded(std::string_view why);

// What is watched, of one shard.
struct WatchScope {
  ShardId shard = 0;
  std::vector<SkuId> skus;            // Sorted, each once; none: all.
  std::vector<LocationId> locations;  // As well.
  std::optional<Position> from;

  bool Holds(const SkuId& sku, const LocationId& location) const;
};

class Watcher final : public grpc::ServerWriteReactor<v1::WatchAvailabilityResponse> {
 public:
  // Lives until gRPC is done with it, and for whoever holds it.
  static std::shared_ptr<Watcher> Make(AvailabilityWatch& watch, WatchScope scope);

  // All that follow: by who holds it.
  // From here on it tells. Any thread.
  void Begin();
  // Tells what there is to tell, if it may: a message by itself. Any thread but a shard's.
  void TellNext();
  // Ends the stream, soon. Any thread; the first counts.
  void End(const grpc::Status& status);

 private:
  using Told = v1::WatchAvailabilityResponse;
  Watcher(AvailabilityWatch& watch, WatchScope scope);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // All below with mutex_ held.
  void MakeNext();
  void Open(const std::shared_ptr<shard::ShardInstance>& instance);
  void BeginSnapshot();
  void NoteGap(const FigureChanges& changes);
  // One step of the snapshot; false: it did not even end a page.
  bool AddPage(shard::ShardInstance& instance);
  bool ScanPage(const InventoryModel& model, v1::AvailabilitySnapshot& page);
  bool AddChanges(shard::ShardInstance& instance);
  void AddHeartbeat(shard::ShardInstance& instance);
  // What of `changes` is watched, of rows below `below` if there is one.
  void AddWatched(const FigureChangeList& changes, const FiguresKey* below, bool whole,
                  shard::ShardInstance& instance);
  void Stamp(const shard::ShardInstance& instance, Told& told) const;
  Time HeartbeatFrom(Time now) const { return now + watch_.options().heartbeat; }
  // The last thing that a call does, without mutex_: this may be gone then.
  void WriteOrFinish(std::unique_lock<std::mutex> lock);

  AvailabilityWatch& watch_;
  const WatchScope scope_;
  std::shared_ptr<Watcher> self_;  // Until OnDone.

  std::mutex mutex_;
  bool begun_ = false;
  bool writing_ = false;
  bool finished_ = false;
  std::optional<grpc::Status> end_;
  std::weak_ptr<shard::ShardInstance> instance_;  // Held only while it is read.
  bool opened_ = false;
  std::uint64_t log_id_ = 0;
  Offset told_through_ = kNoOffset;   // Everything up to here was told.
  Offset last_change_ = kNoOffset;    // Of the last event told, or where the stream began.
  std::optional<FiguresKey> cursor_;  // While a snapshot is under way: its first row to come.
  bool first_page_ = false;
  std::deque<Told> ready_;  // A few messages made in one step.
  Told message_;            // Being written.
  Time heartbeat_at_{};
};

}  // namespace omo::inventory
