// One shard's log in memory with up to two instances on it, moved by hand.
#pragma once

#include <chrono>

#include "tests/support/event_reader.h"
#include "tests/support/shard/one_shard.h"
#include "tests/support/shard/scripted_journal.h"

namespace omo::testing {

struct ShardRig {
  explicit ShardRig(const shard::ShardOptions& options = {})
      : first(first_way, resources, "first", clock, options),
        second(second_way, resources, "second", clock, options) {}

  store::Resources resources;
  journal::MemoryBroker broker{1};
  Time clock{std::chrono::hours{500'000}};  // Everybody's.
  ScriptedJournal first_way{broker};
  ScriptedJournal second_way{broker};
  OneShard first;
  OneShard second;
};

}  // namespace omo::testing
