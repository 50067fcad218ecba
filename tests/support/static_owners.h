// Who owns what, as a test says: an OwnerDirectory without Kafka.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "libs/journal/ownership.h"

namespace omo::testing {

class StaticOwners final : public journal::OwnerDirectory {
 public:
  void Publish(const journal::Owner& owner) override {
    std::vector<std::function<void(const journal::Owner&)>> listeners;
    {
      const std::lock_guard lock(mutex_);
      owners_[{owner.service, owner.shard}] = owner;
      listeners = listeners_;
    }
    for (const auto& listener : listeners) listener(owner);
  }
  std::optional<journal::Owner> Find(const std::string& service, ShardId shard) const override {
    const std::lock_guard lock(mutex_);
    const auto found = owners_.find({service, shard});
    if (found == owners_.end()) return std::nullopt;
    return found->second;
  }
  std::vector<journal::Owner> List(const std::string& service) const override {
    const std::lock_guard lock(mutex_);
    std::vector<journal::Owner> list;
    for (const auto& [key, owner] : owners_) {
      if (key.first == service) list.push_back(owner);
    }
    return list;
  }
  void Listen(std::function<void(const journal::Owner&)> listener) override {
    const std::lock_guard lock(mutex_);
    listeners_.push_back(std::move(listener));
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, ShardId>, journal::Owner> owners_;
  std::vector<std::function<void(const journal::Owner&)>> listeners_;
};

}  // namespace omo::testing
