#include "services/inventory/api/watcher.h"

#include <algorithm>
#include <utility>

#include "libs/rpc/errors.h"
#include "libs/service/command_call.h"
#include "services/inventory/api/messages.h"

namespace omo::inventory {
namespace {

using shard::ShardInstance;

// Of the instance's own rows; a watcher reads them only while it holds the instance.
InventoryModel& ModelOf(ShardInstance& instance) {
  return static_cast<InventoryModel&>(instance.model());
}

void WriteRow(const SkuId& sku, const LocationId& place, std::int32_t scale, const Figures& figures,
              v1::PlacedFigures& row) {
  row.set_sku(sku.value);
  WritePlace(place, row);
  row.set_scale(scale);
  Write(figures, *row.mutable_figures());
}

template <class Name>
bool IsAmong(const std::vector<Name>& sorted, const Name& name) {
  return sorted.empty() || std::binary_search(sorted.begin(), sorted.end(), name);
}

}  // namespace

grpc::Status WatchEnded(std::string_view why) { return rpc::Fault("WATCH_ENDED", why); }

bool WatchScope::Holds(const SkuId& sku, const LocationId& location) const {
  return IsAmong(skus, sku) && IsAmong(locations, location);
}

std::shared_ptr<Watcher> Watcher::Make(AvailabilityWatch& watch, WatchScope scope) {
  std::shared_ptr<Watcher> watcher(new Watcher(watch, std::move(scope)));
  watcher->self_ = watcher;
  return watcher;
}

Watcher::Watcher(AvailabilityWatch& watch, WatchScope scope)
    : watch_(watch), scope_(std::move(scope)) {}

void Watcher::Begin() {
  {
    const std::lock_guard lock(mutex_);
    begun_ = true;
  }
  watch_.bell()->Ring();  // Here it may be the shard's own thread.
}

void Watcher::TellNext() {
  std::unique_lock lock(mutex_);
  if (!begun_ || writing_ || finished_) return;
  if (!end_ && ready_.empty()) MakeNext();
  WriteOrFinish(std::move(lock));
}

void Watcher::End(const grpc::Status& status) {
  std::unique_lock lock(mutex_);
  if (!end_) end_ = status;
  if (!writing_) WriteOrFinish(std::move(lock));
}

void Watcher::OnWriteDone(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok && !end_) end_ = grpc::Status(grpc::CANCELLED, "the watcher is gone");
  }
  TellNext();
}

void Watcher::OnCancel() { End(grpc::Status(grpc::CANCELLED, "the watcher is gone")); }

void Watcher::OnDone() {
  const std::shared_ptr<Watcher> self = std::move(self_);
  watch_.Leave(self);
}

void Watcher::WriteOrFinish(std::unique_lock<std::mutex> lock) {
  if (finished_) return;
  if (end_) {
    finished_ = true;
    lock.unlock();
    return Finish(*end_);
  }
  if (ready_.empty()) return;
  message_ = std::move(ready_.front());
  ready_.pop_front();
  writing_ = true;
  lock.unlock();
  StartWrite(&message_);  // Its end may come within the call.
}

void Watcher::MakeNext() {
  const auto instance = watch_.runtime().Instance(scope_.shard);
  if (instance == nullptr || (opened_ && instance != instance_.lock())) {
    end_ = WatchEnded("the shard's rows are made anew");
    return;
  }
  if (!opened_) Open(instance);
  while (!end_ && cursor_ && !AddPage(*instance)) continue;
  if (!end_ && ready_.empty() && !AddChanges(*instance)) AddHeartbeat(*instance);
  if (!ready_.empty()) heartbeat_at_ = HeartbeatFrom(shard::SteadyNow());
}

void Watcher::Open(const std::shared_ptr<ShardInstance>& instance) {
  opened_ = true;
  instance_ = instance;
  heartbeat_at_ = HeartbeatFrom(shard::SteadyNow());
  Position confirmed;
  {
    const store::Store::ReadLock lock(instance->store());
    confirmed = instance->confirmed();
  }
  log_id_ = confirmed.log_id;
  ModelOf(*instance).figure_changes.Call(watch_.bell());
  if (!scope_.from) return BeginSnapshot();
  if (scope_.from->log_id != log_id_) {
    end_ = rpc::Fault("POSITION_OF_ANOTHER_LOG", "the position is of another log");
    return;
  }
  told_through_ = last_change_ = scope_.from->offset;
}

void Watcher::BeginSnapshot() {
  cursor_ = FiguresKey{scope_.skus.empty() ? SkuId{} : scope_.skus.front(), {}};
  first_page_ = true;
}

void Watcher::NoteGap(const FigureChanges& changes) {
  ready_.clear();
  v1::AvailabilityGap& gap = *ready_.emplace_back().mutable_gap();
  gap.set_told_offset(told_through_);
  gap.set_kept_offset(changes.begins_behind());
  BeginSnapshot();
}

