#include "libs/rpc/owner_table.h"

#include <algorithm>

namespace omo::rpc {

OwnerTable::OwnerTable(std::string service, std::int32_t shard_count,
                       journal::OwnerDirectory& directory, ChannelPool& channels)
    : service_(std::move(service)),
      channels_(channels),
      shards_(static_cast<std::size_t>(shard_count)),
      listener_(std::make_shared<Listener>()) {
  listener_->table = this;
  directory.Listen([listener = listener_](const journal::Owner& owner) {
    const std::lock_guard lock(listener->mutex);
    if (listener->table != nullptr) listener->table->Take(owner);
  });
  for (const journal::Owner& owner : directory.List(service_)) Take(owner);
}

OwnerTable::~OwnerTable() {
  const std::lock_guard lock(listener_->mutex);
  listener_->table = nullptr;
}

void OwnerTable::Take(const journal::Owner& owner) {
  if (owner.service != service_ || owner.shard < 0 || owner.shard >= shard_count()) return;
  Entry& entry = shards_[static_cast<std::size_t>(owner.shard)];
  const std::lock_guard lock(mutex_);
  if (owner.log_id == entry.log_id && owner.term < entry.term) return;
  entry.log_id = owner.log_id;
  entry.term = owner.term;
  entry.endpoint = owner.address.empty() ? nullptr : &channels_.Get(owner.address);
}

void OwnerTable::Hint(ShardId shard, const OwnerHint& hint) {
  if (shard < 0 || shard >= shard_count() || hint.address.empty()) return;
  Entry& entry = shards_[static_cast<std::size_t>(shard)];
  const std::lock_guard lock(mutex_);
  if (hint.term <= entry.term) return;
  entry.term = hint.term;
  entry.endpoint = &channels_.Get(hint.address);
}

Endpoint* OwnerTable::Find(ShardId shard) const {
  return shards_[static_cast<std::size_t>(shard)].endpoint.load(std::memory_order_acquire);
}

Endpoint* OwnerTable::Any(const Endpoint* not_this) const {
  std::vector<Endpoint*> known;
  for (const Entry& entry : shards_) {
    Endpoint* endpoint = entry.endpoint.load(std::memory_order_acquire);
    if (endpoint == nullptr || endpoint == not_this) continue;
    if (std::find(known.begin(), known.end(), endpoint) == known.end()) known.push_back(endpoint);
  }
  if (known.empty()) return nullptr;
  return known[turn_.fetch_add(1, std::memory_order_relaxed) % known.size()];
}

}  // namespace omo::rpc