bool Watcher::AddPage(ShardInstance& instance) {
  const InventoryModel& model = ModelOf(instance);
  const std::size_t batch = watch_.options().batch;
  // The page and the changes before it at one position.
  const store::Store::ReadLock lock(instance.store());
  const Offset confirmed = instance.confirmed().offset;
  if (!std::exchange(first_page_, false)) {
    FigureChangeList changes;
    if (!model.figure_changes.Read(told_through_, batch, changes)) {
      NoteGap(model.figure_changes);
      return true;
    }
    AddWatched(changes, &*cursor_, false, instance);
    if (changes.size() == batch) {
      told_through_ = changes.back()->position.offset;
      return !ready_.empty();  // There may be more.
    }
  } else {
    last_change_ = confirmed;
  }
  told_through_ = confirmed;
  v1::AvailabilitySnapshot page;
  const bool last = ScanPage(model, page);
  if (!page.rows().empty() || !last) *ready_.emplace_back().mutable_snapshot() = std::move(page);
  if (last) {
    cursor_.reset();
    last_change_ = confirmed;
    Told& end = ready_.emplace_back();
    end.mutable_snapshot_end();
    Stamp(instance, end);
  }
  // A row that could not be read looks absent.
  if (!instance.store().healthy()) end_ = rpc::Fault("POISONED", "the shard's copy is damaged");
  return true;
}

// True: there are no more rows.
bool Watcher::ScanPage(const InventoryModel& model, v1::AvailabilitySnapshot& page) {
  const WatchOptions& options = watch_.options();
  std::size_t looks = 0;
  bool full = false;
  Unit unit;
  std::optional<SkuId> unit_of;
  const auto visit = [&](const FiguresKey& key, const Figures& figures) {
    full = looks == options.page_looks ||
           static_cast<std::size_t>(page.rows_size()) == options.page_rows;
    if (full) {
      cursor_ = key;
      return false;
    }
    ++looks;
    if (!IsAmong(scope_.locations, key.location)) return true;
    if (unit_of != key.sku) {
      unit_of = key.sku;
      unit = model.units.FindConfirmed(key.sku).value_or(Unit{});
    }
    WriteRow(key.sku, key.location, unit.scale, figures, *page.add_rows());
    return true;
  };
  if (scope_.skus.empty()) {
    model.figures.Scan(FiguresKey{*cursor_}, visit);
    return !full;
  }
  auto sku = std::lower_bound(scope_.skus.begin(), scope_.skus.end(), cursor_->sku);
  for (; sku != scope_.skus.end(); ++sku) {
    if (cursor_->sku != *sku) cursor_ = FiguresKey{*sku, {}};
    model.figures.Scan(store::LeadingFields(*sku), FiguresKey{*cursor_}, visit);
    if (full) return false;
  }
  return true;
}

bool Watcher::AddChanges(ShardInstance& instance) {
  const FigureChanges& last = ModelOf(instance).figure_changes;
  while (last.newest() > told_through_) {
    FigureChangeList changes;
    if (!last.Read(told_through_, watch_.options().batch, changes)) {
      NoteGap(last);
      return true;
    }
    if (changes.empty()) return false;
    told_through_ = changes.back()->position.offset;
    AddWatched(changes, nullptr, true, instance);
    if (!ready_.empty()) return true;
  }
  return false;
}

void Watcher::AddWatched(const FigureChangeList& changes, const FiguresKey* below, bool whole,
                         ShardInstance& instance) {
  Told told;
  for (const auto& change : changes) {
    v1::FiguresChanged changed;
    for (const ChangedFigures& line : change->lines) {
      if (!scope_.Holds(line.sku, line.location)) continue;
      if (below != nullptr && !(FiguresKey{line.sku, line.location} < *below)) continue;
      WriteRow(line.sku, line.location, line.scale, line.after, *changed.add_rows());
    }
    if (changed.rows().empty()) continue;
    log_id_ = change->position.log_id;
    service::WritePosition(change->position, *changed.mutable_position());
    changed.set_previous_offset(std::exchange(last_change_, change->position.offset));
    changed.set_recorded_at_ms(ToMillis(change->recorded_at));
    *told.mutable_changes()->add_changes() = std::move(changed);
  }
  if (!told.has_changes()) return;
  if (whole) Stamp(instance, told);
  ready_.push_back(std::move(told));
}

void Watcher::AddHeartbeat(ShardInstance& instance) {
  if (shard::SteadyNow() < heartbeat_at_) return;
  const store::Store::ReadLock lock(instance.store());
  // Something came just now: its bell rings.
  if (ModelOf(instance).figure_changes.newest() > told_through_) return;
  log_id_ = instance.confirmed().log_id;
  told_through_ = std::max(told_through_, instance.confirmed().offset);
  Told& told = ready_.emplace_back();
  told.mutable_heartbeat();
  Stamp(instance, told);
}

void Watcher::Stamp(const ShardInstance& instance, Told& told) const {
  if (log_id_ == 0) return;  // The log has no name yet: nothing to come back with.
  type::v1::Freshness& freshness = *told.mutable_freshness();
  service::WritePosition({log_id_, scope_.shard, told_through_}, *freshness.mutable_position());
  const Duration age = shard::SteadyNow() - instance.at_end_since();
  freshness.set_age_ms(std::max(age, Duration{0}).count());
}

}  // namespace omo::inventory
